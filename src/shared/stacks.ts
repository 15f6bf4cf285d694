import {
  ArnFormat, Aws, CfnElement, DefaultTokenResolver, IResource, Reference, Stack, Stage, StringConcat, Token, Tokenization,
} from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct, IConstruct } from 'constructs';
import { attached } from './attached';

/** The stack that is deployed by itself: that of the construct, or the one around it if it is nested. */
export function outermostStack(construct: IConstruct): Stack {
  const stack = Stack.of(construct);
  return stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
}

/**
 * The ARNs of the log groups of a stack, as a pattern, for the policy of a key. The names of the groups themselves would close a circle: they need
 * the key. CloudFormation begins them with the name of the stack, and the name of a nested stack with that of its parent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logGroupsOfStack(scope: Construct, key: IKey): string {
  const stack = Stack.of(scope);
  const outermost = outermostStack(scope);
  // The reference to the name means the stack that it is in: that of the key.
  const stackName = [stack, outermost].includes(Stack.of(key)) ? Aws.STACK_NAME : outermost.stackName;
  return stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: `${stackName}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** The constructs that an attribute refers to, also across stacks. */
export function constructsIn(value: string): IConstruct[] {
  return Tokenization.reverseString(value).tokens.filter(Reference.isReference).map(({ target }) => target);
}

/** That of a region that is not known is taken to be `aws`. */
export function partitionOf(region: string): string {
  return Token.isUnresolved(region) ? 'aws' : RegionInfo.get(region).partition ?? 'aws';
}

/** A resource where AWS accepts only one of the same region or account. */
interface GivenResource {
  /** The construct that it was given to. */
  readonly owner: Construct;
  /** The property, or the call, in quotes or with brackets, such as `'alarmTopic'`. */
  readonly as: string;
  readonly resource: IResource;
  /**
   * Where it is, where that is known better than by its `env`.
   *
   * @default - its `env`
   */
  readonly place?: { readonly region?: string; readonly account?: string };
  /** Which service requires it, as a sentence, such as `CloudWatch notifies topics of its own region only`. */
  readonly because: string;
}

/**
 * Refuses a resource whose region is known not to be that of the stack.
 */
export function requireSameRegion({ owner, as, resource, place = resource.env, because }: GivenResource): void {
  const { region } = Stack.of(owner);
  if (place.region === undefined || !isKnownToDiffer(region, place.region)) return;
  throw new Error(
    `${owner.node.path}: ${as} must be in ${region}, the region of this stack, got ${resource.node.path}, which is in ${place.region}: ${because}`,
  );
}

/**
 * Refuses a resource whose account is known not to be that of the stack.
 */
export function requireSameAccount({ owner, as, resource, place = resource.env, because }: GivenResource): void {
  const { account } = Stack.of(owner);
  if (place.account === undefined || !isKnownToDiffer(account, place.account)) return;
  throw new Error(
    `${owner.node.path}: ${as} must be of ${account}, the account of this stack, got ${resource.node.path}, which is of ${place.account}: ${because}`,
  );
}

/** Whether two regions, or two accounts, are both known, and are not the same. */
export function isKnownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

/**
 * Whether two constructs are deployed into one account and region. Stacks of one stage that both leave it open go where the CLI is at that time: to the
 * same. Otherwise nobody knows.
 */
export function areTogether(one: IConstruct, other: IConstruct): 'yes' | 'no' | 'unknown' {
  const [mine, theirs] = [Stack.of(one), Stack.of(other)];
  if (isKnownToDiffer(mine.account, theirs.account) || isKnownToDiffer(mine.region, theirs.region)) return 'no';
  const areOfOneStage = Stage.of(one) === Stage.of(other);
  const isSame = (part: string, ofOther: string) => part === ofOther && (areOfOneStage || !Token.isUnresolved(part));
  return isSame(mine.account, theirs.account) && isSame(mine.region, theirs.region) ? 'yes' : 'unknown';
}

/** Why a stack is deployed after another: a construct of the one refers to, or waits for, a construct of the other. */
interface Need {
  readonly from: IConstruct;
  readonly to: IConstruct;
}

/** The stacks of an app, or of a stage, that each stack refers to or waits for, directly. */
export class StacksNeeded {
  /** Resolves all resources, as CDK does to find references between stacks. */
  public static in(root: IConstruct): StacksNeeded {
    const needed = new StacksNeeded();
    for (const stack of root.node.findAll().filter(Stack.isStack)) {
      stack.dependencies.forEach((other) => needed.add(outermostStack(stack), other, { from: stack, to: other }));
      for (const from of partsOf(stack)) neededBy(from).forEach((to) => needed.add(outermostStack(stack), outermostStack(to), { from, to }));
    }
    return needed;
  }

  private readonly needs = new Map<Stack, Map<Stack, Need[]>>();

  private constructor() {}

