import { allowedContextKeysForRequest, anonymousPrincipal, RequestAnalysis, runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, Intrinsics, TemplateResource } from './intrinsics';

type Analysis = NonNullable<RequestAnalysis['resourceAnalysis']>['allowStatements'][number];

/** One call of an AWS API, as IAM sees it. */
export interface Request {
  /** The ARN of a role, the name of a service, or ANYBODY. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** `undefined` for what the caller leaves out, on purpose. */
  readonly context?: Record<string, string | undefined>;
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

/** The identity policies of another account are not ours to know: whatever its roles try, their own account allows it. */
const ALLOWS_EVERYTHING: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/**
 * The policies of a template once they are in an account: asked for a decision, they are combined as AWS does it.
 */
export class DeployedPolicies {
  /** By the ARN of a role. */
  public readonly ofIdentities = new Map<string, Record<string, PolicyDocument>>();
  /** By the ARN of what they protect. */
  public readonly ofResources = new Map<string, PolicyDocument>();
  private readonly intrinsics: Intrinsics;

  constructor(template: { Resources: Record<string, TemplateResource> }) {
    this.intrinsics = new Intrinsics(template.Resources);
    for (const [id, resource] of Object.entries(template.Resources)) this.attach(id, resource);
  }

  /** All of them, by a name that says where each stands. */
  all(): [string, PolicyDocument][] {
    return [...[...this.ofIdentities.values()].flatMap((policies) => Object.entries(policies)), ...this.ofResources.entries()];
  }

  async decide(request: Request): Promise<Decision> {
    const { principal } = request;
    const isOfOtherAccount = principal.startsWith('arn:') && !principal.includes(`:${ACCOUNT}:`);
    const isRole = principal.startsWith('arn:') && !isOfOtherAccount;
    const identityPolicies = isRole ? this.ofIdentities.get(principal) : {};
    if (!identityPolicies) throw new Error(`no role of the template is ${principal}`);
    const holder = this.holderOf(request.resource);
    return decide(request, isOfOtherAccount ? { 'its own account': ALLOWS_EVERYTHING } : identityPolicies, holder, this.ofResources.get(holder));
  }

  private attach(id: string, { Type, Properties = {} }: TemplateResource): void {
    switch (Type) {
      case 'AWS::IAM::Role':
        // What these say is nowhere in the template.
        if (Properties.ManagedPolicyArns) throw new Error(`${id} has managed policies, which cannot be looked into`);
        this.ofIdentities.set(this.intrinsics.arnOf(id), {
          ...this.ofIdentities.get(this.intrinsics.arnOf(id)),
          ...Object.fromEntries((Properties.Policies ?? []).map((policy: any) => [`${id} ${policy.PolicyName}`, this.intrinsics.resolve(policy.PolicyDocument)])),
        });
        this.protect(id, Properties.AssumeRolePolicyDocument);
        return;
      case 'AWS::IAM::Policy':
        for (const { Ref } of Properties.Roles) {
          const role = this.intrinsics.arnOf(Ref);
          this.ofIdentities.set(role, { ...this.ofIdentities.get(role), [id]: this.intrinsics.resolve(Properties.PolicyDocument) });
        }
        return;
      case 'AWS::KMS::Key': return this.protect(id, Properties.KeyPolicy);
      case 'AWS::S3::BucketPolicy': return this.protect(Properties.Bucket.Ref, Properties.PolicyDocument);
      case 'AWS::SNS::TopicPolicy': return Properties.Topics.forEach(({ Ref }: any) => this.protect(Ref, Properties.PolicyDocument));
      case 'AWS::SQS::QueuePolicy': return Properties.Queues.forEach(({ Ref }: any) => this.protect(Ref, Properties.PolicyDocument));
      default:
        // A policy that this net does not know would go unseen.
        if (/Policy$/.test(Type)) throw new Error(`${id} is a ${Type}, which this check does not know`);
    }
  }

  private protect(id: string, policy: unknown): void {
    const arn = this.intrinsics.arnOf(id);
    if (this.ofResources.has(arn)) throw new Error(`${arn} has two policies, of which AWS keeps one`);
    this.ofResources.set(arn, this.intrinsics.resolve(policy));
  }

  /** An object is protected by the policy of its bucket. */
  private holderOf(resource: string): string {
    return resource.startsWith('arn:aws:s3:::') ? resource.split('/')[0] : resource;
  }
}

/** A decision on policies that are at hand, and on nothing else. */
export async function decide(
  request: Request, identityPolicies: Record<string, PolicyDocument>, holder: string = 'none', resourcePolicy?: PolicyDocument,
): Promise<Decision> {
  const { principal, action, resource, context = {} } = request;
  const sent = Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined);
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
  if (answer.resultType !== 'single') throw new Error(`${asked}: no decision: ${JSON.stringify(answer)}`);
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
  const [service, verb] = action.split(':');
  const keys = new Set(statements.flatMap(({ statement }) => statement.conditions().map((condition) => condition.conditionKey())));
  const known = await allowedContextKeysForRequest(service, verb, resource, false);
  const said = Object.keys(context).map((key) => key.toLowerCase());
  for (const key of keys) {
    if (!known.includes(key.toLowerCase())) throw new Error(`${asked}: a policy has a condition on ${key}, which this action does not know`);
    if (!said.includes(key.toLowerCase())) throw new Error(`${asked}: a policy has a condition on ${key}, of which the request says nothing`);
  }
}

function usesOf(policy: string, { statement, conditionMatch, explain }: Analysis): Use[] {
  if (conditionMatch !== 'Match') return [];
  const matching = <T extends { matches: boolean }>(elements: T | T[] | undefined) => [elements ?? []].flat().filter(({ matches }) => matches) as T[];
  const resources = explain.resources ? matching(explain.resources).map(({ resource }) => resource) : ['itself'];
  return matching(explain.actions).flatMap(({ action }) => resources.map((resource) => ({
    policy, statement: statement.index(), effect: explain.effect, action, resource,
  })));
}
