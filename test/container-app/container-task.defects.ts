import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = []; // those of the whole app stand beside its tests

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/container-app/private/container-task.ts', [
    { name: 'a container may write its root file system', find: 'readonlyRootFilesystem: isReadOnly,', replace: '' },
    { name: 'a container has capabilities', find: 'parameters.dropCapabilities(...droppedCapabilities(kept));', replace: '' },
    { name: 'a container is privileged', find: 'privileged: false,\n    readonlyRootFilesystem: isReadOnly', replace: 'privileged: true,\n    readonlyRootFilesystem: isReadOnly' },
    { name: 'what has ended is not reaped', find: 'initProcessEnabled: true', replace: 'initProcessEnabled: false' },
    { name: 'the log stops the application', find: 'mode: ecs.AwsLogDriverMode.NON_BLOCKING, ', replace: '' },
    { name: 'the task role is for tasks of any account', find: "'ecs-tasks.amazonaws.com', { conditions: onlyForThisAccount(scope) })", replace: "'ecs-tasks.amazonaws.com')" },
    { name: 'a low port needs a capability', find: 'systemControls: systemControls(props.port),', replace: '' },
    { name: 'a task starts before its log is there', test: 'test/container-app/fargate-service.test.ts', find: 'taskDefinition.executionRole!, logGroup]', replace: 'taskDefinition.executionRole!]' },
    { name: 'a task starts before ECS may read its secrets', test: 'test/container-app/fargate-service.test.ts', find: 'taskDefinition.executionRole!, logGroup]', replace: 'logGroup]' },
    { name: 'the log router is taken for the application', test: 'test/container-app/container-logs.test.ts', find: 'return { taskDefinition, container, logGroup };', replace: 'return { taskDefinition, container: taskDefinition.findContainer(\'log-router\') ?? container, logGroup };' },
    { name: 'a setting is plain and secret', find: 'if (both !== undefined) throw', replace: 'if (both === undefined && false as boolean) throw' },
    { name: 'writable paths take all memory', find: '+ ofRouter < memoryMiB) return;', replace: '+ ofRouter < 2 * memoryMiB) return;' },
    { name: 'a stop time is longer than Fargate waits', find: 'least: 2, most: 120,', replace: 'least: 2, most: 121,' },
    { name: 'a shell is opened without a warning', find: 'if (props.enableExecuteCommand) warnOfExecuteCommand(scope);', replace: '' },
  ]),
  ...inFile('src/container-app/private/container-image.ts', [
    { name: 'an image for any processor is built', test: 'test/container-app/app-image.test.ts', find: 'known.platform === wanted.name) return;', replace: 'known.platform !== wanted.name) return;' },
    { name: 'the port of a registry is taken for a tag', test: 'test/container-app/app-image.test.ts', find: "text.split('/').pop()!.split(':')", replace: "text.split(':')" },
  ]),
  ...inFile('src/container-app/app-image.ts', [
    { name: 'an image is built for the machine that builds it', find: ', platform: platformOf(container.taskDefinition) }', replace: ' }' },
    { name: 'the context wins over a tag', find: 'digest ?? tag ?? tagOfContext(scope)', replace: 'digest ?? scope.node.tryGetContext(IMAGE_TAG) ?? tag ?? tagOfContext(scope)' },
  ]),
  ...inFile('src/container-app/private/fargate-size.ts', [
    { name: 'a size that Fargate has not', find: '8192: { least: 16 * GIB, most: 60 * GIB, step: 4 * GIB }', replace: '8192: { least: 16 * GIB, most: 60 * GIB, step: 2 * GIB }' },
    { name: 'the size that Fargate leaves out', find: 'mebibytes: 1536 }', replace: 'mebibytes: 1537 }' },
  ]),
  ...inFile('src/container-app/private/fargate-service.ts', [
    { name: 'a deployment resets the number of tasks', find: 'desiredCount: maximumTasks === undefined ? minimumTasks : undefined,', replace: 'desiredCount: minimumTasks,' },
    { name: 'a service has tasks too few in a deployment', find: 'minHealthyPercent = 100', replace: 'minHealthyPercent = 50' },
    { name: 'a failed deployment stays', find: 'circuitBreaker: { enable: true, rollback: true }', replace: 'circuitBreaker: { enable: true, rollback: false }' },
    { name: 'a service does not wait for deploy tasks', find: '...neededByTasks(task), app.deployTasks)', replace: '...neededByTasks(task))' },
    { name: 'a session writes any log', find: "'logs:PutLogEvents'], logGroupArn)", replace: "'logs:PutLogEvents'], '*')" },
    { name: 'tasks run in public subnets', find: 'subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS })', replace: 'subnetType: ec2.SubnetType.PUBLIC })' },
    { name: 'the spot of the profile has no effect', find: 'StageProfile.of(scope).spot ?', replace: '!StageProfile.of(scope) ?' },
  ]),
  ...inFile('src/container-app/service-capacity.ts', [
    { name: 'the minimum runs on spare capacity', test: 'test/container-app/fargate-service.test.ts', find: 'base: minimumTasks, weight: 0', replace: 'weight: 0' },
  ]),
  ...inFile('src/container-app/private/cluster.ts', [
    { name: 'a session is not logged', test: 'test/container-app/fargate-service.test.ts', find: "logging: 'OVERRIDE'", replace: "logging: 'NONE'" },
    { name: 'a cluster lacks spare capacity', test: 'test/container-app/fargate-service.test.ts', find: "['FARGATE', 'FARGATE_SPOT']", replace: "['FARGATE']" },
  ]),
];
