import { ArnFormat, Aws, CfnResource, CustomResource, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';
import { CONTAINER_NAME, ContainerTask, neededByTasks, STREAM_PREFIX } from './container-task';
import type { AppContext } from './fargate-service';
import { MachineTask, taskMachine } from './task-machine';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED, bundledFunction } from '../../shared/bundled-function';
import { Checks } from '../../shared/checks';
import { OwnProps, seal, SealedProperties } from '../../shared/guards';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { rulesNaming } from '../../shared/security-groups';
import { allow, serviceRole } from '../../shared/service-role';
import { StageProfile } from '../../stage/stage-profile';
import type { ContainerOptions } from '../container-props';

export const TASK_MACHINE_SEALED: SealedProperties = {
  ...BUNDLED_FUNCTION_SEALED,
  'AWS::Scheduler::Schedule': { warn: ['scheduleExpression', 'state', 'target'] },
  'AWS::SQS::Queue': { refuse: ['kmsMasterKeyId', 'sqsManagedSseEnabled'], warn: ['messageRetentionPeriod'] },
  'AWS::SQS::QueuePolicy': { refuse: ['policyDocument'] },
  'AWS::StepFunctions::StateMachine': { refuse: ['roleArn'], warn: ['definitionString'] },
};

export const TASK_MACHINE_OWN_PROPS: OwnProps = {
  ...BUNDLED_FUNCTION_OWN_PROPS,
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-scheduler.Schedule': ['enabled', 'end', 'key', 'scheduleGroup', 'scheduleName', 'start'],
  'aws-cdk-lib.aws-sqs.Queue': [
    'contentBasedDeduplication', 'deadLetterQueue', 'deduplicationScope', 'encryptionMasterKey', 'fifo', 'fifoThroughputLimit', 'queueName', 'redriveAllowPolicy',
  ],
  'aws-cdk-lib.aws-sqs.QueuePolicy': [],
  'aws-cdk-lib.aws-stepfunctions.StateMachine': [
    'definition', 'definitionSubstitutions', 'queryLanguage', 'stateMachineName', 'stateMachineType', 'timeout',
  ],
  'aws-cdk-lib.core.CustomResource': [],
};

/** How long CloudFormation waits beyond the timeout of a task: for what ECS refuses at first, and for a task to stop whose time is up. */
const MARGIN = Duration.minutes(5);

/** The longest that CloudFormation waits: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html */
export const LONGEST_DEPLOY_TASK = Duration.hours(1).minus(MARGIN);

/** A container, and the security group that it runs with, in `scope`. */
export interface OneOffTask extends ContainerTask {
  readonly securityGroup: ec2.SecurityGroup;
}

type DeployGateProps = Pick<AppContext, 'vpc' | 'cluster' | 'logs'>;

interface RegisteredTask {
  /** The id of its construct. */
  readonly name: string;
  readonly task: OneOffTask;
  readonly timeout: Duration;
  /** Whether a schedule says which version runs. */
  readonly isVersionGiven: boolean;
}

interface DeployedTask extends Omit<RegisteredTask, 'isVersionGiven'>, Pick<ContainerOptions, 'command' | 'entryPoint'> {}

/**
 * Runs the tasks of an app that no service runs, by one state machine, which is made with the first of them; and holds all services back until the deploy tasks
 * have run, in order of declaration: to depend on it is to depend on those that there are at synthesis. See docs/decisions/deploy-tasks.md.
 */
export class DeployGate extends Construct {
  private readonly tasks: MachineTask[] = [];
  private readonly runs: CustomResource[] = [];
  private parts?: { readonly machine: sfn.StateMachine; readonly role: iam.Role; readonly fn: lambda.Function; readonly permissions: iam.Policy };

  constructor(scope: Construct, id: string, private readonly props: DeployGateProps) {
    super(scope, id);
    const { runs } = this;
    Dependable.implement(this, { get dependencyRoots() { return runs; } });
  }

  /** None before there is a task. */
  public get machine(): sfn.StateMachine | undefined {
    return this.parts?.machine;
  }

  /**
   * The deploy tasks that something is to wait for which deploy tasks may use themselves, such as an internal service: those before the first that uses it.
   */
  public tasksBefore(used: IConstruct): IDependable {
    const { runs } = this;
    return whenSynthesized(() => {
      const first = runs.findIndex((run) => isAfter(run, used));
      return runs.slice(0, first === -1 ? undefined : first);
    });
  }

