import { ArnFormat, Duration, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { checkImage, PLATFORMS } from './container-image';
import { FargateSize, fargateSize } from './fargate-size';
import { acknowledge, acknowledgeWildcard, addWarning } from '../../shared/acknowledge';
import { attached } from '../../shared/attached';
import { Checks, isUnknown } from '../../shared/checks';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { serviceRole } from '../../shared/service-role';
import { StageProfile } from '../../stage/stage-profile';
import { FireLensOptions } from '../container-logs';
import { ContainerOptions } from '../container-props';

/** What the container, its port and the streams of its log are called: `task/app/TASK_ID`. */
export const CONTAINER_NAME = 'app';
export const STREAM_PREFIX = 'task';

/** Where `stopTimeout` is not given; also the default of ECS. */
export const DEFAULT_STOP = Duration.seconds(30);

/** Of each of `writablePaths`. */
const TMPFS_MIB = 64;

/** What Docker gives to a container: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
export const DEFAULT_CAPABILITIES: string[] = [
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
];

/** Ports below need a privilege, unless the kernel is told otherwise. */
const FIRST_UNPRIVILEGED_PORT = 1024;

export interface ContainerTaskProps extends ContainerOptions {
  readonly image: ecs.ContainerImage;
  /** That the container listens on. */
  readonly port?: number;
  /** For ECS Exec, which needs a writable root file system. */
  readonly enableExecuteCommand?: boolean;
  /** @default - the StageProfile's */
  readonly logRemovalPolicy?: RemovalPolicy;
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
  const size = fargateSize(checks, props);
  const isReadOnly = (props.rootFilesystem?._isReadOnly ?? true) && !props.enableExecuteCommand;
  const writablePaths = props.writablePaths ?? (props.rootFilesystem?._isReadOnly === false ? [] : ['/tmp']);
  validate(checks, props, size, writablePaths);

  const fireLens = props.logs?._fireLens;
  const logGroup = taskLogs(scope, props);
  const taskDefinition = createTaskDefinition(scope, props, size);
  const container = taskDefinition.addContainer('Container', {
    containerName: CONTAINER_NAME,
    image: props.image,
    command: props.command,
    entryPoint: props.entryPoint,
    user: props.user,
    workingDirectory: props.workingDirectory,
    environment: props.environment,
    secrets: props.secrets,
    healthCheck: props.containerHealthCheck,
    essential: true,
    privileged: false,
    readonlyRootFilesystem: isReadOnly,
    linuxParameters: hardened(scope, 'LinuxParameters', writablePaths, props.keepCapabilities),
    stopTimeout: props.stopTimeout ?? DEFAULT_STOP,
    portMappings: props.port === undefined ? undefined : [{ name: CONTAINER_NAME, containerPort: props.port }],
    systemControls: systemControls(props.port),
    logging: fireLens ? ecs.LogDrivers.firelens({ options: { ...fireLens.options }, secretOptions: fireLens.secretOptions }) : toLogGroup(logGroup),
  });
  if (fireLens) addLogRouter(scope, taskDefinition, logGroup, fireLens); // after the application, as the first container is what CDK takes for it
  checkImage(checks, container, props.cpuArchitecture ?? ecs.CpuArchitecture.X86_64);
  acknowledgeUses(container);
  acknowledgePulls(taskDefinition.executionRole!);
  if (props.enableExecuteCommand) warnOfExecuteCommand(scope);
  return { taskDefinition, container, logGroup };
}

/** What has to be there before a task starts: what its roles may do, and where its log goes. CloudFormation waits for the task role alone by itself. */
export function neededByTasks({ taskDefinition, logGroup }: ContainerTask): (iam.IRole | logs.ILogGroup)[] {
  return [taskDefinition.taskRole, taskDefinition.executionRole!, logGroup];
}

/** Tells rule packs why a container has settings, and its task role a policy, once it has any: to be called after each binding, too. */
export function acknowledgeUses(container: ecs.ContainerDefinition): void {
  const { taskRole } = container.taskDefinition;
  if (taskRole.node.tryFindChild('DefaultPolicy')) {
    attached(container, 'PolicyAcknowledged', () => {
      acknowledge(taskRole, 'managedPolicy');
      return true;
    });
  }
  const { environment } = container.renderContainerDefinition();
  if (Stack.of(container).resolve(environment) === undefined) return;
  attached(container, 'SettingsAcknowledged', () => {
    acknowledge(container.taskDefinition, { plainSettings: "they are names and addresses that are no secret: what is, ECS reads from 'secrets' when a task starts" });
    return true;
  });
}

function validate(checks: Checks, props: ContainerTaskProps, { memoryMiB }: FargateSize, writablePaths: string[]): void {
  const { environment = {}, secrets = {} } = props;
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
  checks.seconds('stopTimeout', props.stopTimeout, { least: 2, most: 120, hint: 'Fargate accepts no other' });
  checks.gibibytes('ephemeralStorage', props.ephemeralStorage, { least: 21, most: 200, hint: 'leave it out for the 20 GiB that every task has' });
  checks.mebibytes('memoryReservation', props.logs?._fireLens?.memoryReservation, { least: 6 }); // Docker runs nothing with less
  const unknown = props.keepCapabilities?.find((capability) => !DEFAULT_CAPABILITIES.includes(capability));
  if (unknown !== undefined) {
    throw checks.error(`'keepCapabilities' must be of ${DEFAULT_CAPABILITIES.join(', ')}, which Docker gives to containers, got ${unknown}: Fargate gives no other`);
  }
  requireFargateArchitecture(checks, props.cpuArchitecture);
  checks.wholeNumber('port', props.port, { least: 1, most: 65_535 });
  checks.matches('user', props.user, /^[^\s:]+(:[^\s:]+)?$/, 'a user or a user and a group, such as 1000 or 1000:1000');
  checks.matches('workingDirectory', props.workingDirectory, /^\//, 'an absolute path');
  for (const name of [...Object.keys(environment), ...Object.keys(secrets)]) {
    checks.matches('name', name, /^[^\s=]+$/, "at least one character, and no spaces and no '='", { of: 'a setting' });
  }
  const both = Object.keys(secrets).find((name) => name in environment);
  if (both !== undefined) throw checks.error(`the setting '${both}' is set twice, by 'environment' and by 'secrets': give one of them another name`);
  validateWritablePaths(checks, writablePaths, memoryMiB, props.logs?._fireLens);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html */
function requireFargateArchitecture(checks: Checks, architecture: ecs.CpuArchitecture | undefined): void {
  const name = architecture?._cpuArchitecture;
  if (name === undefined || Token.isUnresolved(name) || name in PLATFORMS) return;
  throw checks.error(`'cpuArchitecture' must be ecs.CpuArchitecture.X86_64 or ecs.CpuArchitecture.ARM64, got ${name}: Fargate has no other`);
}

/** A container runtime mounts these itself, and does not start a container that has them replaced. `/dev/shm` may be. */
const OF_THE_KERNEL = /^\/(?:(?:proc|sys)(?:\/|$)|dev$)/;

function validateWritablePaths(checks: Checks, paths: string[], memoryMiB: number, fireLens: FireLensOptions | undefined): void {
  checks.knownList('writablePaths', paths, 'each is a mount of its own');
  for (const [index, path] of paths.entries()) {
    checks.matches('writablePaths', path, /^(\/(?!\.{1,2}(\/|$))[^/:,\s]+)+$/, 'a list of absolute paths below the root, such as /tmp');
    if (!isUnknown(path) && OF_THE_KERNEL.test(path)) throw checks.error(`'writablePaths' must not have '${path}', which the kernel provides: leave it out`);
    if (paths.indexOf(path) < index) throw checks.error(`'writablePaths' must name each path once, got '${path}' twice`);
  }
  const ofRouter = fireLens ? TMPFS_MIB + memoryOfRouter(fireLens) : 0;
  if (Token.isUnresolved(memoryMiB) || Token.isUnresolved(ofRouter) || paths.length * TMPFS_MIB + ofRouter < memoryMiB) return;
  const andRouter = fireLens ? `, a log router with ${ofRouter} MiB` : '';
  throw checks.error(
    `'writablePaths' must leave memory for the application, got ${paths.length} paths with ${TMPFS_MIB} MiB each${andRouter} and 'memory' of ${memoryMiB} MiB: raise 'memory', or name fewer paths`,
  );
}

/** Logs go on where their construct does not. */
function taskLogs(scope: Construct, { logRetention, logRemovalPolicy }: ContainerTaskProps): logs.LogGroup {
  const profile = StageProfile.of(scope);
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: logRetention ?? profile.logRetention,
    removalPolicy: keptInsteadOfSnapshot(logRemovalPolicy ?? profile.removalPolicy),
  });
  acknowledge(logGroup, {
    customerKeyOfLogs: 'CloudWatch Logs encrypts them with a key of its own: for a key of yours, which must let CloudWatch Logs use it, set \'kmsKeyId\' of the log group',
  });
  return logGroup;
}

function createTaskDefinition(scope: Construct, props: ContainerTaskProps, { cpu, memoryMiB }: FargateSize): ecs.FargateTaskDefinition {
  return new ecs.FargateTaskDefinition(scope, 'Task', {
    cpu,
    memoryLimitMiB: memoryMiB,
    ephemeralStorageGiB: props.ephemeralStorage?.toGibibytes(),
    runtimePlatform: { operatingSystemFamily: ecs.OperatingSystemFamily.LINUX, cpuArchitecture: props.cpuArchitecture ?? ecs.CpuArchitecture.X86_64 },
    taskRole: new iam.Role(scope, 'TaskRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com', { conditions: onlyForThisAccount(scope) }) }),
    executionRole: serviceRole(scope, 'ExecutionRole', 'ecs-tasks.amazonaws.com'),
  });
}

