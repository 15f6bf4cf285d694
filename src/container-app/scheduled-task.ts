import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeUses } from './private/container-task';
import { oneOffTask, requireTaskName, TaskOf } from './private/one-off-task';
import { SCHEDULED_TASK_KINDS } from './private/task-kinds';
import type { ScheduledTaskProps } from './task-props';
import { IBinding } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { acknowledge } from '../shared/acknowledge';
import { alarm } from '../shared/alarm';
import { Checks } from '../shared/checks';
import { requireKinds } from '../shared/kinds';
import { allow, serviceRole } from '../shared/service-role';

/**
 * A task that runs on a schedule: `addScheduledTask()` of an app makes one.
 *
 * It runs on Fargate and never on Fargate Spot, and is stopped when its `timeout` is over. EventBridge Scheduler starts it at least once, and tries for an hour if it cannot; what
 * it could not start at all is in the dead-letter queue. A run that takes longer than to the next one overlaps that.
 *
 * To run it by hand, with the name of the state machine from the construct's `stateMachine`:
 *
 *     aws stepfunctions start-execution --state-machine-arn ARN --input '{"task":"Cleanup"}'
 */
export class ScheduledTask extends Construct implements ec2.IConnectable {
  /** @internal */
  public static _create(scope: Construct, id: string, options: TaskOf<ScheduledTaskProps>): ScheduledTask {
    return new ScheduledTask(scope, id, options);
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
  /** When the task runs. */
  public readonly schedule: scheduler.Schedule;
  /** Holds what could not be started, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** Fire when a run could not be started. That one failed, the alarms of the app report. */
  public readonly alarms: cloudwatch.Alarm[];
  /**
   * Whether it has the settings of the main web service, as it runs the image of that.
   *
   * @internal
   */
  public readonly _inheritsSettings: boolean;
  private readonly target: BindingTarget;

  private constructor(scope: Construct, id: string, options: TaskOf<ScheduledTaskProps>) {
    super(scope, id);
    const { gate, props } = options;
    const { timeout = Duration.hours(1) } = props;
    requireKinds(this.node.path, props, SCHEDULED_TASK_KINDS);
    const checks = new Checks(this.node.path);
    requireTaskName(checks, id);
    checks.matches('schedule', props.schedule.expressionString, /^(?:at|cron|rate)\(.+\)$/, 'at(…), cron(…) or rate(…)', { hint: 'write ScheduleExpression.rate(Duration.hours(1)) or the like' });
    checks.known('timeout', timeout, 'the state machine has it in its definition');
    checks.seconds('timeout', timeout, { least: 1, most: Duration.days(1).toSeconds(), hint: 'what takes longer than a day is a worker' });

    const task = oneOffTask(this, options);
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    this.securityGroup = task.securityGroup;
    this.stateMachine = gate.add({ name: id, task, timeout, isVersionGiven: true });
    this.deadLetterQueue = this.createDeadLetterQueue();
    this.alarms = [
      alarm(this, 'DeadLetterAlarm', {
        description: 'EventBridge Scheduler could not start a run: a message in the dead-letter queue says why. Mend that, start the task by hand, then delete the message',
        metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: cloudwatch.Stats.MAXIMUM }),
        atLeast: 1,
      }),
    ];
    this.schedule = this.createSchedule(props.schedule);
    // The deploy tasks, too: until they have run, the schedule starts the version of before.
    this.schedule.node.addDependency(this.stateMachine, gate.neededBy(task), gate);
    this._inheritsSettings = props.image === undefined;
    this.target = BindingTarget.container(task.container, this);
    this.use(...props.uses ?? []);
  }

  /** The security group of the task, to be let in by what it connects to. */
  public get connections(): ec2.Connections {
    return this.securityGroup.connections;
  }

  /**
   * What waits for all that the task needs.
   *
   * @internal
   */
  public get _startedBy(): Construct {
    return this.schedule;
  }

  /**
   * Hands resources to the task, whose schedule begins when they, and the way to them, are there.
   *
   * @throws if one of them sets a name that is set already
   */
  public use(...bindings: IBinding[]): void {
    this.target.use(...bindings);
    acknowledgeUses(this.container);
  }

  /**
   * Gives the task what the main web service has.
   *
   * @internal
   */
  public _inherit(...bindings: IBinding[]): void {
    this.use(...bindings);
  }

  private createDeadLetterQueue(): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetterQueue', { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(queue, {
      customerKeyOfQueue: 'SQS encrypts all messages with keys that it manages, and they name a task, and nothing else',
      deadLetters: 'it is where runs end up that could not be started',
      redrivePolicy: 'it is where runs end up that could not be started',
    });
    return queue;
  }

  private createSchedule(schedule: scheduler.ScheduleExpression): scheduler.Schedule {
    const role = this.createScheduleRole();
    const input = scheduler.ScheduleTargetInput.fromObject({ task: this.node.id, taskDefinition: this.taskDefinition.taskDefinitionArn });
    const made = new scheduler.Schedule(this, 'Schedule', {
      description: `Runs the task ${this.node.path}`.slice(0, 512),
      schedule,
      timeWindow: scheduler.TimeWindow.off(),
      target: {
        bind: () => ({
          arn: this.stateMachine.stateMachineArn,
          role,
          input,
          retryPolicy: { maximumEventAgeInSeconds: Duration.hours(1).toSeconds(), maximumRetryAttempts: 20 },
          deadLetterConfig: { arn: this.deadLetterQueue.queueArn },
        }),
      },
    });
    made.node.addDependency(role); // with its policy
    return made;
  }

  /** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
  private createScheduleRole(): iam.Role {
    const role = serviceRole(this, 'ScheduleRole', 'scheduler.amazonaws.com', {
      StringEquals: {
        'aws:SourceAccount': Aws.ACCOUNT_ID,
        'aws:SourceArn': Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
      },
    });
    allow(role, ['states:StartExecution'], this.stateMachine.stateMachineArn);
    allow(role, ['sqs:SendMessage'], this.deadLetterQueue.queueArn);
    return role;
  }
}
