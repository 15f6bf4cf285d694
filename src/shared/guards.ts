import { CfnResource, InjectionContext, IPropertyInjector, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { addWarning } from './acknowledge';
import { attached, findAttached } from './attached';

/** Properties of an L1. A slash leads into a property: `distributionConfig/viewerCertificate`. */
interface SealedOfType {
  /**
   * A change exposes data or admits somebody: public access, encryption, TLS, policies, who may assume a role, secrets. It fails the synthesis.
   */
  readonly refuse?: readonly string[];
  /**
   * A change weakens the construct otherwise, and may be meant: retention, runtimes, capacity, code, alarms, logs. There is a warning.
   * The removal policy is always one of these.
   */
  readonly warn?: readonly string[];
}

/** What guarantees rest on, by CloudFormation type. */
export type SealedProperties = Readonly<Record<string, SealedOfType>>;

const REMOVAL_POLICY = 'removalPolicy';

/** As users write them. */
const REMOVAL_POLICIES: Record<string, string> = {
  Delete: 'DESTROY', Retain: 'RETAIN', RetainExceptOnCreate: 'RETAIN_ON_UPDATE_OR_DELETE', Snapshot: 'SNAPSHOT',
};

/** What AWS assumes where a property is left out. Others may be set then. */
const IF_LEFT_OUT: Record<string, unknown> = { actionsEnabled: true, enabled: true };

/**
 * Reports at synthesis what a mixin, an aspect or a later line overrides of what was set in a scope so far: an error where that exposes data or admits
 * somebody, else a warning that can be acknowledged. Users may add, and `addPropertyOverride` is not looked at: it names what it changes.
 *
 * A public construct seals once, at the end of its constructor. It takes over what a part of it has sealed before. The outermost construct reports
 * for all of its parts: one error, or one warning.
 */
export function seal(scope: IConstruct, properties: SealedProperties): void {
  const seals = attached(scope, 'Seals', (): Seal[] => {
    scope.node.addValidation({ validate: () => (isReportedAbove(scope) ? [] : report(scope)) });
    return [];
  });
  for (const resource of scope.node.findAll().filter(CfnResource.isCfnResource)) {
    const { refuse = [], warn = [] } = properties[resource.cfnResourceType] ?? {};
    if (resource.cfnResourceType in properties) seals.push(new Seal(resource, refuse, true), new Seal(resource, [...warn, REMOVAL_POLICY], false));
  }
}

/**
 * Lets a construct change what it has sealed itself, when it learns more later. What others had changed before is still reported.
 */
export function changeSealed(resource: CfnResource, change: () => void): void {
  const intact = [...holdersOf(resource)].filter(([path, holder]) => holder.changeOf(path) === undefined);
  change();
  intact.forEach(([path, holder]) => holder.hold(path));
}

function isReportedAbove(scope: IConstruct): boolean {
  return scope.node.scopes.slice(0, -1).some((above) => findAttached(above, 'Seals') !== undefined);
}

function report(scope: IConstruct): string[] {
  const seals = scope.node.findAll().flatMap((part) => findAttached<Seal[]>(part, 'Seals') ?? []);
  const refused = changesIn(seals.filter(({ isRefused }) => isRefused));
  if (refused.length > 0) {
    return [`${refused.join('; ')}: a mixin, an aspect or a later line overrides what keeps this construct secure. Exclude it there, or use the construct's props`];
  }
  const changes = changesIn(seals.filter(({ isRefused }) => !isRefused));
  if (changes.length > 0) {
    addWarning(
      scope, 'cdk-mainstay:GuaranteeOverridden',
      `${changes.join('; ')}: a mixin, an aspect or a later line overrides a default of this construct. Use the construct's props where it has one, or acknowledge this`,
    );
  }
  return [];
}

interface Change {
  readonly property: string;
  readonly resource: CfnResource;
  /** What the property became. */
  readonly change: string;
}

/** One text for the same change of several resources. */
function changesIn(seals: Seal[]): string[] {
  const alike = new Map<string, Change[]>();
  for (const change of seals.flatMap((one) => one.changes())) {
    const key = `${change.property} ${change.change}`;
    alike.set(key, [...alike.get(key) ?? [], change]);
  }
  return [...alike.values()].map((changes) => {
    const [{ property, change }] = changes;
    const more = changes.length > 3 ? ` and ${changes.length - 3} more` : '';
    return `'${property}' of ${changes.slice(0, 3).map(({ resource }) => resource.node.path).join(', ')}${more} ${change}`;
  });
}

class Seal {
  /** By the path of each property: the whole property, as it was. */
  private readonly before = new Map<string, unknown>();

  constructor(private readonly resource: CfnResource, paths: readonly string[], public readonly isRefused: boolean) {
    paths.forEach((path) => this.hold(path));
  }

  /** Takes the property as it is now for what it must remain. */
  public hold(path: string): void {
    this.before.set(path, plainCopy(this.propertyAt(path)));
    holdersOf(this.resource).set(path, this);
  }

  /** Of the properties that no later seal holds. */
  public changes(): Change[] {
    const holders = holdersOf(this.resource);
    const held = [...this.before.keys()].filter((path) => holders.get(path) === this);
    return held.flatMap((path) => this.changeOf(path) ?? []);
  }

  public changeOf(path: string): Change | undefined {
    const property = path.split('/').pop()!;
    const [before, now] = [this.before.get(path), this.propertyAt(path)];
    if (isPolicy(property) && admitsEverybody(now, Stack.of(this.resource))) {
      return { property, resource: this.resource, change: 'admits everybody without a condition' };
    }
    if (isStillIn(before, now)) return undefined;
    const [was, is] = [before, now].map((value) => valueAt(Stack.of(this.resource).resolve(value), path)); // a token that was replaced may say the same
    return isStillIn(was, is) ? undefined : { property, resource: this.resource, change: `was ${inWords(property, was)} and became ${inWords(property, is)}` };
  }

  /** The property that a path begins with. */
  private propertyAt(path: string): unknown {
    if (path === REMOVAL_POLICY) return this.resource.cfnOptions.deletionPolicy;
    const [property] = path.split('/');
    return (this.resource as unknown as Record<string, unknown>)[property] ?? IF_LEFT_OUT[property];
  }
}

/** The last seal of each path. */
function holdersOf(resource: CfnResource): Map<string, Seal> {
  return attached(resource, 'Seal', () => new Map());
}

function valueAt(property: unknown, path: string): unknown {
  return path.split('/').slice(1).reduce((value, key) => (isPlain(value) ? value[key] : undefined), property);
}

function inWords(property: string, value: unknown): string {
  if (property === REMOVAL_POLICY) return REMOVAL_POLICIES[value as string] ?? 'not set';
  const json = JSON.stringify(value) ?? 'not set';
  return json.length > 300 ? `${json.slice(0, 300)}…` : json;
}

function isPolicy(property: string): boolean {
  return /(policyDocument|keyPolicy|accessPolicy|fileSystemPolicy)$/i.test(property);
}

/** A statement that allows everybody is no addition like others. Only who is allowed is resolved: to resolve whole policies takes as long as a synthesis of them. */
function admitsEverybody(policy: unknown, stack: Stack): boolean {
  return statementsIn(policy, stack).some(({ Effect, Principal, Condition }) => {
    if (Effect === 'Deny' || isPlain(Condition)) return false;
    const who = isPlain(Principal) ? Principal.AWS : Principal;
    const statement = stack.resolve({ Effect, Principal: who, Condition });
    const principals = isPlain(statement.Principal) ? statement.Principal.AWS : statement.Principal;
    return statement.Effect === 'Allow' && statement.Condition === undefined && [principals].flat().includes('*');
  });
}

function statementsIn(policy: unknown, stack: Stack): Record<string, unknown>[] {
  const unresolved = isPlain(policy) ? policy : (policy as { toJSON?(): unknown } | undefined)?.toJSON?.(); // as PolicyDocument has it
  const statements = (document: unknown) => (isPlain(document) ? [document.Statement].flat() : []);
  const found = statements(unresolved);
  return (found.length > 0 && found.every(isPlain) ? found : statements(stack.resolve(policy))).filter(isPlain);
}

/** More may be there than was before. */
function isStillIn(before: unknown, now: unknown): boolean {
  if (before === undefined || before === now) return true;
  if (Array.isArray(before)) return Array.isArray(now) && before.every((item) => now.some((other) => isStillIn(item, other)));
  return isPlain(before) && isPlain(now) && Object.keys(before).every((key) => isStillIn(before[key], now[key]));
}

/**
 * The L2s that a construct is made of, and the props that nobody may add to them where we say nothing, as it would take a guarantee back or contradict what
 * we say. By PROPERTY_INJECTION_ID, written out, as reading it from the class loads its module.
 */
export type OwnProps = Readonly<Record<string, readonly string[]>>;

/**
 * Keeps the injectors of an app from changing what is said in a scope: they still add what is left open there.
 */
export function preferOwnProps(scope: IConstruct, ownProps: OwnProps): void {
  PropertyInjectors.of(scope).add(...Object.entries(ownProps).map(([id, notAdded]) => new OwnPropsInjector(id, notAdded, scope)));
}

type Props = Record<string, unknown>;

class OwnPropsInjector implements IPropertyInjector {
  constructor(public readonly constructUniqueId: string, private readonly notAdded: readonly string[], private readonly scope: IConstruct) {}

  public inject(own: Props = {}, context: InjectionContext): Props {
    const above = this.injectorAbove();
    if (!above) return own;
    const injected = above.inject(plainCopy(own), context) as Props;
    const added = Object.entries(injected).filter(([prop]) => !(prop in own) && !this.notAdded.includes(prop));
    const ofBoth = isPlain(own.environment) && isPlain(injected.environment) && { environment: { ...injected.environment, ...own.environment } };
    return { ...Object.fromEntries(added), ...own, ...ofBoth };
  }

  /** The one that CDK would have asked, had this scope none. */
  private injectorAbove(): IPropertyInjector | undefined {
    for (let { scope } = this.scope.node; scope; { scope } = scope.node) {
      const injector = PropertyInjectors.hasPropertyInjectors(scope) ? PropertyInjectors.of(scope).for(this.constructUniqueId) : undefined;
      if (injector) return injector;
    }
    return undefined;
  }
}

/**
 * A copy of the lists and plain objects in a value; what has a class, such as a construct or a token, is the same in both.
 */
function plainCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)])) as T : value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