  /** Lets the state machine run a task. */
  public add({ name, task, timeout, isVersionGiven }: RegisteredTask): sfn.StateMachine {
    if (this.tasks.some((other) => other.name === name)) throw new Checks(this.node.path).error(`there is a task '${name}' already: give each task an id of its own`);
    const { vpc, cluster } = this.props;
    const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
    const { machine, role, permissions } = this.parts ??= this.createParts();
    this.tasks.push({
      name,
      taskDefinitionArn: task.taskDefinition.taskDefinitionArn,
      isVersionGiven,
      settings: {
        cluster: cluster.clusterArn,
        family: task.taskDefinition.family,
        container: CONTAINER_NAME,
        logGroup: task.logGroup.logGroupName,
        streamPrefix: STREAM_PREFIX,
        timeoutSeconds: timeout.toSeconds(),
      },
      subnets: subnetIds,
      securityGroup: task.securityGroup.securityGroupId,
    });
    this.allowToRun(role, task.taskDefinition);
    allowToReadLog(permissions, task.logGroup);
    return machine;
  }

  /**
   * Runs a task in each deployment that changes what it runs, after the ones before it.
   *
   * @param scope what the task is made of
   */
  public runInDeployment(scope: Construct, { name, task, timeout, entryPoint, command }: DeployedTask): CustomResource {
    const machine = this.add({ name, task, timeout, isVersionGiven: false });
    const { permissions, fn } = this.parts!;
    const run = new CustomResource(scope, 'Run', {
      resourceType: 'Custom::DeployTask',
      serviceToken: fn.functionArn,
      serviceTimeout: timeout.plus(MARGIN),
      properties: {
        Task: name,
        StateMachineArn: machine.stateMachineArn,
        Cluster: this.props.cluster.clusterArn,
        Family: task.taskDefinition.family,
        // If that stays the same, a deployment does not run the task again. Its size, its tags and its settings are no part of it.
        Trigger: Stack.of(scope).toJsonString({ image: task.container.imageName, entryPoint, command }),
      },
    });
    const [former] = this.runs.slice(-1);
    this.runs.push(run);
    (run.node.defaultChild as CfnResource).node.addDependency(machine, permissions, this.neededBy(task), ...former ? [former] : []);
    return run;
  }

  /**
   * What a task needs that nothing in its definition refers to, and that a custom resource does not wait for by itself (https://github.com/aws/aws-cdk/issues/18675): what
   * its roles may do, its log, the way out of its subnets, and the rules of security groups that name its own, wherever they were added.
   */
  public neededBy(task: OneOffTask): IDependable {
    const { internetConnectivityEstablished } = this.props.vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
    const known = [...neededByTasks(task), task.taskDefinition, task.securityGroup, internetConnectivityEstablished];
    return whenSynthesized(() => [...known.flatMap((one) => Dependable.of(one).dependencyRoots), ...rulesNaming(task.securityGroup)]);
  }

