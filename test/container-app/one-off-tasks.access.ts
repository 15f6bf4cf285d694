import { App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DeployTask } from '../../src/container-app/deploy-task';
import { DeployGate } from '../../src/container-app/private/deploy-gate';
import { ScheduledTask } from '../../src/container-app/scheduled-task';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT, overPlainHttp, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ROOT } from '../checks/policies';

const ECS = `arn:aws:ecs:${REGION}:${ACCOUNT}`;
const RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule`;

/** An app with a deploy task and a scheduled task: who starts them, runs them, stops them, and reads their logs. */
function tasks(): Scene {
  const stack = new Stack(new App(), 'Stack');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'], privateSubnetRouteTableIds: ['rtb-1'] });
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const gate = new DeployGate(stack, 'DeployTasks', { vpc, cluster });
  const options = { app: { vpc, cluster, deployTasks: gate }, gate, image: ContainerImage.fromRegistry('example/web:1') };
  const migrate = DeployTask._create(stack, 'Migrate', { ...options, props: {} });
  const cleanup = ScheduledTask._create(stack, 'Cleanup', { ...options, props: { schedule: ScheduleExpression.rate(Duration.days(1)) } });

  const { template, valueOf } = valuesOf(stack);
  const fn = gate.node.findChild('Function') as Function;
  const machine = valueOf(migrate.stateMachine.stateMachineArn);
  const otherMachine = `${machine}Other`;
  const execution = machine.replace(':stateMachine:', ':execution:');
  const clusterArn = valueOf(cluster.clusterArn);
  const inCluster = { 'ecs:cluster': clusterArn };
  const elsewhere = { 'ecs:cluster': `${clusterArn}-other` };
  const task = `${ECS}:task/${valueOf(cluster.clusterName)}/0af1`;
  const instances = `${ECS}:container-instance/${valueOf(cluster.clusterName)}/i`; // the only resource that IAM knows of it
  const deadLetters = valueOf(cleanup.deadLetterQueue.queueArn);
  const roleIn = (id: string, of = gate as { readonly node: any }) => of.node.findChild(id) as Role;
  const arnOf = (role: { readonly roleArn: string }) => valueOf(role.roleArn);
  const both = [migrate, cleanup];
  const toEcs = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

  const runner = new Actor('the state machine', arnOf(roleIn('MachineRole')));
  const teller = new Actor('the function', arnOf(fn.role!));
  const clock = new Actor('the schedule', arnOf(roleIn('ScheduleRole', cleanup)));
  const account = new Actor('the account', ROOT);
  const version = (family: string, revision = 7) => `${ECS}:task-definition/${family}:${revision}`;

  const running: AccessRule[] = [
    ...both.flatMap(({ taskDefinition: { family, taskRole, executionRole }, node }) => [
      runner.may(`run ${node.id}, the version of before, too`, call('ecs:RunTask', version(family), inCluster), call('ecs:RunTask', version(family, 6), inCluster),
        call('iam:PassRole', arnOf(taskRole), toEcs), call('iam:PassRole', arnOf(executionRole!), toEcs)),
      runner.mayNot(`run ${node.id} in another cluster`, call('ecs:RunTask', version(family), elsewhere)),
      runner.mayNot(`run what is called like ${node.id}`, call('ecs:RunTask', version(`${family}2`), inCluster)),
      runner.mayNot(`give the role of ${node.id} to another service`, call('iam:PassRole', arnOf(taskRole), { 'iam:PassedToService': 'lambda.amazonaws.com' })),
    ]),
    runner.mayNot('give another role to a task', call('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/admin`, toEcs)),
    runner.may('see and stop tasks of the cluster', call('ecs:DescribeTasks', task, inCluster), call('ecs:StopTask', task, inCluster)),
    runner.mayNot('stop a task of another cluster', call('ecs:StopTask', task.replace('/0af1', '-other/0af1'), elsewhere)),
    runner.may('be told when a task stops', ...['DescribeRule', 'PutRule', 'PutTargets'].map((action) => call(`events:${action}`, `${RULE}/StepFunctionsGetEventsForECSTaskRule`))),
    runner.mayNot('change another rule', call('events:PutTargets', `${RULE}/other`)),
    runner.may('have the function called', call('lambda:InvokeFunction', valueOf(fn.functionArn))),
    runner.mayNot('call another function', call('lambda:InvokeFunction', `${valueOf(fn.functionArn)}2`)),
    runner.mayNot('start itself', call('states:StartExecution', machine)),
    runner.mayNot('change a service', call('ecs:UpdateService', `${ECS}:service/${valueOf(cluster.clusterName)}/web`, inCluster)),
  ];

  const telling: AccessRule[] = [
    teller.may('start a task', call('states:StartExecution', machine)),
    teller.mayNot('start another machine', call('states:StartExecution', otherMachine)),
    teller.may('find and stop what runs', call('states:ListExecutions', machine), call('states:StopExecution', `${execution}:Migrate_r-1`), call('ecs:ListTasks', instances, inCluster),
      call('ecs:DescribeTasks', task, inCluster), call('ecs:StopTask', task, inCluster)),
    teller.mayNot('stop another execution', call('states:StopExecution', `${execution}Other:one`)),
    teller.mayNot('list tasks of another cluster', call('ecs:ListTasks', instances.replace('/i', '-other/i'), elsewhere)),
    teller.mayNot('stop a task of another cluster', call('ecs:StopTask', task.replace('/0af1', '-other/0af1'), elsewhere)),
    teller.mayNot('run a task itself', call('ecs:RunTask', version(migrate.taskDefinition.family), inCluster)),
    teller.may('see how far its stack is', call('cloudformation:DescribeStacks', valueOf(stack.stackId))),
    teller.mayNot('see another stack', call('cloudformation:DescribeStacks', `${valueOf(stack.stackId).replace('stack/Stack', 'stack/Other')}`)),
    teller.mayNot('change its stack', call('cloudformation:UpdateStack', valueOf(stack.stackId))),
    ...both.map(({ logGroup, node }) => teller.may(`read the log of ${node.id}`, call('logs:GetLogEvents', stream(valueOf(logGroup.logGroupArn))))),
    teller.mayNot('read another log', call('logs:GetLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:other:log-stream:1`)),
    teller.mayNot('write the log of a task', call('logs:PutLogEvents', stream(valueOf(migrate.logGroup.logGroupArn)))),
    teller.may('write its own log', call('logs:CreateLogStream', stream(valueOf(fn.logGroup.logGroupArn))), call('logs:PutLogEvents', stream(valueOf(fn.logGroup.logGroupArn)))),
  ];

  const group = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;
  const takes = (role: { readonly roleArn: string }) => call('sts:AssumeRole', arnOf(role));
  const scheduling: AccessRule[] = [
    clock.may('start a task', call('states:StartExecution', machine)),
    clock.mayNot('start another machine', call('states:StartExecution', otherMachine)),
    clock.mayNot('stop a task', call('states:StopExecution', `${execution}:one`)),
    clock.may('keep what it could not start', call('sqs:SendMessage', deadLetters)),
    clock.mayNot('keep it over plain HTTP', overPlainHttp(call('sqs:SendMessage', deadLetters))),
    clock.mayNot('send to another queue', call('sqs:SendMessage', `${deadLetters}2`)),
    clock.mayNot('read what is kept', call('sqs:ReceiveMessage', deadLetters)),
    account.mayNot('read what is kept over plain HTTP', overPlainHttp(call('sqs:ReceiveMessage', deadLetters))),
  ];

  const trusting: AccessRule[] = [
    new Actor('Step Functions for a machine of the account', ...onBehalfOf('states.amazonaws.com', machine)).may('take the role of the machine', takes(roleIn('MachineRole'))),
    new Actor('Step Functions for another account', ...onBehalfOf('states.amazonaws.com', machine.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT)).mayNot('take the role of the machine', takes(roleIn('MachineRole'))),
    new Actor('Scheduler', ...onBehalfOf('scheduler.amazonaws.com', group)).may('take the role of the schedule', takes(roleIn('ScheduleRole', cleanup))),
    new Actor('Scheduler for another group', ...onBehalfOf('scheduler.amazonaws.com', `${group}2`)).mayNot('take the role of the schedule', takes(roleIn('ScheduleRole', cleanup))),
    new Actor('Scheduler for another account', ...onBehalfOf('scheduler.amazonaws.com', group, OTHER_ACCOUNT)).mayNot('take the role of the schedule', takes(roleIn('ScheduleRole', cleanup))),
    new Actor('Lambda', 'lambda.amazonaws.com').may('take the role of the function', takes(fn.role!)),
    new Actor('ECS', 'ecs-tasks.amazonaws.com').mayNot('take the role of the function', takes(fn.role!)),
    ...both.flatMap(({ taskDefinition: { taskRole, executionRole }, logGroup, node }) => [
      new Actor('ECS', ...onBehalfOf('ecs-tasks.amazonaws.com', `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/apps`)).may(`take the roles of ${node.id}`, takes(taskRole), takes(executionRole!)),
      new Actor('Lambda', 'lambda.amazonaws.com').mayNot(`take the role of ${node.id}`, takes(taskRole)),
      new Actor(`what starts ${node.id}`, arnOf(executionRole!)).may('write its log', ...['CreateLogStream', 'PutLogEvents'].map((action) => call(`logs:${action}`, stream(valueOf(logGroup.logGroupArn))))),
    ]),
  ];
  return { name: 'deploy tasks and scheduled tasks', template, rules: [...running, ...telling, ...scheduling, ...trusting] };
}

function stream(logGroupArn: string): string {
  return `${logGroupArn.replace(/:\*$/, '')}:log-stream:task/app/0af1`;
}

export const SCENES: Scene[] = [tasks()];
