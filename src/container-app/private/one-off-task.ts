import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { containerTask } from './container-task';
import { DeployGate, OneOffTask } from './deploy-gate';
import { AppContext } from './fargate-service';
import { Checks } from '../../shared/checks';
import { ec2Description } from '../../shared/security-groups';
import { ContainerOptions } from '../container-props';

/** What the app gives to each task that no service runs. */
export interface TaskOf<Props> {
  readonly app: AppContext;
  readonly gate: DeployGate;
  /** Of the app. */
  readonly image: ecs.ContainerImage;
  /**
   * What goes with the image of the app, for a task that runs it: settings, and what the image is like, such as `cpuArchitecture` and `user`. Bindings are not in
   * here: the app hands over those that the main web service got and gets.
   */
  readonly inherited?: ContainerOptions;
  readonly props: Props;
}

interface OneOffTaskProps extends ContainerOptions {
  readonly image?: ecs.ContainerImage;
}

/** The most that Fargate gives, as nothing waits for such a task to stop, and what it does is better ended. */
const LONGEST_STOP = Duration.seconds(120);

export function oneOffTask(scope: Construct, { app, image, inherited, props }: TaskOf<OneOffTaskProps>): OneOffTask {
  const options = props.image || !inherited ? props : inheriting(props, inherited);
  const task = containerTask(scope, { ...app.logs, ...options, image: props.image ?? image, stopTimeout: props.stopTimeout ?? LONGEST_STOP });
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: app.vpc, description: ec2Description(scope.node.path) });
  return { ...task, securityGroup };
}

/** What is said of a task itself comes first, name by name: a setting is plain or secret, as the task says. */
function inheriting(props: OneOffTaskProps, inherited: ContainerOptions): OneOffTaskProps {
  const own = Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined));
  const isOwn = (name: string) => name in (props.environment ?? {}) || name in (props.secrets ?? {});
  const left = <T>(settings: Record<string, T> = {}) => Object.fromEntries(Object.entries(settings).filter(([name]) => !isOwn(name)));
  return {
    ...inherited,
    ...own,
    environment: { ...left(inherited.environment), ...props.environment },
    secrets: { ...left(inherited.secrets), ...props.secrets },
  };
}

/** By hand, and in the names of executions. */
export function requireTaskName(checks: Checks, id: string): void {
  if (/^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(id)) return;
  throw checks.error(`the id of a task must be a letter and up to 39 letters, digits and hyphens, got '${id}': people start the task by it, and it is in the names of its runs`);
}
