import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

/** A cluster for Fargate and Fargate Spot. Its metrics (Container Insights) tell workers how many tasks run. */
export function appCluster(scope: Construct, vpc: ec2.IVpc): ecs.Cluster {
  const cluster = new ecs.Cluster(scope, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  (cluster.node.defaultChild as ecs.CfnCluster).capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
  return cluster;
}
