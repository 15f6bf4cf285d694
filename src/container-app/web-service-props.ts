import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ScalingOptions, ServiceOptions } from './container-props';

/**
 * What the web services of an app have, the main one and others.
 */
export interface WebServiceOptions extends ServiceOptions, ScalingOptions {
  /**
   * The path that the load balancer asks to find out whether a task is healthy.
   *
   * @default '/'
   */
  readonly healthCheckPath?: string;

  /**
   * The time between two health checks of a task, in whole seconds, 5 to 300.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   * @default Duration.seconds(15)
   */
  readonly healthCheckInterval?: Duration;

  /**
   * How long a task has to answer a health check, in whole seconds, 2 to 120, and less than the interval.
   *
   * @default Duration.seconds(5)
   */
  readonly healthCheckTimeout?: Duration;

  /**
   * How many answers in a row make a task healthy, 2 to 10.
   *
   * @default 2
   */
  readonly healthyThresholdCount?: number;

  /**
   * How many failures in a row make a task unhealthy, 2 to 10.
   *
   * @default 3
   */
  readonly unhealthyThresholdCount?: number;

  /**
   * The status codes that a healthy task answers with, such as `200`, `200,204` or `200-299`.
   *
   * @default '200'
   */
  readonly healthyHttpCodes?: string;

  /**
   * How long ECS ignores failed health checks of a new task, in whole seconds.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html
   * @default Duration.seconds(60)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * How long a task finishes its requests after the load balancer sends it no more, in whole seconds, 0 to 3600.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
   * @default Duration.seconds(30)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * The time over which a new task's share of the requests grows, in whole seconds, 30 to 900. It helps when the service scales out; in a deployment ECS stops
   * old tasks as soon as new ones are healthy.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode
   * @default - a new task gets its full share at once
   */
  readonly slowStart?: Duration;

  /**
   * How long a visitor stays with one task, by a cookie of the load balancer, 1 second to 7 days.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
   * @default - each request goes to any task
   */
  readonly stickiness?: Duration;

  /**
   * The requests per task in a minute that scaling aims at.
   *
   * @default - the service scales on CPU and memory only
   */
  readonly requestsPerTarget?: number;
}

/**
 * A further web service of an app, which gets the requests for some paths or hosts.
 */
export interface WebServiceProps extends WebServiceOptions {
  /**
   * The image.
   *
   * @default - the image of the app
   */
  readonly image?: ecs.ContainerImage;

  /** The port that the container listens on. */
  readonly port: number;

  /**
   * The paths whose requests the service gets, such as `/fastapi*`. `*` stands for any characters, `?` for one; upper and lower case differ.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
   * @default - all paths of `hostPatterns`
   */
  readonly pathPatterns?: string[];

  /**
   * The hosts whose requests the service gets, such as `api.example.org` or `*.example.org`.
   *
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
   * @default - all hosts
   */
  readonly hostPatterns?: string[];

  /**
   * The priority of the service's rule, 1 to 50000: of two rules that match, the one with the lower number wins. A service with more than one rule takes the
   * numbers that follow.
   *
   * @default - by how specific the patterns are, and the same whatever else the app has
   */
  readonly priority?: number;
}
