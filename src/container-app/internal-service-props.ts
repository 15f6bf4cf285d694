import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ServiceOptions } from './container-props';

/**
 * A service that other services and tasks of the app reach by name, and nobody else.
 */
export interface InternalServiceProps extends ServiceOptions {
  /**
   * The image.
   *
   * @default - the image of the app
   */
  readonly image?: ecs.ContainerImage;

  /** The host name, such as `elasticsearch`: a DNS label of 1 to 56 lower-case letters, digits and hyphens, which no other service of the app has. */
  readonly name: string;

  /** The port that the container listens on, 1 to 65535. */
  readonly port: number;

  /**
   * The number of tasks. With `dataPath` it is 1: one task writes.
   *
   * @default - the StageProfile's `minimumTasks`, or 1 with `dataPath`
   */
  readonly tasks?: number;

  /**
   * The directory that outlives tasks, such as `/usr/share/elasticsearch/data`: on an encrypted file system (Amazon EFS), which one task at a time mounts. In a
   * deployment ECS stops that task before it starts the next one, so the service is away for as long as that takes.
   *
   * @see https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/decisions/internal-services.md
   * @default - all data of a task goes with it
   */
  readonly dataPath?: string;

  /**
   * The numbers of the user and group that own the data: those that the image runs as, such as `1000:0` for Elasticsearch, and never root. EFS sets them when it
   * creates the directory: another user, later, does not own what is there.
   *
   * @see https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html
   * @default '1000:1000'
   */
  readonly dataOwner?: string;

  /**
   * The key that encrypts the data. Changing it later creates another, empty file system.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-filesystem.html
   * @default - the key that AWS manages for EFS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the data when it leaves the stack. Unless it is deleted then, AWS Backup makes a copy each day, and keeps it for 35 days.
   *
   * @see https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The names of the settings that tell an application of a service. Only those given are set.
 */
export interface ServiceBindingNames {
  /**
   * Gets the URL, such as `http://elasticsearch:9200`. For what speaks no HTTP, ask for `host` and `port`.
   *
   * @default - not set
   */
  readonly url?: string;

  /**
   * Gets the host name.
   *
   * @default - not set
   */
  readonly host?: string;

  /**
   * Gets the port.
   *
   * @default - not set
   */
  readonly port?: string;
}