  public add(stack: Stack, other: Stack, need: Need = { from: stack, to: other }): void {
    if (stack === other) return;
    const others = this.needs.get(stack) ?? new Map<Stack, Need[]>();
    const needs = others.get(other) ?? [];
    needs.push(need);
    this.needs.set(stack, others.set(other, needs));
  }

  public isReachable(from: Stack, to: Stack): boolean {
    return this.way(from, to) !== undefined;
  }

  /** Why stacks wait for one another in a circle: the reasons of each stack of it. */
  public circle(): Need[][] | undefined {
    for (const [stack, others] of this.needs) {
      for (const [other, needs] of others) {
        const back = this.way(other, stack);
        if (back) return [needs, ...back];
      }
    }
    return undefined;
  }

  private way(from: Stack, to: Stack, seen = new Set<Stack>()): Need[][] | undefined {
    if (from === to) return [];
    seen.add(from);
    for (const [next, needs] of this.needs.get(from) ?? []) {
      const rest = seen.has(next) ? undefined : this.way(next, to, seen);
      if (rest) return [needs, ...rest];
    }
    return undefined;
  }
}

/** Without those of the stacks in it, and without stages in it. */
function partsOf(scope: IConstruct): IConstruct[] {
  const inner = scope.node.children.filter((child) => !Stack.isStack(child) && !Stage.isStage(child));
  return [...inner, ...inner.flatMap(partsOf)];
}

function neededBy(construct: IConstruct): IConstruct[] {
  const awaited = construct.node.dependencies;
  if (!CfnElement.isCfnElement(construct)) return awaited;
  const references = new References();
  // What CDK itself resolves to find references between stacks; its type keeps it to CDK.
  const rendered = (construct as unknown as { _toCloudFormation(): object })._toCloudFormation();
  Tokenization.resolve(rendered, { scope: construct, resolver: references, preparing: true });
  return [...awaited, ...references.targets];
}

/** Collects what is referred to. */
class References extends DefaultTokenResolver {
  public readonly targets: IConstruct[] = [];

  constructor() {
    super(new StringConcat());
  }

  public resolveToken(...[token, context, postProcessor]: Parameters<DefaultTokenResolver['resolveToken']>): any {
    if (Reference.isReference(token)) this.targets.push(token.target);
    return super.resolveToken(token, context, postProcessor);
  }
}

/**
 * Has the synthesis fail with an error of ours where a construct takes part in a circle of stacks: CDK's own names resources inside of it, and no way out.
 *
 * @param wayOut what helps with this construct in particular, as a sentence
 */
export function explainCircles(construct: IConstruct, wayOut?: string): void {
  const stage = Stage.of(construct);
  if (stage) attached(stage, 'Circles', () => new Circles(stage)).add(construct, wayOut);
}

/**
 * Looks once CDK has refused a circle: to find one takes as long as CDK's own look, and most apps have none. CDK calls nobody there, so this stands around the
 * synthesis of the app, or of the stage.
 */
class Circles {
  private readonly wayOuts = new Map<IConstruct, string | undefined>();

  constructor(private readonly stage: Stage) {
    const synth = stage.synth.bind(stage);
    stage.synth = (options) => {
      try {
        return synth(options);
      } catch (error) {
        throw (String(error).includes('cyclic reference') ? this.explained() : undefined) ?? error;
      }
    };
  }

  public add(construct: IConstruct, wayOut?: string): void {
    this.wayOuts.set(construct, wayOut);
  }

  private explained(): Error | undefined {
    const circle = StacksNeeded.in(this.stage).circle();
    if (!circle) return undefined;
    const reasons = circle.map((needs) => needs.find(({ from, to }) => this.ours(from) ?? this.ours(to)) ?? needs[0]);
    const involved = reasons.flatMap(({ from, to }) => [this.ours(from), this.ours(to)]).filter((construct) => construct !== undefined);
    return involved.length > 0 ? this.errorOf(reasons, [...new Set(involved)]) : undefined;
  }

  private ours(part: IConstruct): IConstruct | undefined {
    return [...part.node.scopes].reverse().find((scope) => this.wayOuts.has(scope));
  }

  private errorOf(circle: Need[], involved: IConstruct[]): Error {
    const stacks = circle.map(({ from }) => outermostStack(from).node.path);
    const reasons = circle.map(({ from, to }) => `${from.node.path} needs ${to.node.path}`);
    const ours = involved.map((construct) => this.wayOuts.get(construct)).filter((wayOut) => wayOut !== undefined);
    return new Error(
      `${involved[0].node.path}: the stacks ${stacks.join(' and ')} would wait for each other, which CloudFormation cannot deploy: ${reasons.join(', and ')}; ` +
      [...new Set([...ours, WAY_OUT])].join('; or '),
    );
  }
}

const WAY_OUT = 'grant a role of the other stack by iam.Role.fromRoleName(scope, id, role.roleName), with a scope in the stack of what is granted; put what both need into a third stack, ' +
  'or both into one; or import one of them by a name or an ARN that you know, which is no reference';
