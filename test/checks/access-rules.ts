import { IResolvable, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ACCOUNT, Intrinsics, TemplateResource } from './intrinsics';
import { ANYBODY, decide, DeployedPolicies, PolicyDocument, Request, Use } from './policies';

export const OTHER_ACCOUNT = '999999999999';

export interface DeployedTemplate {
  readonly Resources: Record<string, TemplateResource>;
}

/** What somebody may, or may not, do: a sentence, and the requests that it stands for. */
export interface AccessRule {
  readonly sentence: string;
  readonly allowed: boolean;
  /** AWS asks for all of them before it does what the sentence says. */
  readonly requests: Request[];
}

/** A stack, and everything that may be done in it. */
export interface Scene {
  readonly name: string;
  readonly template: DeployedTemplate;
  readonly rules: AccessRule[];
  /** The actions that no rule can prove, as IAM has none of these names. */
  readonly unknownActions?: string[];
}

export type Call = Omit<Request, 'principal'>;

/** Somebody, by the name that sentences have for it. */
export class Actor {
  constructor(private readonly name: string, private readonly principal: string, private readonly context: Request['context'] = {}) {}

  may(what: string, ...calls: Call[]): AccessRule {
    return { sentence: `${this.name} may ${what}`, allowed: true, requests: calls.map((request) => this.asking(request)) };
  }

  /** One call only: of two, one that is denied for another reason would hide that the other is allowed. */
  mayNot(what: string, request: Call): AccessRule {
    return { sentence: `${this.name} may not ${what}`, allowed: false, requests: [this.asking(request)] };
  }

  private asking(request: Call): Request {
    return { ...request, principal: this.principal, context: { ...this.context, ...request.context } };
  }
}

/** A service that acts for one of its resources. */
export function onBehalfOf(service: string, sourceArn: string, sourceAccount = ACCOUNT): [string, Request['context']] {
  return [service, { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': sourceAccount }];
}

/** A call over TLS, and for S3 over the newest. */
export function call(action: string, resource: string, context: Request['context'] = {}): Call {
  const transport = { 'aws:SecureTransport': 'true', ...(action.startsWith('s3:') && { 's3:TlsVersion': '1.3' }) };
  return { action, resource, context: { ...transport, ...context } };
}

export function overPlainHttp({ context, ...rest }: Call): Call {
  return { ...rest, context: { ...context, 'aws:SecureTransport': 'false', ...(rest.action.startsWith('s3:') && { 's3:TlsVersion': undefined }) } };
}

export function overTls(version: string, { context, ...rest }: Call): Call {
  return { ...rest, context: { ...context, 's3:TlsVersion': version } };
}

/** Puts a defect into a stack before it is synthesized. */
export type Alter = (stack: Stack) => void;

/** What the tokens of a stack are in the account that its policies are tried in. */
export function valuesOf(
  stack: Stack, alter: Alter = () => undefined,
): { template: DeployedTemplate; valueOf: (token: string | IResolvable) => string } {
  alter(stack);
  const template = Template.fromStack(stack).toJSON() as DeployedTemplate;
  const intrinsics = new Intrinsics(template.Resources);
  return { template, valueOf: (token) => intrinsics.resolve(stack.resolve(token)) };
}

/** Whether the policies of a template decide as the rule says, and on which of their elements. */
export async function tried(rule: AccessRule, policies: DeployedPolicies): Promise<{ holds: boolean; uses: Use[] }> {
  const decisions = await Promise.all(rule.requests.map((request) => policies.decide(request)));
  return { holds: decisions.every(({ allowed }) => allowed) === rule.allowed, uses: decisions.flatMap(({ uses }) => uses) };
}

const OPEN = { Effect: 'Allow', Action: '*' };
const OPEN_TO_ALL = { ...OPEN, Principal: '*' };

/** Whether policies without any bounds would allow what a rule denies: else the denial proves nothing about the policies that we wrote. */
export async function allowedWithoutBounds({ requests }: AccessRule): Promise<boolean> {
  const decisions = await Promise.all(requests.map((request) => {
    const isTrust = request.action.startsWith('sts:'); // trust policies have no resource
    const ofIdentity: Record<string, PolicyDocument> = request.principal === ANYBODY ? {} : { open: policyOf({ ...OPEN, Resource: '*' }) };
    return decide(request, ofIdentity, request.resource, policyOf(isTrust ? OPEN_TO_ALL : { ...OPEN_TO_ALL, Resource: '*' }));
  }));
  return decisions.every(({ allowed }) => allowed);
}

function policyOf(statement: PolicyDocument['Statement'][number]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [statement] };
}

/** The sentences that are not true of a template. */
export async function brokenRules(rules: AccessRule[], template: DeployedTemplate): Promise<string[]> {
  const policies = new DeployedPolicies(template);
  const results = await Promise.all(rules.map(async (rule) => ({ rule, ...await tried(rule, policies) })));
  return results.filter(({ holds }) => !holds).map(({ rule }) => rule.sentence);
}

/**
 * The parts of the policies that no rule needs: actions and resources that are allowed though nobody is said to use them, and denials
 * that deny nothing that anybody tries.
 */
export async function unprovenParts({ template, rules, unknownActions = [] }: Scene): Promise<string[]> {
  const policies = new DeployedPolicies(template);
  const uses = (await Promise.all(rules.map(async (rule) => {
    const isProof = rule.allowed ? 'Allow' : 'Deny';
    return (await tried(rule, policies)).uses.filter(({ effect }) => effect === isProof);
  }))).flat();
  return policies.all().flatMap(([name, { Statement }]) => Statement.flatMap((statement, index) => {
    if ([statement.Action].flat().every((action) => unknownActions.includes(action))) return [];
    const ofStatement = uses.filter((use) => use.policy === name && use.statement === index + 1);
    return partsOf(statement)
      .filter(({ kind, value }) => !unknownActions.includes(value) && !ofStatement.some((use) => use[kind] === value))
      .map(({ value }) => `${value} of ${name}`);
  }));
}

function partsOf({ Action, Resource }: PolicyDocument['Statement'][number]): { kind: 'action' | 'resource'; value: string }[] {
  const parts = (kind: 'action' | 'resource', values: string | string[] = []) => [values].flat().map((value) => ({ kind, value }));
  return [...parts('action', Action), ...parts('resource', Resource)];
}
