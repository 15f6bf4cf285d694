import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ContainerAppOptions } from './container-app-options';
import { WebServiceOptions } from './web-service-props';

/**
 * What varies between container apps. The options of a web service and of its container are those of the main web service.
 */
export interface ContainerAppWithAlbProps extends ContainerAppOptions, WebServiceOptions {
  /** The image of the main web service, and of all others that are given none. */
  readonly image: ecs.ContainerImage;

  /**
   * The port that the main web service listens on.
   *
   * @default 80
   */
  readonly port?: number;

  /**
   * What happens to logs when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}
