import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DeployTask } from '../../src/container-app/deploy-task';
import { DeployGate } from '../../src/container-app/private/deploy-gate';
import { ScheduledTask } from '../../src/container-app/scheduled-task';
import type { ScheduledTaskProps } from '../../src/container-app/task-props';
import { DatabaseEngine, EncryptedDatabase } from '../../src/database';

const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');
const DAILY = ScheduleExpression.rate(Duration.days(1));

function make() {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const gate = new DeployGate(stack, 'DeployTasks', { vpc, cluster });
  const options = { app: { vpc, cluster, deployTasks: gate }, gate, image: IMAGE };
  const add = (props: Partial<ScheduledTaskProps> = {}, id = 'Cleanup') => ScheduledTask._create(stack, id, { ...options, props: Object.freeze({ schedule: DAILY, ...props }) });
  const addDeployTask = (id: string) => DeployTask._create(stack, id, { ...options, props: {} });
  const scheduleIn = (resources: Record<string, any>) => Object.values(resources).find(({ Type }) => Type === 'AWS::Scheduler::Schedule');
  return {
    stack,
    vpc,
    gate,
    add,
    addDeployTask,
    get resources() { return Template.fromStack(stack).toJSON().Resources as Record<string, any>; },
    get schedule() { return scheduleIn(this.resources); },
  };
}

test('a scheduled task is started by its name and its version, for an hour, and what cannot be started is kept', () => {
  const made = make();
  const cleanup = made.add({ schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_PARIS }) });
  expect(made.schedule.Properties).toMatchObject({
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Paris',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: { Ref: expect.stringMatching(/^DeployTasksMachine/) },
      Input: { 'Fn::Join': ['', ['{"task":"Cleanup","taskDefinition":"', { Ref: expect.stringMatching(/^CleanupTask/) }, '"}']] },
      RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: made.stack.resolve(cleanup.deadLetterQueue.queueArn) },
    },
  });
  Template.fromStack(made.stack).hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 24 * 3600 });
});

test('a schedule waits for the deploy tasks, which run before anything has the new version, and for what its task needs', () => {
  const made = make();
  const database = new EncryptedDatabase(made.stack, 'Database', { vpc: made.vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
  made.add({ uses: [database.binding({ url: 'DATABASE_URL' })] });
  made.addDeployTask('Migrate');
  const { resources } = made;
  const ids = (type: string, pattern: RegExp) => Object.keys(resources).filter((id) => pattern.test(id) && resources[id].Type === type);
  const needed = [
    ids('Custom::DeployTask', /^Migrate/), ids('AWS::RDS::DBInstance', /^Database/), ids('AWS::EC2::SecurityGroupIngress', /CleanupSecurityGroup/),
    ids('AWS::IAM::Policy', /^CleanupExecutionRoleDefaultPolicy/), ids('AWS::IAM::Policy', /^CleanupScheduleRoleDefaultPolicy/), ids('AWS::StepFunctions::StateMachine', /^DeployTasks/),
  ];
  for (const found of needed) expect(found).toHaveLength(1);
  expect(made.schedule.DependsOn).toEqual(expect.arrayContaining(needed.flat()));
});

test('deploy tasks wait for no schedule, and services for none either', () => {
  const made = make();
  made.add();
  made.addDeployTask('Migrate');
  const { resources } = made;
  const run = Object.values(resources).find(({ Type }) => Type === 'Custom::DeployTask');
  expect(run.DependsOn).not.toEqual(expect.arrayContaining([expect.stringMatching(/Schedule/)]));
});

test.each([[undefined, 3600], [Duration.hours(24), 86_400]])('a scheduled task is stopped when its time is up (%#)', (timeout, seconds) => {
  const made = make();
  made.add({ timeout });
  expect(JSON.stringify(made.resources)).toContain(`\\"TimeoutSeconds\\":${seconds},`);
});

test('its fields are those of other tasks, and what it uses may come later', () => {
  const made = make();
  const cleanup = made.add();
  cleanup.use({ bind: (target) => target.addSetting('A', 'b', 'a test') });
  expect(made.stack.resolve((cleanup.taskDefinition.node.defaultChild as any).containerDefinitions)[0]).toMatchObject({ environment: [{ name: 'A', value: 'b' }], stopTimeout: 120 });
  expect(cleanup.stateMachine).toBe(made.gate.machine);
  expect(cleanup.connections.securityGroups).toEqual([cleanup.securityGroup]);
  expect(cleanup._inheritsSettings).toBe(true);
  expect(cleanup.alarms).toHaveLength(1);
  expect(cleanup.schedule.scheduleName).toBeDefined();
});

test.each<[object, string]>([
  [{ timeout: Duration.hours(25) }, "'timeout' must be a whole number of seconds between 1 and 86400, got 90000"],
  [{ schedule: undefined }, "'schedule' must be a scheduler.ScheduleExpression"],
  [{ schedule: ScheduleExpression.expression('every day') }, "'schedule' must be at(…), cron(…) or rate(…), got 'every day': write ScheduleExpression.rate(Duration.hours(1)) or the like"],
  [{ schedule: 'rate(1 day)' }, "'schedule' must be a scheduler.ScheduleExpression"],
])('fails at once: %p', (props, message) => {
  expect(() => make().add(props as ScheduledTaskProps)).toThrow(`Stack/Cleanup: ${message}`);
});

test('an id that nobody could start it by fails at once', () => {
  expect(() => make().add({}, 'clean up')).toThrow("got 'clean up'");
});
