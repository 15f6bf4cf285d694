import { allowedContextKeysForRequest, anonymousPrincipal, RequestAnalysis, runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, Intrinsics, TemplateResource } from './intrinsics';
import { SimulationCache } from './simulation-cache';

type Analysis = NonNullable<RequestAnalysis['resourceAnalysis']>['allowStatements'][number];

/** One call of an AWS API, as IAM sees it. */
export interface Request {
  /** The ARN of a role, the name of a service, or ANYBODY. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** `undefined` for what the caller leaves out, on purpose. */
  readonly context?: Record<string, string | string[] | undefined>;
}

/** One element of a statement that a decision rests on. */
export interface Use {
  readonly policy: string;
  readonly statement: number;
  readonly effect: string;
  readonly action: string;
  readonly resource: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly uses: Use[];
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: Record<string, any>[];
}

/** A caller who has no identity at all. */
export const ANYBODY = 'anybody';

/** Whoever has the most that anybody can have in this account. */
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** The identity policies of another account are not ours to know: whatever its roles try, their own account allows it. */
const ALLOWS_EVERYTHING: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** What the managed policies say that CDK attaches: it is nowhere in the template. */
const OF_AWS: Record<string, PolicyDocument> = {
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }],
  },
};

/**
 * The policies of a template once they are in an account: asked for a decision, they are combined as AWS does it.
 */
export class DeployedPolicies {
  /** By the ARN of a role. */
  private readonly ofIdentities = new Map<string, Record<string, PolicyDocument>>();
  /** By the ARN of what they protect. */
  private readonly ofResources = new Map<string, PolicyDocument>();
  private readonly intrinsics: Intrinsics;

  constructor(template: { Resources: Record<string, TemplateResource> }) {
    this.intrinsics = new Intrinsics(template.Resources);
    for (const [id, resource] of Object.entries(template.Resources)) this.attach(id, resource);
  }

  /** All that the template spells out, by a name that says where each stands. */
  all(): [string, PolicyDocument][] {
    const ofIdentities = [...this.ofIdentities.values()].flatMap((policies) => Object.entries(policies));
    return [...ofIdentities.filter(([name]) => !(name in OF_AWS)), ...this.ofResources.entries()];
  }

  async decide(request: Request): Promise<Decision> {
    const { principal } = request;
    const holder = this.holderOf(request.resource);
    const ofResource = this.ofResources.get(holder) ?? (isKeyOfAccount(holder) ? DEFAULT_KEY_POLICY : undefined);
    return decide(request, this.identityPoliciesOf(principal), holder, ofResource);
  }

  private identityPoliciesOf(principal: string): Record<string, PolicyDocument> {
    if (!principal.startsWith('arn:')) return {};
    if (principal === ROOT || !principal.includes(`:${ACCOUNT}:`)) return { 'its own account': ALLOWS_EVERYTHING };
    return this.ofIdentities.get(principal) ?? fail(`no role of the template is ${principal}`);
  }

  private attach(id: string, { Type, Properties = {} }: TemplateResource): void {
    switch (Type) {
      case 'AWS::IAM::Role':
        this.give(this.intrinsics.arnOf(id), this.ownPoliciesOf(id, Properties));
        return this.protect(id, Properties.AssumeRolePolicyDocument);
      case 'AWS::IAM::Policy':
        for (const { Ref } of Properties.Roles ?? Properties.Users ?? fail(`${id} is not attached to a role or user, so it is nobody's that this check knows`)) {
          this.give(this.intrinsics.arnOf(Ref), { [id]: this.intrinsics.resolve(Properties.PolicyDocument) });
        }
        return;
      case 'AWS::Backup::BackupVault': return this.protect(id, Properties.AccessPolicy);
      case 'AWS::EFS::FileSystem': return this.protect(id, Properties.FileSystemPolicy);
      case 'AWS::KMS::Key': return this.protect(id, Properties.KeyPolicy);
      case 'AWS::S3::BucketPolicy': return this.protect(Properties.Bucket.Ref, Properties.PolicyDocument);
      case 'AWS::SNS::TopicPolicy': return Properties.Topics.forEach(({ Ref }: any) => this.protect(Ref, Properties.PolicyDocument));
      case 'AWS::SQS::QueuePolicy': return Properties.Queues.forEach(({ Ref }: any) => this.protect(Ref, Properties.PolicyDocument));
      case 'AWS::CloudFront::CachePolicy': case 'AWS::CloudFront::ResponseHeadersPolicy': return; // what is cached and added, not who may what
      default:
        // A policy that this check does not know would go unseen.
        if (/Policy$/.test(Type)) throw new Error(`${id} is a ${Type}, which this check does not know`);
    }
  }

