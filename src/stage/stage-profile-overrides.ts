import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { NatStrategy } from '../network/nat-strategy';

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
