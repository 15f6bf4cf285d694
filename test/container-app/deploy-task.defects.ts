import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

const [TASK, SCHEDULED, MACHINE, REQUEST, END] = [
  'test/container-app/deploy-task.test.ts', 'test/container-app/scheduled-task.test.ts', 'test/container-app/task-machine.test.ts',
  'test/lambda/container-app/deploy-task/on-request.test.ts', 'test/lambda/container-app/deploy-task/on-end.test.ts',
];
const LAMBDA = 'lambda/container-app/deploy-task';

export const TEMPLATE_DEFECTS: TemplateDefect[] = []; // those of the whole app stand beside its tests

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/container-app/private/deploy-gate.ts', [
    { name: 'deploy tasks run at once', test: TASK, find: '...former ? [former] : []', replace: '...[]' },
    { name: 'services do not wait for deploy tasks', test: TASK, find: 'get dependencyRoots() { return runs; }', replace: 'get dependencyRoots() { return []; }' },
    { name: 'a deploy task runs before its roles may do anything', test: TASK, find: '...neededByTasks(task), task.taskDefinition', replace: 'task.taskDefinition' },
    { name: 'a deploy task runs before it is let in', test: TASK, find: ', ...rulesNaming(task.securityGroup)]', replace: ']' },
    { name: 'a deploy task runs before its subnets have a way out', test: TASK, find: 'task.securityGroup, internetConnectivityEstablished]', replace: 'task.securityGroup]' },
    { name: 'a deploy task runs again in each deployment', test: TASK, find: '{ image: task.container.imageName, entryPoint, command }', replace: '{ image: task.taskDefinition.taskDefinitionArn, entryPoint, command }' },
    { name: 'another command is not run', test: TASK, find: 'entryPoint, command }),', replace: 'entryPoint }),' },
    { name: 'CloudFormation gives up before the answer', test: TASK, find: 'serviceTimeout: timeout.plus(MARGIN)', replace: 'serviceTimeout: timeout' },
    { name: 'an internal service waits for the deploy task that uses it', test: TASK, find: 'first === -1 ? undefined : first', replace: 'undefined' },
    { name: 'the machine may run any task', test: 'test/checks/least-privilege.test.ts', find: "'task-definition', `${family}:*`", replace: "'task-definition', '*'" },
    { name: 'the machine may give any role', test: 'test/checks/least-privilege.test.ts', find: '[taskRole.roleArn, executionRole!.roleArn]', replace: "['*']" },
  ]),
  ...inFile('src/container-app/private/task-machine.ts', [
    { name: 'a deploy task runs on Spot', test: MACHINE, find: "'LaunchType': 'FARGATE',", replace: "'CapacityProviderStrategy': [{ CapacityProvider: 'FARGATE_SPOT' }]," },
    { name: 'what may have run is run twice', test: MACHINE, find: "const NOT_STARTED = ['AmazonECS.Unknown',", replace: "const NOT_STARTED = ['States.ALL'," },
    { name: 'a throttled start is not tried again', test: MACHINE, find: " 'ECS.AmazonECSException', 'ECS.InvalidParameterException',", replace: '' },
    { name: 'a failed task is not answered', test: MACHINE, find: "Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Report' }]", replace: "Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.failure', Next: 'Report' }]" },
    { name: 'a schedule runs the new version before the deploy tasks', test: MACHINE, find: "isVersionGiven ? { 'TaskDefinition.$': '$.taskDefinition' } : ", replace: '' },
    { name: 'a function that died once is not called again', test: MACHINE, find: "Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5", replace: "Retry: [{ ErrorEquals: ['Lambda.ServiceException'], IntervalSeconds: 5" },
  ]),
  ...inFile('src/container-app/private/one-off-task.ts', [
    { name: 'a task with an image of its own gets the secrets of the app', test: TASK, find: 'props.image || !inherited ? props', replace: '!inherited ? props' },
    { name: 'a secret of the app comes before a setting of the task', test: TASK, find: '...left(inherited.secrets), ...props.secrets', replace: '...inherited.secrets, ...props.secrets' },
    { name: 'a migration is killed after half a minute', test: TASK, find: 'Duration.seconds(120)', replace: 'Duration.seconds(30)' },
  ]),
  ...inFile('src/container-app/deploy-task.ts', [
    { name: 'a deploy task may take longer than CloudFormation waits', find: 'most: LONGEST_DEPLOY_TASK.toSeconds()', replace: 'most: 3600' },
    { name: 'what a deploy task uses is not there yet', find: 'this._startedBy = gate.runInDeployment(', replace: 'this._startedBy = undefined as any; gate.runInDeployment(' },
    {
      name: 'a deploy task uses a web service, which waits for it',
      test: 'test/container-app/container-app-with-alb.test.ts',
      find: 'bindings.forEach((binding) => this.requireBefore(binding));',
      replace: '',
    },
  ]),
  ...inFile('src/container-app/scheduled-task.ts', [
    { name: 'a schedule does not wait for deploy tasks', test: SCHEDULED, find: 'gate.neededBy(task), gate);', replace: 'gate.neededBy(task));' },
    { name: 'the queue of what could not be started takes plain HTTP', test: 'test/checks/least-privilege.test.ts', find: 'enforceSSL: true, ', replace: '' },
    { name: 'what could not be started is lost', test: SCHEDULED, find: 'deadLetterConfig: { arn: this.deadLetterQueue.queueArn },', replace: '' },
  ]),
  ...inFile(`${LAMBDA}/on-request.ts`, [
    { name: 'a rollback runs the old migration', test: REQUEST, find: '/ROLLBACK/.test(await dependencies.stacks.statusOf(event.StackId))', replace: '/ROLLBACK_COMPLETE/.test(await dependencies.stacks.statusOf(event.StackId))' },
    { name: 'a deployment that changes nothing runs the task', test: REQUEST, find: 'triggerOf(event.OldResourceProperties) === triggerOf(event.ResourceProperties)', replace: "triggerOf(event.OldResourceProperties) === ''" },
    { name: 'a repeated event runs the task twice', test: REQUEST, find: '`${prefixOf(event)}${event.RequestId}`', replace: '`${prefixOf(event)}${Math.random()}`' },
    { name: 'a rollback stops what people started', test: REQUEST, find: '(execution) => execution.startsWith(prefixOf(event))', replace: '() => true' },
    { name: 'a teardown fails where nothing can be stopped', test: REQUEST, find: "logger.warn('could not stop what still runs', error as Error);", replace: 'throw error;' },
    { name: 'a permission that is not there yet fails the first deployment', test: REQUEST, find: 'const PERMISSION_PAUSES = 12;', replace: 'const PERMISSION_PAUSES = 0;' },
  ]),
  ...inFile(`${LAMBDA}/handler.ts`, [
    { name: 'what fails at the start is not answered', test: REQUEST, find: '(error as Error).message}`.slice(0, 2_000);', replace: '(error as Error).message}`; throw error;' },
  ]),
  ...inFile(`${LAMBDA}/run.ts`, [
    { name: 'a task that failed in an emulator is a success', test: END, find: '!failure && exitCode === 0', replace: '!failure' },
    { name: 'the exit code of a sidecar counts', test: END, find: 'containers.find(({ name }) => name === settings.container) ?? ', replace: '' },
  ]),
  ...inFile(`${LAMBDA}/on-end.ts`, [
    { name: 'a task whose time is up runs on', test: END, find: 'ending.timedOut && settings ? ', replace: 'ending.timedOut && settings && false as boolean ? ' },
    { name: 'a timeout stops what people started', test: END, find: '(group) => group === execution', replace: '() => true' },
  ]),
  ...inFile(`${LAMBDA}/failure-text.ts`, [
    { name: 'passwords are in the events of the stack', test: END, find: "'$1:***@'", replace: "'$&'" },
    { name: 'a password with a slash is in the events of the stack', test: END, find: ':\\S*@/g', replace: ':[^\\s/@]*@/g' },
  ]),
  ...inFile(`${LAMBDA}/response.ts`, [
    { name: 'an answer is too long for CloudFormation', test: END, find: 'const MOST_BYTES = 4096;', replace: 'const MOST_BYTES = 8192;' },
  ]),
];
