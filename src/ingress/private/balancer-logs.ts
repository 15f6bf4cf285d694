import { CfnResource, Stack } from 'aws-cdk-lib';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { accessLogBucket } from '../../shared/private-bucket';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { StageProfile } from '../../stage/stage-profile';
import type { AlbIngressProps } from '../alb-ingress-props';

/**
 * The logs of a load balancer, and their folders. Health check logs say why a target is unhealthy, which no metric does.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
 */
const LOGS = { access_logs: 'access', connection_logs: 'connections', health_check_logs: 'health-checks' };

/**
 * Delivers all logs of a load balancer into one bucket.
 *
 * CDK's `logAccessLogs()` needs the region of the stack, as it allows an account that depends on it. The service principal that replaced these
 * accounts is the same everywhere. AWS documents no condition for it: the account in the path is what keeps other accounts' load balancers out.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-connection-logs.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-health-check-logging.html
 */
export function deliverLogs(scope: Construct, loadBalancer: ApplicationLoadBalancer, { logRetention, removalPolicy }: AlbIngressProps): s3.Bucket {
  const oldVersions = StageProfile.of(scope).backupRetention;
  const bucket = accessLogBucket(scope, 'AccessLogs', { removalPolicy: keptInsteadOfSnapshot(removalPolicy), retention: logRetention, oldVersions });
  acknowledge(bucket, { bucketAccessLog: 'it holds logs: Elastic Load Balancing writes them, and to log the delivery of logs would never end' });
  const { account } = Stack.of(scope);
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: Object.values(LOGS).map((folder) => bucket.arnForObjects(`${folder}/AWSLogs/${account}/*`)),
  }));
  for (const [log, folder] of Object.entries(LOGS)) {
    loadBalancer.setAttribute(`${log}.s3.enabled`, 'true');
    loadBalancer.setAttribute(`${log}.s3.bucket`, bucket.bucketName);
    loadBalancer.setAttribute(`${log}.s3.prefix`, folder);
  }
  // The load balancer writes a test file when its logs are switched on, which the policy has to allow. It goes before the bucket is emptied, so that no log comes after that.
  (loadBalancer.node.defaultChild as CfnResource).node.addDependency(bucket);
  return bucket;
}
