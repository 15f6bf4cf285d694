import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ContainerAppOptions } from './container-app-options';
import { IBinding } from '../binding/binding';

/**
 * A compose file, and what it does not say.
 */
export interface FromComposeProps extends ContainerAppOptions {
  /** The path of the compose file, such as `docker-compose.yaml`. */
  readonly file: string;

  /**
   * The service that gets all requests that no other service gets.
   *
   * @default - the first one with a published port
   */
  readonly web?: string;

  /**
   * The paths whose requests other services get, by the names of these, such as `{ api: ['/fastapi*'] }`.
   *
   * @default - only the web service gets requests
   */
  readonly pathPatterns?: { [service: string]: string[] };

  /**
   * What services use besides what the file says, by their names, such as `{ web: [database.binding({ url: 'DATABASE_URL' })] }`.
   *
   * @default - nothing
   */
  readonly uses?: { [service: string]: IBinding[] };

  /**
   * Settings that are secrets, by their names: each service whose `environment` has the name gets the secret in place of what stands in the file.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * Services that are not created, as something else took their place, such as `['db']` for an EncryptedDatabase.
   *
   * @default - all services are created
   */
  readonly leaveOut?: string[];

  /**
   * Databases, caches and queues of the file that shall run in a container all the same.
   *
   * @default - each is an error that names the construct to use
   */
  readonly keepAsService?: string[];

  /**
   * The values of the variables in the file, such as `${TAG}`. Neither the environment of this process nor `.env` is read.
   *
   * @default - none: a variable without a default in the file is an error
   */
  readonly variables?: { [name: string]: string };

  /**
   * The profiles that are active.
   *
   * @default - services with `profiles` are left out
   */
  readonly profiles?: string[];

  /**
   * What happens to logs and to the data of services when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}
