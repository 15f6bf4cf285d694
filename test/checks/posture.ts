import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import { AwsSolutionsChecks, HIPAASecurityChecks, NagPack, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { Construct, IConstruct } from 'constructs';

/** Whether this is the oldest aws-cdk-lib that we support. What a newer one makes better needs no acknowledgement there, but still does here. */
export const IS_PEER_FLOOR = version === JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).devDependencies['aws-cdk-lib'];

export const PACKS: { title: string; create: () => NagPack }[] = [
  { title: 'AWS Solutions', create: () => new AwsSolutionsChecks() },
  { title: 'NIST 800-53 rev 5', create: () => new NIST80053R5Checks() },
  { title: 'HIPAA Security', create: () => new HIPAASecurityChecks() },
  { title: 'PCI DSS 3.2.1', create: () => new PCIDSS321Checks() },
  { title: 'Serverless', create: () => new ServerlessChecks() },
];

/**
 * Resources that variants bring with them, as users do; users answer for these. AWS Solutions looks at it all the
 * same, as grants write into the policies of what is brought, and the least privilege of that is ours.
 */
export const BROUGHT = ['Archivist', 'Backfiller', 'Dropbox', 'Logs', 'Operator', 'Reader', 'Restored', 'Thumbnails', 'Uploader'];

export function isBrought(path: string): boolean {
  return BROUGHT.includes(path.split('/')[1]);
}

export interface Finding {
  readonly pack: string;
  readonly rule: string;
  /** What is wrong, in the words of the pack. */
  readonly description: string;
  /** The path of the resource. */
  readonly path: string;
  /** Why that is so, if the construct says it. */
  readonly reason?: string;
}

export interface Posture {
  /** What cdk-nag reports to a user. */
  readonly reported: string[];
  /** All that it finds, acknowledged or not. */
  readonly findings: Finding[];
  /** Acknowledgements that no finding needs. */
  readonly unneeded: string[];
  /** Resources that its rules do not recognize, as CDK made them without a class for their type. */
  readonly unseen: { type: string; path: string }[];
  /** What the constructs acknowledge to Checkov. */
  readonly skips: { id: string; path: string; reason: string }[];
}

/**
 * A rule that fails to evaluate is reported as if it had found something, and acknowledged likewise.
 */
export function couldNotBeEvaluated({ description }: Finding): boolean {
  return description.startsWith('Rule threw an error');
}

export function postureOf(build: (scope: Construct) => void, context: Record<string, unknown> = {}): Posture {
  const app = new App({ context });
  build(new Stack(app, 'Stack'));
  const acknowledgements = app.node.findAll().flatMap(acknowledgementsOn).filter(({ rule }) => !OF_VALIDATORS.test(rule));
  const covers = (finding: Finding) => (given: Acknowledgement) => given.rule === finding.rule && `${finding.path}/`.startsWith(`${given.path}/`);

  const acknowledged = new Set<string>();
  const findings = PACKS.flatMap((pack) => findingsOf(pack.title, recordingAcknowledged(pack.create(), acknowledged), app))
    .map((finding) => ({ ...finding, reason: acknowledgements.find(covers(finding))?.reason }));
  const resources = app.node.findAll().filter(CfnResource.isCfnResource);
  return {
    reported: findings.map(inWords).filter((finding) => !acknowledged.has(finding)),
    findings,
    unneeded: acknowledgements.filter((given) => !findings.some((finding) => covers(finding)(given))).map(inWords),
    unseen: resources.filter((resource) => resource.constructor === CfnResource)
      .map(({ cfnResourceType, node }) => ({ type: cfnResourceType, path: node.path })),
    skips: resources.flatMap((resource) => skipsIn(resource.getMetadata('checkov')).map((skip) => ({ ...skip, path: resource.node.path }))),
  };
}

/** A pack that also finds what is acknowledged, and notes what it would leave out as such: its rules are slow, and evaluated once. */
function recordingAcknowledged(pack: NagPack, acknowledged: Set<string>): NagPack {
  const { isAcknowledged } = pack as unknown as { isAcknowledged(resource: CfnResource, rule: string): boolean };
  return Object.assign(pack, {
    isAcknowledged: (resource: CfnResource, rule: string) => {
      if (isAcknowledged.call(pack, resource, rule)) acknowledged.add(inWords({ rule, path: resource.node.path }));
      return false;
    },
  });
}

export function skipsIn(metadata: { skip: { id: string; comment: string }[] } | undefined): { id: string; reason: string }[] {
  return (metadata?.skip ?? []).map(({ id, comment }) => ({ id, reason: comment }));
}

/** What cdk-nag reports to a user of a build. */
export function postureFindings(build: (scope: Stack) => void, context: Record<string, unknown> = {}): string[] {
  const app = new App({ context });
  build(new Stack(app, 'Stack'));
  return PACKS.flatMap((pack) => findingsOf(pack.title, pack.create(), app)).map(inWords);
}

function inWords({ rule, path }: { rule: string; path: string }): string {
  return `${rule} at ${path}`;
}

function findingsOf(pack: string, rules: NagPack, app: App): Finding[] {
  return rules.validateScope(app).violations.flatMap(({ ruleName, description, violatingResources }) => violatingResources
    .map(({ constructPath }) => ({ pack, rule: ruleName, description, path: constructPath! }))
    .filter(({ path }) => pack === 'AWS Solutions' || !isBrought(path)));
}

/** They have checks of their own: test/checks/cfn-lint.ts, test/newest/cloudformation.ts */
const OF_VALIDATORS = /^(CloudFormation-Validate|cfn-lint)::/;

interface Acknowledgement {
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
}

function acknowledgementsOn({ node }: IConstruct): Acknowledgement[] {
  const given: Record<string, string> = Object.assign({}, ...node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY).map(({ data }) => data));
  return Object.entries(given).map(([id, reason]) => ({ rule: id.replace(/^annotation::/i, ''), path: node.path, reason }));
}
