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

  /** The host name, such as `elasticsearch`: a DNS label of lower-case letters, digits and hyphens. */
  readonly name: string;

  /** The port that the container listens on. */
  readonly port: number;

  /**
   * The number of tasks. With `dataPath` it is 1: one task writes.
   *
   * @default - the StageProfile's `minimumTasks`, or 1 with `dataPath`
   */
  readonly tasks?: number;

  /**
   * The directory that outlives tasks: on an encrypted file system (Amazon EFS), which one task at a time mounts.
   *
   * @default - all data of a task goes with it
   */
  readonly dataPath?: string;

  /**
   * The user and group that own the data, such as `1000:0`: those that the image runs as.
   *
   * @default '1000:1000'
   */
  readonly dataOwner?: string;

  /**
   * The key that encrypts the data.
   *
   * @default - the key that AWS manages for EFS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the data when it leaves the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The names of the settings that tell an application of a service. Only those given are set.
 */
export interface ServiceBindingNames {
  /**
   * Gets the URL, such as `http://elasticsearch:9200`.
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
