import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { attached } from './attached';
import { isPlain, plainCopy } from './plain-copy';

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
