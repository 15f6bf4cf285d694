import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';
import { NatStrategy } from './nat-strategy';
import { requireWholeNumber } from './private/require-whole-number';

/**
 * What an environment may vary. Nothing in here weakens security: encryption, TLS, private placement and least
 * privilege are the same in every profile.
 */
export interface StageProfileOverrides {
  /**
   * Number of availability zones that networks span, 1 to 6.
   *
   * @default - the profile's own
   */
  readonly availabilityZones?: number;

  /**
   * How private subnets reach the internet.
   *
   * @default - the profile's own
   */
  readonly natStrategy?: NatStrategy;

  /**
   * Whether databases and caches keep a standby in another availability zone that takes over by itself.
   *
   * @default - the profile's own
   */
  readonly standby?: boolean;

  /**
   * Whether databases and load balancers refuse to be deleted until this is switched off.
   *
   * @default - the profile's own
   */
  readonly deletionProtection?: boolean;

  /**
   * What happens to stateful resources that leave the stack.
   *
   * @default - the profile's own
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long automatic database backups and old object versions are kept, in whole days, 1 to 35.
   *
   * 35 days is the longest that Amazon RDS keeps automated backups.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
   * @default - the profile's own
   */
  readonly backupRetention?: Duration;

  /**
   * How long log groups and access logs are kept.
   *
   * @default - the profile's own
   */
  readonly logRetention?: RetentionDays;

  /**
   * The number of tasks below which a service never scales, at least 1.
   *
   * @default - the profile's own
   */
  readonly minimumTasks?: number;

  /**
   * Whether services that bear interruption run on spare capacity.
   *
   * @default - the profile's own
   */
  readonly spot?: boolean;

  /**
   * The edge locations that CDNs serve from.
   *
   * @default - the profile's own
   */
  readonly cdnPriceClass?: PriceClass;

  /**
   * The topic that every alarm notifies.
   *
   * @default - the profile's own: none, and each construct with alarms warns about it
   */
  readonly alarmTopic?: ITopic;
}

/**
 * One switch for an environment: the defaults that every construct below a scope takes.
 *
 * An explicit prop wins over the nearest profile up the tree, which wins over the library's default, which is
 * `StageProfile.production()`. A profile is immutable.
 *
 * @example
 * declare const reviewStack: Stack;
 * StageProfile.ephemeral().applyTo(reviewStack);
 */
export class StageProfile {
  /**
   * Survives the loss of a zone and the deletion of its stack. What you get when you say nothing.
   */
  public static production(): StageProfile {
    return new StageProfile('production', {
      availabilityZones: 3,
      natStrategy: NatStrategy.perAz(),
      standby: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      backupRetention: Duration.days(7),
      logRetention: RetentionDays.ONE_YEAR,
      minimumTasks: 2,
      spot: false,
      cdnPriceClass: PriceClass.PRICE_CLASS_ALL,
    });
  }

  /**
   * Built like production at a lower price: one zone less, one NAT, no standby, short retention, a cheaper edge. Its data survives the deletion of its stack.
   */
  public static staging(): StageProfile {
    return new StageProfile('staging', {
      availabilityZones: 2,
      natStrategy: NatStrategy.single(),
      standby: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.RETAIN,
      backupRetention: Duration.days(3),
      logRetention: RetentionDays.ONE_MONTH,
      minimumTasks: 1,
      spot: false,
      cdnPriceClass: PriceClass.PRICE_CLASS_100,
    });
  }

  /**
   * For review apps and experiments: destroyed without a trace and without leftovers that cost money.
   */
  public static ephemeral(): StageProfile {
    return new StageProfile('ephemeral', {
      availabilityZones: 2,
      natStrategy: NatStrategy.single(),
      standby: false,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
      backupRetention: Duration.days(1),
      logRetention: RetentionDays.ONE_WEEK,
      minimumTasks: 1,
      spot: true,
      cdnPriceClass: PriceClass.PRICE_CLASS_100,
    });
  }

  /**
   * The profile that applies to a construct: the nearest one up the tree, else `production()`.
   */
  public static of(scope: IConstruct): StageProfile {
    const path = scope.node.scopes.reverse();
    const nearest = path.findIndex((ancestor) => appliedTo(ancestor) !== undefined);
    // Those below the profile found have now answered from it: a profile set on one of them later would come too late.
    path.slice(0, nearest === -1 ? undefined : nearest).forEach((ancestor) => remember(ancestor, CONSULTED, true));
    return appliedTo(path[nearest]) ?? StageProfile.production();
  }

