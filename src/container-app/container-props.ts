import { Duration, Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ContainerLogs } from './container-logs';
import { RootFilesystem } from './root-filesystem';
import { ServiceCapacity } from './service-capacity';
import { IBinding } from '../binding/binding';

/**
 * What all containers of an app have: those of services and those of tasks that run once.
 */
export interface ContainerOptions {
  /**
   * CPU units of a task, of which 1024 are one vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
   * @default 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task. Fargate accepts certain sizes for each `cpu`; an error names the nearest.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
   * @default - the least that Fargate accepts for `cpu`: 512 MiB for 256 CPU units
   */
  readonly memory?: Size;

  /**
   * The processor that the image is built for. An image of another one fails with `exec format error`.
   *
   * @default ecs.CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The command, in place of that of the image.
   *
   * @default - the command of the image
   */
  readonly command?: string[];

  /**
   * The entry point, in place of that of the image.
   *
   * @default - the entry point of the image
   */
  readonly entryPoint?: string[];

  /**
   * The user that the process runs as, such as `1000` or `1000:1000`.
   *
   * @default - the user of the image
   */
  readonly user?: string;

  /**
   * The directory that the process starts in.
   *
   * @default - the working directory of the image
   */
  readonly workingDirectory?: string;

  /**
   * Settings by name, which everybody may read who may look at the task definition.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Secret settings by name. ECS reads them when a task starts.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: ecs.Secret };

  /**
   * Resources that the container uses: each binding sets its settings, grants its permissions and opens its port.
   *
   * @default - none
   */
  readonly uses?: IBinding[];

  /**
   * Settings that the application cannot do without. The synthesis fails if one is not set.
   *
   * @default - none
   */
  readonly requires?: string[];

  /**
   * Absolute paths that the container may write, besides its volumes. They are in memory (tmpfs, 64 MiB each, which count against `memory`), and go with the task.
   *
   * @default - /tmp; none where the root file system is writable
   */
  readonly writablePaths?: string[];

  /**
   * Whether the container may write its root file system.
   *
   * @default RootFilesystem.readOnly()
   */
  readonly rootFilesystem?: RootFilesystem;

  /**
   * Linux capabilities that the container keeps, of those that Docker gives to containers. Images that start as root and change to another user need `CHOWN`,
   * `SETUID` and `SETGID`, such as the official image of nginx.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
   * @default - none: all are dropped
   */
  readonly keepCapabilities?: ecs.Capability[];

  /**
   * How long ECS waits between SIGTERM and SIGKILL, in whole seconds, 2 to 120.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
   * @default Duration.seconds(30)
   */
  readonly stopTimeout?: Duration;

  /**
   * What ECS runs in the container to find out whether it is healthy: it replaces a task of a service whose container is not. The load balancer has a check of
   * its own, which a web service does not need this for.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
   * @default - a container is healthy while it runs
   */
  readonly containerHealthCheck?: ecs.HealthCheck;

  /**
   * Where the container's output goes.
   *
   * @default ContainerLogs.cloudWatch()
   */
  readonly logs?: ContainerLogs;

  /**
   * How long logs are kept.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: RetentionDays;

  /**
   * Disk space of a task, 21 to 200 GiB.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
   * @default - the 20 GiB that Fargate gives without charge
   */
  readonly ephemeralStorage?: Size;
}

/**
 * What all services of an app have.
 */
export interface ServiceOptions extends ContainerOptions {
  /**
   * What tasks run on.
   *
   * @default - ServiceCapacity.fargate(), or ServiceCapacity.fargateSpot() with the `spot` of the StageProfile
   */
  readonly capacity?: ServiceCapacity;

  /**
   * Lets people with the permission run commands in tasks by ECS Exec, which makes the root file system writable. Each session is logged.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
}

/**
 * What services have that scale on their load.
 */
export interface ScalingOptions {
  /**
   * The number of tasks below which the service never scales.
   *
   * @default - the StageProfile's `minimumTasks`
   */
  readonly minimumTasks?: number;

  /**
   * The number of tasks above which the service never scales.
   *
   * @default - four times `minimumTasks`, and at least 4
   */
  readonly maximumTasks?: number;

  /**
   * The average CPU utilization that scaling aims at, in percent, 1 to 100.
   *
   * @default 60
   */
  readonly targetCpuPercent?: number;

  /**
   * The average memory utilization that scaling aims at, in percent, 1 to 100.
   *
   * @default 80
   */
  readonly targetMemoryPercent?: number;
}
