import { App, Stack, StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { AppContext } from '../../src/container-app/private/fargate-service';
import { WorkerService } from '../../src/container-app/worker-service';
import { WorkerServiceProps } from '../../src/container-app/worker-service-props';

/** The least that a service of an app needs: a network and a cluster. */
export function smallApp(props: StackProps = {}, app = new App()): { stack: Stack; context: AppContext } {
  const stack = new Stack(app, 'Stack', props);
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
  return { stack, context: { vpc, cluster, deployTasks: new Construct(stack, 'DeployTasks') } };
}

export const IMAGE = ecs.ContainerImage.fromRegistry('example/web:1.4.0');

export function addWorker({ stack, context }: ReturnType<typeof smallApp>, props: WorkerServiceProps = {}, id = 'Worker'): WorkerService {
  return WorkerService._create(stack, id, { app: context, image: IMAGE, props });
}
