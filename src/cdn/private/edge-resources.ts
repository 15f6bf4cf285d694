import { RemovalPolicy, Size } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DeploymentFunction } from '../../shared/deployment-function';

interface EdgeResourcesProps {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The tag by which the function knows what it made from what others did. */
export const OWNER_TAG = 'cdk-mainstay:owner';

/**
 * Makes what CloudFront takes from us-east-1 alone, wherever the stack is, by a function that talks to the services there.
 */
export function edgeResources(scope: Construct, { logRetention, removalPolicy }: EdgeResourcesProps): DeploymentFunction {
  return new DeploymentFunction(scope, 'Edge', {
    description: 'Makes the certificate and the log delivery of a CDN in us-east-1 when the stack is deployed',
    bundle: 'cdn-certificate',
    memorySize: Size.mebibytes(256),
    connectsTo: 'ACM, Route 53 and CloudWatch Logs',
    logRetention,
    removalPolicy,
  });
}