/**
 * ECS hands the role to tasks of this account only. It cannot be asked for one cluster.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
function onlyForThisAccount(scope: Construct): iam.Conditions {
  const stack = Stack.of(scope);
  return {
    ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }) },
    StringEquals: { 'aws:SourceAccount': stack.account },
  };
}

/**
 * No capabilities, an init process that passes signals on and reaps what has ended, and what may be written: in memory, where every user may write.
 *
 * Programs may be run from there, as libraries that bring native code unpack it into `/tmp`; Docker forbids that unless it is told otherwise.
 *
 * @see https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/
 */
function hardened(scope: Construct, id: string, writablePaths: string[], kept: ecs.Capability[] = []): ecs.LinuxParameters {
  const { RW, EXEC, NODEV, NOSUID } = ecs.TmpfsMountOption;
  const parameters = new ecs.LinuxParameters(scope, id, { initProcessEnabled: true });
  parameters.dropCapabilities(...droppedCapabilities(kept));
  writablePaths.forEach((containerPath) => parameters.addTmpfs({ containerPath, size: TMPFS_MIB, mountOptions: [RW, EXEC, NODEV, NOSUID] }));
  return parameters;
}

/** ECS drops what is named, and Fargate adds none of these: so those that are kept are the ones that are not named. */
function droppedCapabilities(kept: ecs.Capability[]): ecs.Capability[] {
  if (kept.length === 0) return [ecs.Capability.ALL];
  return (DEFAULT_CAPABILITIES as ecs.Capability[]).filter((capability) => !kept.includes(capability));
}