  /** `production`, `staging` or `ephemeral`: the factory that this profile started from. */
  public readonly name: string;
  /** Number of availability zones that networks span. */
  public readonly availabilityZones: number;
  /** How private subnets reach the internet. */
  public readonly natStrategy: NatStrategy;
  /** Whether databases and caches keep a standby in another availability zone. */
  public readonly standby: boolean;
  /** Whether databases and load balancers refuse to be deleted. */
  public readonly deletionProtection: boolean;
  /** What happens to stateful resources that leave the stack. */
  public readonly removalPolicy: RemovalPolicy;
  /** How long automatic database backups and old object versions are kept. */
  public readonly backupRetention: Duration;
  /** How long log groups and access logs are kept. */
  public readonly logRetention: RetentionDays;
  /** The number of tasks below which a service never scales. */
  public readonly minimumTasks: number;
  /** Whether services that bear interruption run on spare capacity. */
  public readonly spot: boolean;
  /** The edge locations that CDNs serve from. */
  public readonly cdnPriceClass: PriceClass;
  /** The topic that every alarm notifies, if there is one. */
  public readonly alarmTopic?: ITopic;

  private constructor(name: string, values: CompleteValues) {
    validate(values);
    this.name = name;
    this.availabilityZones = values.availabilityZones;
    this.natStrategy = values.natStrategy;
    this.standby = values.standby;
    this.deletionProtection = values.deletionProtection;
    this.removalPolicy = values.removalPolicy;
    this.backupRetention = values.backupRetention;
    this.logRetention = values.logRetention;
    this.minimumTasks = values.minimumTasks;
    this.spot = values.spot;
    this.cdnPriceClass = values.cdnPriceClass;
    this.alarmTopic = values.alarmTopic;
    Object.freeze(this);
  }

  /**
   * A new profile that differs from this one in the values given.
   *
   * @throws if a value is out of its bounds
   */
  public withOverrides(overrides: StageProfileOverrides): StageProfile {
    // Absent and `undefined` mean the same to a caller, in every language.
    const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
    return new StageProfile(this.name, { ...this, ...Object.fromEntries(given) });
  }

  /**
   * Makes this the profile of a scope (an app, a stage, a stack or any construct) and of everything below it.
   *
   * @throws if the scope has a different profile already, or if a construct in it took its defaults before
   */
  public applyTo(scope: IConstruct): void {
    const present = appliedTo(scope);
    if (present && !equal(present, this)) {
      throw new Error(
        `${describe(scope)}: a StageProfile is set at most once per scope; this one has '${present.name}' and cannot also take '${this.name}': ` +
        'apply one of them to a scope below, or derive one profile by withOverrides()',
      );
    }
    if (!present && recalled(scope, CONSULTED)) {
      throw new Error(
        `${describe(scope)}: StageProfile '${this.name}' comes too late, a construct in this scope has already taken its defaults: ` +
        'call applyTo() before creating anything in the scope',
      );
    }
    remember(scope, PROFILE, this);
  }
}

interface CompleteValues extends StageProfileOverrides {
  readonly availabilityZones: number;
  readonly natStrategy: NatStrategy;
  readonly standby: boolean;
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
  readonly backupRetention: Duration;
  readonly logRetention: RetentionDays;
  readonly minimumTasks: number;
  readonly spot: boolean;
  readonly cdnPriceClass: PriceClass;
}

// The tree itself carries the profile, so nothing outlives an app. `Symbol.for`: two copies of this package in one app agree.
const PROFILE = Symbol.for('cdk-mainstay.StageProfile');
const CONSULTED = Symbol.for('cdk-mainstay.StageProfile.consulted');

function remember(scope: IConstruct, key: symbol, value: unknown): void {
  Object.defineProperty(scope, key, { value, configurable: true, enumerable: false });
}

function recalled(scope: IConstruct | undefined, key: symbol): unknown {
  return (scope as unknown as Record<symbol, unknown> | undefined)?.[key];
}

function appliedTo(scope: IConstruct | undefined): StageProfile | undefined {
  return recalled(scope, PROFILE) as StageProfile | undefined;
}

function describe(scope: IConstruct): string {
  return scope.node.path || 'the app';
}

/** Strategies, durations and topics are the same when they say the same. */
function equal(one: StageProfile, other: StageProfile): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof StageProfile)[];
  return keys.every((key) => String(one[key]) === String(other[key]));
}

function validate(values: CompleteValues): void {
  const where = 'StageProfile';
  requireWholeNumber({ where, prop: 'availabilityZones', value: values.availabilityZones, least: 1, most: 6 });
  requireWholeNumber({ where, prop: 'minimumTasks', value: values.minimumTasks, least: 1 });
  if (values.backupRetention.isUnresolved()) return;
  requireWholeNumber({ where, prop: 'backupRetention', unit: 'days', value: values.backupRetention.toDays({ integral: false }), least: 1, most: 35 });
}
