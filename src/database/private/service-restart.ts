import { ArnFormat, Aws, CfnResource, Duration, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { alarm, ALARM_OWN_PROPS, notifyOrWarn } from '../../shared/alarm';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../../shared/guards';
import { allow, serviceRole } from '../../shared/service-role';
import { StageProfile } from '../../stage/stage-profile';

/** The event that the function of a rotation puts on the default event bus. A test compares it with the function's. */
export const ROTATED = { source: ['cdk-mainstay.database'], detailType: ['Password Rotated'] };

/**
 * Why a service cannot be restarted after the rotation of a database, if so.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 * @see https://github.com/boto/boto3/issues/1936 and https://github.com/pipe-cd/pipecd/pull/6384, for the refusals of ECS
 */
export function obstacleToRestart(database: Construct, service: ecs.IBaseService): string | undefined {
  const controller = deploymentControllerOf(service);
  if (controller !== 'ECS') return `its deployment controller is ${controller}, with which ECS refuses to force a new deployment`;
  const { account, region } = Stack.of(database);
  const differs = (one: string, other: string) => Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
  const isElsewhere = differs(service.env.account, account) || differs(service.env.region, region);
  return isElsewhere ? 'it is of another account or region, where the event of the rotation does not arrive' : undefined;
}

/** Of a service that was imported, nobody knows it here: ECS's own is what most have. */
function deploymentControllerOf({ node: { defaultChild } }: ecs.IBaseService): string {
  if (!CfnResource.isCfnResource(defaultChild)) return 'ECS';
  const { type } = Stack.of(defaultChild).resolve((defaultChild as ecs.CfnService).deploymentController) ?? {};
  return type ?? 'ECS';
}

/**
 * Restarts a service when a database of another stack has got a new password. It stands with the service, so that the stack of the database does not depend on it.
 */
export class ServiceRestart extends Construct {
  /** The one of a service, for all databases. */
  public static of(service: ecs.IBaseService): ServiceRestart {
    return service.node.tryFindChild('RestartAfterRotation') as ServiceRestart | undefined ?? new ServiceRestart(service, 'RestartAfterRotation');
  }

  private readonly rule: events.Rule;
  private readonly failedAlarm: cloudwatch.Alarm;
  private readonly heard = new Set<ISecret>();

  private constructor(service: ecs.IBaseService, id: string) {
    super(service as unknown as Construct, id);
    preferOwnProps(this, OWN_PROPS);

    const machine = this.machineThatRestarts(service);
    const role = serviceRole(this, 'RuleRole', 'events.amazonaws.com', { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } });
    allow(role, ['states:StartExecution'], machine.stateMachineArn);
    this.rule = new events.Rule(this, 'Rule', {
      description: `Restarts the service ${service.node.path} after the password of a database is rotated`.slice(-512),
      eventPattern: ROTATED,
      targets: [{ bind: () => ({ arn: machine.stateMachineArn, role }) }],
    });
    this.rule.node.addDependency(role); // with its policy
    acknowledge(this.rule, { ruleDeadLetters: 'EventBridge tries for a day to start the state machine, and an alarm reports an execution that fails' });
    this.failedAlarm = alarm(this, 'FailedAlarm', {
      subject: service,
      description: 'it could not be restarted after the password of its database was rotated, so its tasks have the old password: force a new deployment of the service',
      metric: machine.metricFailed({ period: Duration.minutes(5) }),
      atLeast: 1,
    });
    seal(this, SEALED);
  }

  /**
   * @param secret what the tasks are given, and the event names
   * @param topic the topic of the database, which the alarm notifies
   */
  public restartAfter(secret: ISecret, topic: ITopic | undefined): void {
    if (this.heard.has(secret)) return;
    this.heard.add(secret);
    this.rule.addEventPattern({ resources: [secret.secretArn] });
    notifyOrWarn(this, [this.failedAlarm], topic ?? StageProfile.of(this).alarmTopic);
  }

  /** Without a function, of which nobody would have to renew the runtime. ECS refuses for a while what comes amid another deployment's calls, so it is tried for half an hour. */
  private machineThatRestarts(service: ecs.IBaseService): sfn.StateMachine {
    const role = serviceRole(this, 'Role', 'states.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
    });
    allow(role, ['ecs:UpdateService'], service.serviceArn);
    const definition = {
      Comment: 'Replaces the tasks of a service, which then read their secrets anew',
      StartAt: 'Restart',
      States: {
        Restart: {
          Type: 'Task',
          Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:ecs:updateService`,
          Parameters: { Cluster: service.cluster.clusterName, Service: service.serviceName, ForceNewDeployment: true },
          ResultPath: null, // the answer may have more characters than a state takes
          Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 30, BackoffRate: 2, MaxAttempts: 6 }],
          End: true,
        },
      },
    };
    const machine = new sfn.StateMachine(this, 'Machine', { role, definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition)) });
    machine.node.addDependency(role); // with its policy
    acknowledge(machine, {
      workflowTracing: 'its one step is in the history of each execution; X-Ray would show no more, and its permissions know no narrower resource than *',
      workflowLogs: 'Step Functions keeps the history of an execution for 90 days, and an alarm reports failures',
    });
    return machine;
  }
}

const SEALED: SealedProperties = {
  'AWS::Events::Rule': { warn: ['state', 'targets'] },
  'AWS::StepFunctions::StateMachine': { refuse: ['roleArn'], warn: ['definitionString'] },
};

const OWN_PROPS: OwnProps = {
  ...ALARM_OWN_PROPS,
  'aws-cdk-lib.aws-events.Rule': ['crossStackScope', 'enabled', 'eventBus', 'ruleName', 'schedule'],
  'aws-cdk-lib.aws-stepfunctions.StateMachine': [
    'definition', 'definitionSubstitutions', 'queryLanguage', 'stateMachineName', 'stateMachineType', 'timeout',
  ],
};
