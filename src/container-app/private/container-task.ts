import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ContainerOptions } from '../container-props';

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
export function containerTask(_scope: Construct, _props: ContainerTaskProps): ContainerTask {
  throw new Error('not built yet');
}