  private ownPoliciesOf(id: string, { Policies = [], ManagedPolicyArns = [] }: Record<string, any>): Record<string, PolicyDocument> {
    const managed = this.intrinsics.resolve(ManagedPolicyArns).map((arn: string) => [arn, OF_AWS[arn] ?? fail(`${id} has ${arn}, whose text is not known`)]);
    const inline = Policies.map((policy: any) => [`${id} ${policy.PolicyName}`, this.intrinsics.resolve(policy.PolicyDocument)]);
    return Object.fromEntries([...managed, ...inline]);
  }

  private give(role: string, policies: Record<string, PolicyDocument>): void {
    this.ofIdentities.set(role, { ...this.ofIdentities.get(role), ...policies });
  }

  private protect(id: string, policy: unknown): void {
    if (policy === undefined) return;
    const arn = this.intrinsics.arnOf(id);
    if (this.ofResources.has(arn)) throw new Error(`${arn} has two policies, of which AWS keeps one`);
    this.ofResources.set(arn, this.intrinsics.resolve(policy));
  }

  /** An object is protected by the policy of its bucket, a recovery point by that of its vault, of which a scene has one. */
  private holderOf(resource: string): string {
    if (resource.includes(':recovery-point:')) return [...this.ofResources.keys()].find((arn) => arn.includes(':backup-vault:')) ?? resource;
    return resource.startsWith('arn:aws:s3:::') ? resource.split('/')[0] : resource;
  }
}

/** Of a key that is not the template's, and that has the policy which KMS gives it by default: the account decides by its own policies. */
const DEFAULT_KEY_POLICY: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' }] };

function isKeyOfAccount(resource: string): boolean {
  return new RegExp(`^arn:aws:kms:[^:]+:${ACCOUNT}:key/`).test(resource);
}

/** The simulator drops this key, whose name has colons in it. For the one in its place, which no policy here is about, it decides the same. */
const DROPPED = 'kms:EncryptionContext:aws:logs:arn';
const IN_ITS_PLACE = 'kms:RequestAlias';

const cache = new SimulationCache(__filename);

/** A decision on policies that are at hand, and on nothing else. */
export async function decide(
  request: Request, identityPolicies: Record<string, PolicyDocument>, holder: string = 'none', resourcePolicy?: PolicyDocument,
): Promise<Decision> {
  const { principal, action, resource, context = {} } = request;
  // As a list, in which JSON keeps what the caller leaves out on purpose.
  const inputs = [ACCOUNT, principal, action, resource, Object.entries(context), identityPolicies, holder, resourcePolicy ?? null];
  return cache.get(inputs, () => simulate(request, identityPolicies, holder, resourcePolicy));
}

