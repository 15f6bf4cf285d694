import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IDependable } from 'constructs';
import { sessionLogs } from './cluster';
import { ContainerTask, ContainerTaskProps, neededByTasks } from './container-task';
import { acknowledgeWildcard } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { ec2Description } from '../../shared/security-groups';
import { allow } from '../../shared/service-role';
import { StageProfile } from '../../stage/stage-profile';
import { ServiceOptions } from '../container-props';
import { ServiceCapacity } from '../service-capacity';

/** What all services of an app share. The app makes it once and hands it to each. */
export interface AppContext {
  readonly vpc: ec2.IVpc;
  readonly cluster: ecs.ICluster;
  /** What has to have run before a service gets a new version: the deploy tasks that the app has when it is synthesized. */
  readonly deployTasks: IDependable;
  /** How long logs are kept, where a container says nothing else, and what happens to them then. */
  readonly logs?: Pick<ContainerTaskProps, 'logRetention' | 'logRemovalPolicy'>;
}

export interface FargateServiceProps extends Pick<ServiceOptions, 'capacity' | 'enableExecuteCommand'> {
  readonly app: AppContext;
  readonly task: ContainerTask;
  /** Checked by the service, which knows how few tasks it may have. */
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
export function fargateService(scope: Construct, props: FargateServiceProps): { service: ecs.FargateService; scaling?: ecs.ScalableTaskCount } {
  const { app, task, minimumTasks, maximumTasks, minHealthyPercent = 100, maxHealthyPercent = 200 } = props;
  const checks = new Checks(scope.node.path);
  const capacity = props.capacity ?? (StageProfile.of(scope).spot ? ServiceCapacity.fargateSpot() : ServiceCapacity.fargate());
  const vpcSubnets = privateSubnets(checks, app.vpc);

  const { ENABLED, DISABLED } = ecs.AvailabilityZoneRebalancing;
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: app.vpc, description: ec2Description(scope.node.path) });
  const service = new ecs.FargateService(scope, 'Service', {
    cluster: app.cluster,
    taskDefinition: task.taskDefinition,
    vpcSubnets,
    securityGroups: [securityGroup],
    assignPublicIp: false,
    capacityProviderStrategies: capacity._strategies(minimumTasks), // never a launch type: a change between the two replaces a service
    desiredCount: maximumTasks === undefined ? minimumTasks : undefined, // what scaling has set stays in a deployment
    minHealthyPercent,
    maxHealthyPercent,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: props.availabilityZoneRebalancing ?? (maxHealthyPercent > 100 ? ENABLED : DISABLED), // it starts a task before it stops one
    healthCheckGracePeriod: props.healthCheckGracePeriod,
    enableECSManagedTags: true,
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    enableExecuteCommand: followsCluster(props) || undefined,
  });
  const resource = service.node.defaultChild as ecs.CfnService;
  resource.enableExecuteCommand = props.enableExecuteCommand ?? false;
  if (props.enableExecuteCommand && !followsCluster(props)) allowExecuteCommand(props);
  // The resource alone: what CDK makes below the service, such as its scaling, waits for the service anyway.
  resource.node.addDependency(...neededByTasks(task), app.deployTasks);
  const scaling = maximumTasks === undefined ? undefined : service.autoScaleTaskCount({ minCapacity: minimumTasks, maxCapacity: maximumTasks });
  return { service, scaling };
}

/** Where tasks run: nobody reaches them from the internet, and they reach what they need: registries, CloudWatch and Secrets Manager. */
function privateSubnets(checks: Checks, vpc: ec2.IVpc): ec2.SubnetSelection {
  if (vpc.privateSubnets.length === 0) {
    throw checks.error(
      `'vpc' must have private subnets with a way to the internet (PRIVATE_WITH_EGRESS), got ${vpc.node.path} with none: ` +
      'tasks run there, where nobody reaches them from the internet, and pull images and send logs from there',
    );
  }
  return { subnets: vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }).subnets }; // of this network, whatever that of a given cluster is
}

/** Whether the cluster was given, and says itself how sessions are logged: CDK then allows what they need. */
function followsCluster({ app, enableExecuteCommand = false }: FargateServiceProps): boolean {
  return enableExecuteCommand && app.cluster.executeCommandConfiguration !== undefined;
}

/**
 * What CDK allows, too, but to the one log group: CDK allows any where the cluster names none.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-enabling-logging
 */
function allowExecuteCommand({ app, task: { taskDefinition, logGroup } }: FargateServiceProps): void {
  const { logGroupArn } = sessionLogs(app.cluster) ?? logGroup;
  const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'];
  allow(taskDefinition.taskRole, [...channels.map((action) => `ssmmessages:${action}`), 'logs:DescribeLogGroups'], '*');
  allow(taskDefinition.taskRole, ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logGroupArn);
  acknowledgeWildcard(taskDefinition.taskRole, '*', 'ECS Exec calls ssmmessages and logs:DescribeLogGroups, which take no narrower resource');
}