/**
 * Lets a process without capabilities listen on a low port, such as 80: on Fargate, others than root cannot, and root cannot without the capability.
 *
 * @see https://github.com/aws/containers-roadmap/issues/1721
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html
 */
function systemControls(port: number | undefined): ecs.SystemControl[] | undefined {
  if (port === undefined || port >= FIRST_UNPRIVILEGED_PORT) return undefined;
  return [{ namespace: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
}

/**
 * CloudWatch that does not answer does not stop the application: what exceeds the buffer is dropped.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
function toLogGroup(logGroup: logs.ILogGroup): ecs.LogDriver {
  const maxBufferSize = Size.mebibytes(25);
  return ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: STREAM_PREFIX, mode: ecs.AwsLogDriverMode.NON_BLOCKING, maxBufferSize });
}

function addLogRouter(scope: Construct, taskDefinition: ecs.FargateTaskDefinition, logGroup: logs.ILogGroup, fireLens: FireLensOptions): void {
  taskDefinition.addFirelensLogRouter('LogRouter', {
    containerName: 'log-router',
    image: fireLens.image ?? ecs.ContainerImage.fromRegistry('public.ecr.aws/aws-observability/aws-for-fluent-bit:stable'),
    firelensConfig: { type: ecs.FirelensLogRouterType.FLUENTBIT },
    essential: true, // an application whose log goes nowhere is replaced
    user: '0', // it makes a socket in a directory of root: https://github.com/aws/containers-roadmap/issues/2122
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters: hardened(scope, 'LogRouterLinuxParameters', ['/tmp']),
    memoryReservationMiB: memoryOfRouter(fireLens),
    logging: toLogGroup(logGroup),
  });
}

function memoryOfRouter({ memoryReservation = Size.mebibytes(100) }: Pick<FireLensOptions, 'memoryReservation'>): number {
  return memoryReservation.toMebibytes();
}

/** Amazon ECR hands out one token for all repositories. */
function acknowledgePulls(executionRole: iam.IRole): void {
  const policy = executionRole.node.tryFindChild('DefaultPolicy') as iam.Policy | undefined;
  const statements: { Resource: unknown }[] = policy ? Stack.of(policy).resolve(policy.document).Statement : [];
  if (statements.some(({ Resource }) => Resource === '*')) acknowledgeWildcard(executionRole, '*', 'ECR takes no narrower resource for ecr:GetAuthorizationToken');
}

function warnOfExecuteCommand(scope: IConstruct): void {
  addWarning(
    scope, 'cdk-mainstay:ContainerAppWithAlb.ExecuteCommand',
    "'enableExecuteCommand' lets people with ecs:ExecuteCommand run commands in tasks, and makes the root file system writable, as ECS Exec works with no other: switch it off " +
    'when you have found what you look for. ECS logs the output of sessions in images that have `script` and `cat`',
  );
}
