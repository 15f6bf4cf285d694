import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { acknowledge } from './acknowledge';
import { functionLogs } from './bundled-function';
import { preferOwnProps } from './prefer-own-props';

/**
 * A function that CDK brings for custom resources, one a stack, would leave a log group of its own behind for ever.
 *
 * @param does what CloudFormation calls it for
 * @param connectsTo the endpoints that it connects to
 */
export function collectProviderLogs(stack: Stack, resourceType: string, does: string, connectsTo: string): void {
  const provider = stack.node.tryFindChild(`${resourceType}CustomResourceProvider`);
  const handler = provider?.node.tryFindChild('Handler') as CfnResource | undefined;
  if (!provider || !handler || provider.node.tryFindChild('Logs')) return;
  preferOwnProps(provider, { 'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'] });
  const logGroup = functionLogs(provider, RetentionDays.ONE_WEEK, RemovalPolicy.DESTROY);
  handler.addPropertyOverride('LoggingConfig.LogGroup', logGroup.logGroupName);
  acknowledge(handler, {
    deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment or the deletion, which then says why: there is nothing to redrive',
    reservedConcurrency: `only CloudFormation calls it, to ${does}; what is reserved is taken from all other functions of the account`,
    vpc: `nothing can connect to it, and it connects, over TLS, to public endpoints only: ${connectsTo} and CloudFormation`,
  });
}
