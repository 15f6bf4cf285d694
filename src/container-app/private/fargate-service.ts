import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IDependable } from 'constructs';
import { ContainerTask } from './container-task';
import { ServiceOptions } from '../container-props';

/** What all services of an app share. The app makes it once and hands it to each. */
export interface AppContext {
  readonly vpc: ec2.IVpc;
  readonly cluster: ecs.ICluster;
  /** What has to have run before a service gets a new version: the deploy tasks that the app has when it is synthesized. */
  readonly deployTasks: IDependable;
}

export interface FargateServiceProps extends Pick<ServiceOptions, 'capacity' | 'enableExecuteCommand'> {
  readonly app: AppContext;
  readonly task: ContainerTask;
  readonly minimumTasks: number;
  /** Nothing for a fixed number of tasks. */
  readonly maximumTasks?: number;
  /** @default 100 */
  readonly minHealthyPercent?: number;
  /** @default 200 */
  readonly maxHealthyPercent?: number;
  readonly healthCheckGracePeriod?: Duration;
  readonly availabilityZoneRebalancing?: ecs.AvailabilityZoneRebalancing;
}

/** An L2 service in `scope`, in private subnets, with a security group of its own and the circuit breaker; its scaling target where it scales. */
export function fargateService(_scope: Construct, _props: FargateServiceProps): { service: ecs.FargateService; scaling?: ecs.ScalableTaskCount } {
  throw new Error('not built yet');
}
