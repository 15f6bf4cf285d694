import { CfnResource, InjectionContext, IPropertyInjector, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { attached } from './attached';

/** What guarantees rest on, besides the removal policy: properties of an L1, by CloudFormation type. */
export type SealedProperties = Readonly<Record<string, readonly string[]>>;

const REMOVAL_POLICY = 'removalPolicy';

type Values = Record<string, unknown>;

/**
 * Fails the synthesis if a mixin, an aspect or a later line takes back what was said in a scope so far. What they add is theirs to add, and
 * so is `addPropertyOverride`, by which nobody changes a guarantee without naming it.
 *
 * A public construct seals once, at the end of its constructor. It takes over what a part of it has sealed before, so that a change is reported once,
 * and what was added since is guarded, too.
 */
export function seal(scope: IConstruct, properties: SealedProperties): void {
  const resources = scope.node.findAll().filter(CfnResource.isCfnResource).filter(({ cfnResourceType }) => cfnResourceType in properties);
  const seals = resources.map((resource) => new Seal(resource, [...properties[resource.cfnResourceType], REMOVAL_POLICY]));
  scope.node.addValidation({ validate: () => seals.flatMap((one) => one.broken()) });
}

class Seal {
  private readonly before: Values;

  constructor(private readonly resource: CfnResource, properties: readonly string[]) {
    this.before = plainCopy(this.values(properties));
    properties.forEach((property) => this.holders().set(property, this));
  }

  /** What became of the properties that no later seal holds. */
  public broken(): string[] {
    const held = Object.keys(this.before).filter((property) => this.holders().get(property) === this);
    const now = this.values(held);
    return held.filter((name) => !isStillIn(this.before[name], now[name])).flatMap((name) => {
      const [was, is] = Stack.of(this.resource).resolve([this.before[name], now[name]]); // a token that was replaced may say the same
      return isStillIn(was, is) ? [] : [
        `'${name}' of ${this.resource.node.path} was ${JSON.stringify(was)} and became ${JSON.stringify(is)} by a mixin, an aspect or a later line, ` +
        'which takes a promise of this construct back: leave this resource out there, and say what you want by the construct\'s props',
      ];
    });
  }

  private values(properties: readonly string[]): Values {
    const all = this.resource as unknown as Values;
    return Object.fromEntries(properties.map((name) => [name, name === REMOVAL_POLICY ? this.resource.cfnOptions.deletionPolicy : all[name]]));
  }

  /** The last seal of each property. */
  private holders(): Map<string, unknown> {
    return attached(this.resource, 'Seal', () => new Map());
  }
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
    const injected = this.injectorAbove()?.inject(plainCopy(own), context) as Props ?? {};
    const added = Object.entries(injected).filter(([prop]) => !(prop in own) && !this.notAdded.includes(prop));
    const ofBoth = isPlain(own.environment) && isPlain(injected.environment) && { environment: { ...injected.environment, ...own.environment } };
    return { ...Object.fromEntries(added), ...own, ...ofBoth };
  }

  /** The one that CDK would have asked, had this scope none. */
  private injectorAbove(): IPropertyInjector | undefined {
    const above = this.scope.node.scopes.reverse().slice(1).filter((ancestor) => PropertyInjectors.hasPropertyInjectors(ancestor));
    return above.map((ancestor) => PropertyInjectors.of(ancestor).for(this.constructUniqueId)).find((injector) => injector !== undefined);
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
