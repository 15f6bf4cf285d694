import { Duration, Tokenization } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { Checks, isUnknown } from '../../shared/checks';
import type { Route } from '../alb-ingress-props';

const DEFAULTS = { path: '/', interval: 15, timeout: 5, healthy: 2, unhealthy: 3, codes: '200', deregistrationDelay: 30 };

/**
 * @throws if a value is not one that the load balancer accepts
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
 */
export function validateTarget(checks: Checks, route: Route): void {
  checks.wholeNumber('port', route.port, { least: 1, most: 65_535 });
  checks.matches('healthCheckPath', route.healthCheckPath, /^\/[^\s]{0,1023}$/, 'a path that begins with a slash, has no spaces and at most 1024 characters');
  checks.known('healthCheckInterval', route.healthCheckInterval, 'it is compared with \'healthCheckTimeout\'');
  checks.known('healthCheckTimeout', route.healthCheckTimeout, 'it is compared with \'healthCheckInterval\'');
  const interval = checks.seconds('healthCheckInterval', route.healthCheckInterval, { least: 5, most: 300 });
  const timeout = checks.seconds('healthCheckTimeout', route.healthCheckTimeout, { least: 2, most: 120 });
  if (timeout !== undefined && timeout >= (interval ?? DEFAULTS.interval)) {
    throw checks.error(
      `'healthCheckTimeout' must be less than 'healthCheckInterval', got ${timeout} and ${interval ?? DEFAULTS.interval} seconds: set 'healthCheckInterval' to more than ${timeout} seconds`,
    );
  }
  checks.wholeNumber('healthyThresholdCount', route.healthyThresholdCount, { least: 2, most: 10 });
  checks.wholeNumber('unhealthyThresholdCount', route.unhealthyThresholdCount, { least: 2, most: 10 });
  requireHttpCodes(checks, route.healthyHttpCodes);
  checks.seconds('deregistrationDelay', route.deregistrationDelay, { least: 0, most: 3_600 });
  checks.seconds('slowStart', route.slowStart, { least: 30, most: 900 });
  checks.seconds('stickiness', route.stickiness, { least: 1, most: 604_800 });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
function requireHttpCodes(checks: Checks, codes: string | undefined): void {
  if (codes === undefined || isUnknown(codes)) return;
  const isRange = (range: string) => {
    const [, from, to = from] = /^(\d{3})(?:-(\d{3}))?$/.exec(range) ?? [];
    return from !== undefined && Number(from) >= 200 && Number(from) <= Number(to) && Number(to) <= 499;
  };
  if (codes.split(',').every(isRange)) return;
  throw checks.error(`'healthyHttpCodes' must be status codes from 200 to 499, such as 200, 200,204 or 200-299, got '${codes}'`);
}

/** The target group of a route. Its kind is that of the target: addresses or instances. */
export function createTargetGroup(scope: Construct, vpc: IVpc, route: Route): elbv2.ApplicationTargetGroup {
  const { healthCheckInterval = Duration.seconds(DEFAULTS.interval) } = route;
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, 'TargetGroup', {
    vpc,
    port: route.port,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targets: [route.target],
    healthCheck: {
      protocol: elbv2.Protocol.HTTP,
      path: route.healthCheckPath ?? DEFAULTS.path,
      interval: healthCheckInterval,
      timeout: route.healthCheckTimeout ?? defaultTimeout(healthCheckInterval),
      healthyThresholdCount: route.healthyThresholdCount ?? DEFAULTS.healthy,
      unhealthyThresholdCount: route.unhealthyThresholdCount ?? DEFAULTS.unhealthy,
      healthyHttpCodes: route.healthyHttpCodes ?? DEFAULTS.codes,
    },
  });
  // The props of the L2 for these cannot be tokens.
  targetGroup.setAttribute('deregistration_delay.timeout_seconds', secondsOf(route.deregistrationDelay ?? Duration.seconds(DEFAULTS.deregistrationDelay)));
  if (route.slowStart) targetGroup.setAttribute('slow_start.duration_seconds', secondsOf(route.slowStart));
  if (route.stickiness) {
    targetGroup.setAttribute('stickiness.enabled', 'true');
    targetGroup.setAttribute('stickiness.type', 'lb_cookie');
    targetGroup.setAttribute('stickiness.lb_cookie.duration_seconds', secondsOf(route.stickiness));
  }
  return targetGroup;
}

/** Less than the interval. */
function defaultTimeout(interval: Duration): Duration {
  return Duration.seconds(Math.min(DEFAULTS.timeout, interval.toSeconds() - 1));
}

function secondsOf(duration: Duration): string {
  return Tokenization.stringifyNumber(duration.toSeconds());
}
