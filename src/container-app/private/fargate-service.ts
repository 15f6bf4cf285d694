import { CfnResource, Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IDependable } from 'constructs';
import { ContainerTask, neededByTasks } from './container-task';
import { Checks } from '../../shared/checks';
import { ec2Description } from '../../shared/security-groups';
import { StageProfile } from '../../stage/stage-profile';
import { ServiceOptions } from '../container-props';
import { ServiceCapacity } from '../service-capacity';

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
  /**
   * The least that `minimumTasks` may be.
   *
   * @default 1
   */
  readonly leastTasks?: number;
  /** @default 100 */
  readonly minHealthyPercent?: number;
  /** @default 200 */
  readonly maxHealthyPercent?: number;
  readonly healthCheckGracePeriod?: Duration;
  readonly availabilityZoneRebalancing?: ecs.AvailabilityZoneRebalancing;
}

/** An L2 service in `scope`, in private subnets, with a security group of its own and the circuit breaker; its scaling target where it scales. */
export function fargateService(scope: Construct, props: FargateServiceProps): { service: ecs.FargateService; scaling?: ecs.ScalableTaskCount } {
  const checks = new Checks(scope.node.path);
  const { app, task, minimumTasks, maximumTasks, minHealthyPercent = 100, maxHealthyPercent = 200 } = props;
  checks.wholeNumber('minimumTasks', minimumTasks, { least: props.leastTasks ?? 1 });
  checks.wholeNumber('maximumTasks', maximumTasks, { least: Math.max(minimumTasks, 1) });
  const capacity = props.capacity ?? (StageProfile.of(scope).spot ? ServiceCapacity.fargateSpot() : ServiceCapacity.fargate());
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: app.vpc, description: ec2Description(scope.node.path) });
  const service = new ecs.FargateService(scope, 'Service', {
    cluster: app.cluster,
    taskDefinition: task.taskDefinition,
    vpcSubnets: app.vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }),
    securityGroups: [securityGroup],
    capacityProviderStrategies: capacity._strategies(minimumTasks),
    desiredCount: maximumTasks === undefined ? minimumTasks : undefined,
    minHealthyPercent,
    maxHealthyPercent,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: props.availabilityZoneRebalancing
      ?? (maxHealthyPercent > 100 ? ecs.AvailabilityZoneRebalancing.ENABLED : ecs.AvailabilityZoneRebalancing.DISABLED),
    healthCheckGracePeriod: props.healthCheckGracePeriod,
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableExecuteCommand: props.enableExecuteCommand,
  });
  // The resource alone: what is made below the service later, such as its scaling, needs not wait.
  const resource = service.node.defaultChild as CfnResource;
  resource.node.addDependency(...neededByTasks(task), app.deployTasks);
  const scaling = maximumTasks === undefined ? undefined : service.autoScaleTaskCount({ minCapacity: minimumTasks, maxCapacity: maximumTasks });
  return { service, scaling };
}
