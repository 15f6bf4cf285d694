import { CustomResource, Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeUses } from './private/container-task';
import { LONGEST_DEPLOY_TASK } from './private/deploy-gate';
import { oneOffTask, requireTaskName, TaskOf } from './private/one-off-task';
import { ServiceBinding } from './private/service-names';
import { DEPLOY_TASK_KINDS } from './private/task-kinds';
import type { DeployTaskProps } from './task-props';
import { IBinding } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { Checks } from '../shared/checks';
import { requireKinds } from '../shared/kinds';

/**
 * A task that runs in a deployment before any service gets the new version, such as a migration: `addDeployTask()` of an app makes one.
 *
 * Deploy tasks run one after the other, in the order in which they are added, on Fargate and never on Fargate Spot. If one ends with another exit code than 0, or does not end in time,
 * the deployment fails with the last lines of its log, and the services go on with the version of before. Passwords in URLs are masked in these lines; other secrets that a task
 * prints cannot be told from other text.
 *
 * A task runs when a deployment changes its image, its command or its entry point. It does not run again if only its settings or its size change, nor if another image
 * is behind the same tag, as the deployment cannot see that. CloudFormation's rollback does not run it. It may run twice for one version, if the first
 * deployment of that failed later: what it does must bear that, as migrations do.
 *
 * To run it by hand, with the name of the state machine from the construct's `stateMachine`:
 *
 *     aws stepfunctions start-execution --state-machine-arn ARN --input '{"task":"Migrate"}'
 */
export class DeployTask extends Construct implements ec2.IConnectable {
  /** @internal */
  public static _create(scope: Construct, id: string, options: TaskOf<DeployTaskProps>): DeployTask {
    return new DeployTask(scope, id, options);
  }

  /** What ECS runs. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** The one container of the task. */
  public readonly container: ecs.ContainerDefinition;
  /** The log of the task. */
  public readonly logGroup: logs.ILogGroup;
  /** What the task runs with. */
  public readonly securityGroup: ec2.SecurityGroup;
  /** What runs all such tasks of the app. */
  public readonly stateMachine: sfn.StateMachine;
  /**
   * Whether it has the settings of the main web service, as it runs the image of that.
   *
   * @internal
   */
  public readonly _inheritsSettings: boolean;
  /**
   * What waits for all that the task needs.
   *
   * @internal
   */
  public readonly _startedBy: CustomResource;
  private readonly target: BindingTarget;

  private constructor(scope: Construct, id: string, options: TaskOf<DeployTaskProps>) {
    super(scope, id);
    const { gate, props } = options;
    const { timeout = Duration.minutes(15), command, entryPoint } = props;
    requireKinds(this.node.path, props, DEPLOY_TASK_KINDS);
    const checks = new Checks(this.node.path);
    requireTaskName(checks, id);
    checks.known('timeout', timeout, 'CloudFormation waits a little longer');
    checks.seconds('timeout', timeout, {
      least: 1, most: LONGEST_DEPLOY_TASK.toSeconds(), hint: 'CloudFormation waits for an hour at the most; what takes longer belongs behind the deployment',
    });

    const task = oneOffTask(this, options);
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    this.securityGroup = task.securityGroup;
    this._startedBy = gate.runInDeployment(this, { name: id, task, timeout, command, entryPoint });
    this.stateMachine = gate.machine!;
    this._inheritsSettings = props.image === undefined;
    this.target = BindingTarget.container(task.container, this);
    this.use(...props.uses ?? []);
  }

  /** The security group of the task, to be let in by what it connects to. */
  public get connections(): ec2.Connections {
    return this.securityGroup.connections;
  }

  /**
   * Hands resources to the task, which runs when they, and the way to them, are there.
   *
   * @throws if one of them is a web service of the app, which waits for the task, or sets a name that is set already
   */
  public use(...bindings: IBinding[]): void {
    bindings.forEach((binding) => this.requireBefore(binding));
    this._inherit(...bindings);
  }

  /**
   * Gives the task what the main web service has. It may be the address of another web service, which the application reads as a setting, and does not call in the task.
   *
   * @internal
   */
  public _inherit(...bindings: IBinding[]): void {
    this.target.use(...bindings);
    acknowledgeUses(this.container);
  }

  private requireBefore(binding: IBinding): void {
    const service = binding instanceof ServiceBinding ? binding.serviceAfterDeployTasks : undefined;
    if (!service) return;
    throw new Checks(this.node.path).error(
      `the deploy task '${this.node.id}' must not use the web service '${service.node.id}' (${service.node.path}), which gets its new version only after the deploy tasks: in the first ` +
      'deployment nothing would answer, and in later ones the old version would. Have the task do the work itself, or add a server that it needs by addInternalService(), or run it by addScheduledTask()',
    );
  }
}
