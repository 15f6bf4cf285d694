import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ContainerTaskProps } from './container-task';
import { acknowledge, addWarning } from '../../shared/acknowledge';
import { attached, findAttached } from '../../shared/attached';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { StageProfile } from '../../stage/stage-profile';

const PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

/** What a cluster of ours carries: how long the logs of its app are kept, and what becomes of them. */
const OURS = 'AppCluster';
type LogSettings = Pick<ContainerTaskProps, 'logRetention' | 'logRemovalPolicy'>;

/** A cluster for Fargate and Fargate Spot. Its metrics (Container Insights) tell workers how many tasks run. */
export function appCluster(scope: Construct, vpc: ec2.IVpc, logSettings: LogSettings = {}): ecs.Cluster {
  const cluster = new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  resourceOf(cluster).capacityProviders = PROVIDERS; // on the cluster itself: an association would be one resource more
  attached(cluster, OURS, () => logSettings);
  return cluster;
}

/** Has a cluster that an app was given run Fargate tasks by capacity providers, if it is of the same app. Of an imported one, nothing is known. */
export function addFargateProviders(cluster: ecs.ICluster): void {
  if (ecs.Cluster.isCluster(cluster) && !resourceOf(cluster).capacityProviders) cluster.enableFargateCapacityProviders();
}

/**
 * Scaling on a backlog, and the alarm on tasks that are missing, need metrics that a cluster sends only with Container Insights.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
 */
export function warnIfWithoutContainerInsights(owner: Construct, cluster: ecs.ICluster): void {
  const resource = cluster.node.defaultChild as ecs.CfnCluster | undefined; // of an imported cluster there is none
  const settings: unknown = resource && Stack.of(resource).resolve(resource.clusterSettings);
  const isOn = Array.isArray(settings) && settings.some(({ name, value }) => name === 'containerInsights' && value !== 'disabled');
  if (isOn) return;
  const what = resource ? 'is off in' : 'cannot be seen in the imported';
  addWarning(
    owner, 'cdk-mainstay:ContainerAppWithAlb.ContainerInsightsOff',
    `Container Insights ${what} cluster ${cluster.node.path}: without it, workers scale on the age of messages only, and no alarm tells of missing tasks; ` +
    "set 'containerInsightsV2' of the cluster to ecs.ContainerInsights.ENABLED, or acknowledge this",
  );
}

/**
 * Where ECS logs the sessions of ECS Exec: for a cluster of ours, a log group, which is made when the first service needs it. Nothing for a cluster that has
 * no configuration for that: ECS then logs where the container logs.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
 */
export function sessionLogs(cluster: ecs.ICluster): logs.ILogGroup | undefined {
  const ofApp = findAttached<LogSettings>(cluster, OURS);
  if (!ofApp) return undefined;
  return attached(cluster, 'SessionLogs', () => {
    const profile = StageProfile.of(cluster);
    const logGroup = new logs.LogGroup(cluster as ecs.Cluster, 'SessionLogs', {
      retention: ofApp.logRetention ?? profile.logRetention,
      removalPolicy: keptInsteadOfSnapshot(ofApp.logRemovalPolicy ?? profile.removalPolicy),
    });
    acknowledge(logGroup, {
      customerKeyOfLogs: 'CloudWatch Logs encrypts them with a key of its own: for a key of yours, which must let CloudWatch Logs use it, set \'kmsKeyId\' of the log group',
    });
    resourceOf(cluster as ecs.Cluster).configuration = {
      executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: logGroup.logGroupName, cloudWatchEncryptionEnabled: false } },
    };
    return logGroup;
  });
}

function resourceOf(cluster: ecs.Cluster): ecs.CfnCluster {
  return cluster.node.defaultChild as ecs.CfnCluster;
}