  private createParts() {
    const { logRetention: retention, removalPolicy } = StageProfile.of(this);
    const { logRetention = retention, logRemovalPolicy = removalPolicy } = this.props.logs ?? {};
    const { fn, role: functionRole } = bundledFunction(this, {
      description: 'Starts deploy tasks for CloudFormation, and says how they ended',
      bundle: 'container-app-deploy-task',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(5),
      calledBy: 'deploymentAndStateMachine',
      connectsTo: 'Step Functions, ECS, CloudWatch Logs and CloudFormation',
      logRetention,
      removalPolicy: keptInsteadOfSnapshot(logRemovalPolicy),
    });
    const role = serviceRole(this, 'MachineRole', 'states.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': this.arn('states', 'stateMachine', '*') },
    });
    const definition = Lazy.string({ produce: () => Stack.of(this).toJsonString(taskMachine(this.tasks, fn.functionArn)) });
    const machine = new sfn.StateMachine(this, 'Machine', { role, definitionBody: sfn.DefinitionBody.fromString(definition) });
    machine.node.addDependency(role); // with its policy
    acknowledge(machine, {
      workflowTracing: 'the history of each run says how it ended; X-Ray would show no more, and its permissions know no narrower resource than *',
      workflowLogs: 'Step Functions keeps the history of a run for 90 days, each task has a log of its own, and an alarm reports failures',
    });
    this.allowMachine(role, fn);
    const permissions = this.permissionsOf(functionRole, machine);
    seal(this, TASK_MACHINE_SEALED); // by itself, as it is created after the constructor of the app has sealed
    return { fn, role, machine, permissions };
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html, which has * for tasks: theirs are in one cluster */
  private allowMachine(role: iam.Role, fn: lambda.Function): void {
    const tasks = this.tasksOfCluster();
    allow(role, ['ecs:DescribeTasks', 'ecs:StopTask'], tasks, this.inCluster());
    allow(role, ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'], this.arn('events', 'rule', 'StepFunctionsGetEventsForECSTaskRule', ArnFormat.SLASH_RESOURCE_NAME));
    allow(role, ['lambda:InvokeFunction'], fn.functionArn);
    acknowledgeWildcard(role, tasks, 'ECS names tasks when they start; these are of one cluster');
  }

  /**
   * All versions of a task definition: with the exact one, each deployment would change the policy just before it is needed, and IAM takes a moment to spread it.
   */
  private allowToRun(role: iam.Role, { family, taskRole, executionRole }: ecs.FargateTaskDefinition): void {
    const versions = this.arn('ecs', 'task-definition', `${family}:*`, ArnFormat.SLASH_RESOURCE_NAME);
    allow(role, ['ecs:RunTask'], versions, this.inCluster());
    allow(role, ['iam:PassRole'], [taskRole.roleArn, executionRole!.roleArn], { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
    acknowledgeWildcard(role, versions, 'the versions of one task definition, of which each deployment may make another');
  }

  /** On its own: the function waits for the policies of its role, and the state machine for the function. */
  private permissionsOf(role: iam.Role, machine: sfn.StateMachine): iam.Policy {
    const executions = this.arn('states', 'execution', `${machine.stateMachineName}:*`);
    const tasks = this.tasksOfCluster();
    const statement = (actions: string[], resource: string, conditions?: iam.Conditions) =>
      new iam.PolicyStatement({ actions, resources: [resource], conditions });
    const permissions = new iam.Policy(this, 'Permissions', {
      roles: [role],
      statements: [
        statement(['states:ListExecutions', 'states:StartExecution'], machine.stateMachineArn),
        statement(['states:StopExecution'], executions),
        statement(['cloudformation:DescribeStacks'], Stack.of(this).stackId),
        statement(['ecs:ListTasks'], '*', this.inCluster()), // it knows no resource but instances, which Fargate has none of
        statement(['ecs:DescribeTasks', 'ecs:StopTask'], tasks, this.inCluster()),
      ],
    });
    acknowledge(permissions, 'managedPolicy');
    acknowledgeWildcard(permissions, executions, 'Step Functions names an execution when it starts; these are of one state machine');
    acknowledgeWildcard(permissions, tasks, 'ECS names tasks when they start; these are of one cluster');
    acknowledgeWildcard(permissions, '*', 'ecs:ListTasks knows no resource but instances, which Fargate has none of; a condition names the cluster');
    return permissions;
  }

  private tasksOfCluster(): string {
    return this.arn('ecs', 'task', `${this.props.cluster.clusterName}/*`, ArnFormat.SLASH_RESOURCE_NAME);
  }

  private inCluster(): iam.Conditions {
    return { ArnEquals: { 'ecs:cluster': this.props.cluster.clusterArn } };
  }

  private arn(service: string, resource: string, resourceName: string, arnFormat = ArnFormat.COLON_RESOURCE_NAME): string {
    return Stack.of(this).formatArn({ service, resource, resourceName, arnFormat });
  }
}

/** The streams of a log, which ECS makes. */
function allowToReadLog(permissions: iam.Policy, logGroup: logs.ILogGroup): void {
  permissions.addStatements(new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [logGroup.logGroupArn] }));
}

/** What is depended on, as it is when the app is synthesized. */
function whenSynthesized(roots: () => IConstruct[]): IDependable {
  const dependable = {};
  Dependable.implement(dependable, { get dependencyRoots() { return roots(); } });
  return dependable;
}

/** Whether CloudFormation creates a run after something that is made of several resources. */
function isAfter(run: CustomResource, used: IConstruct): boolean {
  const needed = run.node.defaultChild!.node.dependencies;
  return needed.some((one) => one.node.scopes.includes(used) || used.node.scopes.includes(one));
}