async function simulate(
  request: Request, identityPolicies: Record<string, PolicyDocument>, holder: string, resourcePolicy?: PolicyDocument,
): Promise<Decision> {
  const { [DROPPED]: dropped, ...others } = request.context ?? {};
  if (dropped !== undefined) {
    const [ofIdentity, ofResource] = JSON.parse(JSON.stringify([identityPolicies, resourcePolicy]).replaceAll(DROPPED, IN_ITS_PLACE));
    return simulate({ ...request, context: { ...others, [IN_ITS_PLACE]: dropped } }, ofIdentity, holder, ofResource ?? undefined);
  }
  const { principal, action, resource, context = {} } = request;
  const sent = Object.entries(context).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  const answer = await runSimulation({
    request: {
      principal: principal === ANYBODY ? anonymousPrincipal : principal,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: Object.fromEntries(sent),
    },
    identityPolicies: Object.entries(identityPolicies).map(([name, policy]) => ({ name, policy })),
    resourcePolicy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  const asked = `${principal} asks for ${action} on ${resource}`;
  if (answer.resultType === 'error') throw new Error(`${asked}: no decision: ${JSON.stringify(answer.errors)}`);
  if (answer.resultType !== 'single') throw new Error(`${asked}: a request is for one resource, not for a pattern`);
  const { analysis, ignoredContextKeys } = answer.result;
  // The simulator drops what it does not expect of an action, and would decide as if it had not been there.
  if (ignoredContextKeys?.length !== 0) throw new Error(`${asked}: the simulator ignores ${ignoredContextKeys}`);

  const ofIdentity = applicable(analysis.identityAnalysis);
  const ofResource = applicable(analysis.resourceAnalysis);
  await requireThatConditionsAreDecided(request, [...ofIdentity, ...ofResource], asked);
  return {
    allowed: answer.overallResult === 'Allowed',
    uses: [
      ...ofIdentity.flatMap((statement) => usesOf(statement.policyId, statement)),
      ...ofResource.flatMap((statement) => usesOf(holder, statement)),
    ],
  };
}

/** The statements that are about the caller, the action and the resource, whatever their conditions say. */
function applicable(analysis?: { allowStatements: Analysis[]; denyStatements: Analysis[]; unmatchedStatements: Analysis[] }): Analysis[] {
  return [...analysis?.allowStatements ?? [], ...analysis?.denyStatements ?? [], ...analysis?.unmatchedStatements ?? []].filter(
    ({ actionMatch, resourceMatch, principalMatch }) => actionMatch && resourceMatch && principalMatch !== 'NoMatch');
}

/** A condition is proven by requests that meet it and requests that do not, never by one that does not say. */
async function requireThatConditionsAreDecided({ action, resource, context = {} }: Request, statements: Analysis[], asked: string): Promise<void> {
  const keys = new Set(statements.flatMap(({ statement }) => statement.conditions().map((condition) => condition.conditionKey())));
  const known = keys.size > 0 ? await keysOf(action, resource) : [];
  const said = Object.keys(context).map((key) => key.toLowerCase());
  for (const key of keys) {
    const ofAnyTag = key.toLowerCase().replace(/^(aws:(request|resource)tag)\/.*$/, '$1/${tagkey}');
    if (!known.includes(ofAnyTag)) throw new Error(`${asked}: a policy has a condition on ${key}, which this action does not know`);
    if (!said.includes(key.toLowerCase())) throw new Error(`${asked}: a policy has a condition on ${key}, of which the request says nothing`);
  }
}

const keysOfRequests = new Map<string, Promise<string[]>>();

/** The condition keys that an action on a resource has. The simulator looks for them as long as it decides. */
function keysOf(action: string, resource: string): Promise<string[]> {
  const [service, verb] = action.split(':');
  const request = `${action} ${resource}`;
  if (!keysOfRequests.has(request)) keysOfRequests.set(request, allowedContextKeysForRequest(service, verb, resource, false, undefined));
  return keysOfRequests.get(request)!;
}

function usesOf(policy: string, { statement, conditionMatch, explain }: Analysis): Use[] {
  if (conditionMatch !== 'Match') return [];
  const matching = <T extends { matches: boolean }>(elements: T | T[] | undefined) => [elements ?? []].flat().filter(({ matches }) => matches) as T[];
  const resources = explain.resources ? matching(explain.resources).map(({ resource }) => resource) : ['itself'];
  return matching(explain.actions).flatMap(({ action }) => resources.map((resource) => ({
    policy, statement: statement.index(), effect: explain.effect, action, resource,
  })));
}

function fail(message: string): never {
  throw new Error(message);
}
