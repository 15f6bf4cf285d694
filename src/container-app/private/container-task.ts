import { Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { fargateSize } from './fargate-size';
import { acknowledge } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { serviceRole } from '../../shared/service-role';
import { StageProfile } from '../../stage/stage-profile';
import { ContainerOptions } from '../container-props';

/** What the container, its port and the streams of its log are called: `task/app/TASK_ID`. */
export const CONTAINER_NAME = 'app';
export const STREAM_PREFIX = 'task';

export interface ContainerTaskProps extends ContainerOptions {
  readonly image: ecs.ContainerImage;
  /** That the container listens on. */
  readonly port?: number;
  /** For ECS Exec, which needs a writable root file system. */
  readonly enableExecuteCommand?: boolean;
}

/** A task definition with one hardened container. */
export interface ContainerTask {
  readonly taskDefinition: ecs.FargateTaskDefinition;
  readonly container: ecs.ContainerDefinition;
  readonly logGroup: logs.ILogGroup;
}

/** The one place where a container is made. Creates the task definition, its roles and its log group in `scope`; bindings (`uses`) are the caller's. */
export function containerTask(scope: Construct, props: ContainerTaskProps): ContainerTask {
  const checks = new Checks(scope.node.path);
  const { cpu, memoryMiB } = fargateSize(checks, props);
  const profile = StageProfile.of(scope);
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: props.logRetention ?? profile.logRetention,
    removalPolicy: keptInsteadOfSnapshot(profile.removalPolicy),
  });
  acknowledge(logGroup, { customerKeyOfLogs: "CloudWatch Logs encrypts them with a key of its own: for a key of yours, set 'kmsKeyId' of the log group" });
  const taskRole = serviceRole(scope, 'TaskRole', 'ecs-tasks.amazonaws.com');
  const executionRole = serviceRole(scope, 'ExecutionRole', 'ecs-tasks.amazonaws.com');
  const taskDefinition = new ecs.FargateTaskDefinition(scope, 'Task', {
    cpu,
    memoryLimitMiB: memoryMiB,
    ephemeralStorageGiB: props.ephemeralStorage?.toGibibytes(),
    runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.LINUX, cpuArchitecture: props.cpuArchitecture ?? ecs.CpuArchitecture.X86_64 },
    taskRole,
    executionRole,
  });
  const isReadOnly = (props.rootFilesystem?._isReadOnly ?? true) && !props.enableExecuteCommand;
  const linuxParameters = new ecs.LinuxParameters(scope, 'LinuxParameters', { initProcessEnabled: true });
  linuxParameters.dropCapabilities(ecs.Capability.ALL);
  for (const containerPath of props.writablePaths ?? ['/tmp']) linuxParameters.addTmpfs({ containerPath, size: 64 });
  const container = taskDefinition.addContainer('Container', {
    containerName: CONTAINER_NAME,
    image: props.image,
    command: props.command,
    entryPoint: props.entryPoint,
    user: props.user,
    workingDirectory: props.workingDirectory,
    environment: props.environment,
    secrets: props.secrets,
    essential: true,
    privileged: false,
    readonlyRootFilesystem: isReadOnly,
    linuxParameters,
    stopTimeout: props.stopTimeout,
    portMappings: props.port === undefined ? undefined : [{ name: CONTAINER_NAME, containerPort: props.port }],
    logging: ecs.LogDrivers.awsLogs({
      logGroup, streamPrefix: STREAM_PREFIX, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize: Size.mebibytes(25),
    }),
  });
  return { taskDefinition, container, logGroup };
}

/** What has to be there before a task starts: what its roles may do, and where its log goes. */
export function neededByTasks({ taskDefinition, logGroup }: ContainerTask): (iam.IRole | logs.ILogGroup)[] {
  return [taskDefinition.taskRole, taskDefinition.executionRole!, logGroup];
}
