import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';
import { NatStrategy } from '../network/nat-strategy';
import { attached, findAttached } from '../shared/attached';
import { Checks } from '../shared/checks';
import { duration, flag, made, number, PropKinds, removalPolicy as removalPolicyKind, requireKinds, retentionDays, topic, valueOf } from '../shared/kinds';

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
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // but not what a failed first deployment leaves, which would block the next
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
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, // but not what a failed first deployment leaves, which would block the next
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
      ...StageProfile.staging().values,
      removalPolicy: RemovalPolicy.DESTROY,
      backupRetention: Duration.days(1),
      logRetention: RetentionDays.ONE_WEEK,
      spot: true,
    });
  }

  /**
   * The profile that applies to a construct: the nearest one up the tree, else `production()`.
   */
  public static of(scope: IConstruct): StageProfile {
    const path = scope.node.scopes.reverse();
    const nearest = path.findIndex((ancestor) => appliedTo(ancestor) !== undefined);
    // Those below the profile found have now answered from it: a profile set on one of them later would come too late.
    path.slice(0, nearest === -1 ? undefined : nearest).forEach((ancestor) => attached(ancestor, CONSULTED, () => true));
    return nearest === -1 ? StageProfile.production() : appliedTo(path[nearest])!;
  }

  /**
   * The nearest scope up the tree that a profile was applied to: an environment.
   * @internal
   */
  public static _environmentOf(scope: IConstruct): IConstruct | undefined {
    return scope.node.scopes.reverse().find((ancestor) => appliedTo(ancestor) !== undefined);
  }

  /** `production`, `staging` or `ephemeral`: the factory that this profile started from. */
  public readonly name: string;
  // jsii writes to every object that it hands to Python, Java or Go, so `this` cannot be frozen; its values are.
  private readonly values: CompleteValues;

  private constructor(name: string, values: CompleteValues) {
    validate(values);
    this.name = name;
    this.values = Object.freeze({ ...values });
  }

  /** Number of availability zones that networks span. */
  public get availabilityZones(): number { return this.values.availabilityZones; }
  /** How private subnets reach the internet. */
  public get natStrategy(): NatStrategy { return this.values.natStrategy; }
  /** Whether databases and caches keep a standby in another availability zone. */
  public get standby(): boolean { return this.values.standby; }
  /** Whether databases and load balancers refuse to be deleted. */
  public get deletionProtection(): boolean { return this.values.deletionProtection; }
  /** What happens to stateful resources that leave the stack. */
  public get removalPolicy(): RemovalPolicy { return this.values.removalPolicy; }
  /** How long automatic database backups and old object versions are kept. */
  public get backupRetention(): Duration { return this.values.backupRetention; }
  /** How long log groups and access logs are kept. */
  public get logRetention(): RetentionDays { return this.values.logRetention; }
  /** The number of tasks below which a service never scales. */
  public get minimumTasks(): number { return this.values.minimumTasks; }
  /** Whether services that bear interruption run on spare capacity. */
  public get spot(): boolean { return this.values.spot; }
  /** The edge locations that CDNs serve from. */
  public get cdnPriceClass(): PriceClass { return this.values.cdnPriceClass; }
  /** The topic that every alarm notifies, if there is one. */
  public get alarmTopic(): ITopic | undefined { return this.values.alarmTopic; }

  /**
   * A new profile that differs from this one in the values given.
   *
   * @throws if a value is out of its bounds
   */
  public withOverrides(overrides: StageProfileOverrides): StageProfile {
    requireKinds('StageProfile.withOverrides', overrides, OVERRIDES, 'overrides');
    // Absent and `undefined` mean the same to a caller, in every language.
    const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
    return new StageProfile(this.name, { ...this.values, ...Object.fromEntries(given) });
  }

  /**
   * Makes this the profile of a scope (an app, a stage, a stack or any construct) and of everything below it.
   *
   * @throws if the scope has a different profile already, or if a construct in it took its defaults before
   */
  public applyTo(scope: IConstruct): void {
    const present = appliedTo(scope);
    if (present && this.differences(present).length > 0) {
      throw new Error(
        `${describe(scope)}: a StageProfile is set at most once per scope; this one has '${present.name}' and cannot also take '${this.name}', ` +
        `which differs in ${this.differences(present).join(', ')}: apply one of them to a scope below, or derive one profile by withOverrides()`,
      );
    }
    if (!present && findAttached(scope, CONSULTED) && this.differences(StageProfile.of(scope)).length > 0) {
      throw new Error(
        `${describe(scope)}: StageProfile '${this.name}' comes too late, a construct in this scope has already taken its defaults: call applyTo() before ` +
        'anything is created in the scope; for a Stack that fills itself, as the first line after super(), or on the App or a Stage around it',
      );
    }
    attached(scope, PROFILE, () => this);
  }

  private differences(other: StageProfile): string[] {
    const names = Object.keys({ ...this.values, ...other.values }) as (keyof StageProfileOverrides)[];
    return names.filter((name) => comparable(this[name]) !== comparable(other[name]));
  }
}

/** A profile has a value for everything but the topic. */
type CompleteValues = Required<Omit<StageProfileOverrides, 'alarmTopic'>> & Pick<StageProfileOverrides, 'alarmTopic'>;

const OVERRIDES: PropKinds<StageProfileOverrides> = {
  alarmTopic: topic,
  availabilityZones: number,
  backupRetention: duration,
  cdnPriceClass: valueOf('cloudfront.PriceClass', /^PriceClass_/),
  deletionProtection: flag,
  logRetention: retentionDays,
  minimumTasks: number,
  natStrategy: made(NatStrategy, 'NatStrategy'),
  removalPolicy: removalPolicyKind,
  spot: flag,
  standby: flag,
};

const PROFILE = 'StageProfile';
const CONSULTED = 'StageProfile.consulted';

function appliedTo(scope: IConstruct): StageProfile | undefined {
  return findAttached(scope, PROFILE);
}

function describe(scope: IConstruct): string {
  return scope.node.path || 'the app';
}

/** Strategies, durations and topics are the same when they say the same. */
function comparable(value: unknown): string {
  return value instanceof Duration && !value.isUnresolved() ? `${value.toMilliseconds()} ms` : String(value);
}

function validate({ availabilityZones, minimumTasks, backupRetention }: CompleteValues): void {
  const check = new Checks('StageProfile');
  check.known('availabilityZones', availabilityZones, 'networks have subnets in each zone');
  check.wholeNumber('availabilityZones', availabilityZones, { least: 1, most: 6 });
  check.wholeNumber('minimumTasks', minimumTasks, { least: 1 });
  check.days('backupRetention', backupRetention, { least: 1, most: 35 });
}

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
   * Whether databases and load balancers refuse to be deleted until this is switched off, even by a first deployment that fails and rolls back:
   * https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/decisions/deletion-protection.md
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
   * The topic that every alarm notifies: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the profile's own: none, and each construct with alarms warns about it
   */
  readonly alarmTopic?: ITopic;
}
