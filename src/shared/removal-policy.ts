import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * The removal policy for what CloudFormation cannot snapshot, such as buckets, queues and log groups: it is kept instead.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function keptInsteadOfSnapshot(policy: RemovalPolicy): RemovalPolicy {
  return policy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
}
