import { Duration, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsSolutionsChecks } from 'cdk-nag';
import { containerOf, Part } from './setup';
import { BindingTarget } from '../../src/binding/binding-target';
import { acknowledgeUses, ContainerTaskProps } from '../../src/container-app/private/container-task';
import { RootFilesystem } from '../../src/container-app/root-filesystem';
import { StageProfile } from '../../src/stage/stage-profile';
import { Actor, brokenRules, call, onBehalfOf, unprovenParts, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';

function container(props?: Partial<ContainerTaskProps>): Record<string, any> {
  const part = new Part();
  part.task(props);
  return containerOf(part.template);
}

function making(props: Partial<ContainerTaskProps>): () => unknown {
  return () => new Part().task(props);
}

describe('a container', () => {
  test('writes nothing but /tmp, which is in memory', () => {
    expect(container()).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', Size: 64, MountOptions: ['rw', 'exec', 'nodev', 'nosuid'] }] },
    });
  });

  test('has no privileges and no capabilities, and an init process', () => {
    expect(container()).toMatchObject({ Privileged: false, LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } } });
    expect(container().LinuxParameters.Capabilities.Add).toBeUndefined();
  });

  test('runs as the user of the image, unless another is given', () => {
    expect(container().User).toBeUndefined();
    expect(container({ user: '1000:1000' }).User).toBe('1000:1000');
  });

  test('writes the paths that are given, and no other', () => {
    expect(container({ writablePaths: ['/var/run', '/app/cache'] }).LinuxParameters.Tmpfs.map((each: any) => each.ContainerPath)).toEqual(['/var/run', '/app/cache']);
    expect(container({ writablePaths: [] }).LinuxParameters.Tmpfs ?? []).toEqual([]);
  });

  test('writes its root file system by choice, and then needs no memory for that', () => {
    const writable = container({ rootFilesystem: RootFilesystem.writable() });
    expect(writable.ReadonlyRootFilesystem).toBe(false);
    expect(writable.LinuxParameters.Tmpfs ?? []).toEqual([]);
    expect(container({ rootFilesystem: RootFilesystem.writable(), writablePaths: ['/tmp'] }).LinuxParameters.Tmpfs).toHaveLength(1);
  });

  test('has 30 seconds to stop, unless it is given others', () => {
    expect(container().StopTimeout).toBe(30);
    expect(container({ stopTimeout: Duration.seconds(120) }).StopTimeout).toBe(120);
  });

  test('has its command, entry point and directory in place of those of the image', () => {
    expect(container({ command: ['run', '--fast'], entryPoint: ['/bin/app'], workingDirectory: '/srv' })).toMatchObject({
      Command: ['run', '--fast'], EntryPoint: ['/bin/app'], WorkingDirectory: '/srv',
    });
  });

  test('listens on a named port, and on a low one without a capability', () => {
    expect(container({ port: 8080 })).toMatchObject({ Name: 'app', PortMappings: [{ ContainerPort: 8080, Name: 'app', Protocol: 'tcp' }] });
    expect(container({ port: 1024 }).SystemControls).toBeUndefined();
    expect(container({ port: 1023 }).SystemControls).toEqual([{ Namespace: 'net.ipv4.ip_unprivileged_port_start', Value: '0' }]);
    expect(container().SystemControls).toBeUndefined();
    expect(container().PortMappings).toBeUndefined();
  });

  test('goes on where CloudWatch does not answer', () => {
    const part = new Part();
    part.task();
    const [logGroup] = Object.keys(part.template.findResources('AWS::Logs::LogGroup'));
    expect(containerOf(part.template).LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': { Ref: logGroup },
        'awslogs-region': { Ref: 'AWS::Region' },
        'awslogs-stream-prefix': 'task',
        'mode': 'non-blocking',
        'max-buffer-size': `${25 * 1024 * 1024}b`,
      },
    });
  });
});

describe('a task', () => {
  test('says what it runs on', () => {
    const part = new Part();
    part.task({ cpu: 1024, memory: Size.gibibytes(3), cpuArchitecture: ecs.CpuArchitecture.ARM64, ephemeralStorage: Size.gibibytes(50) });
    part.template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '1024', Memory: '3072', RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' }, EphemeralStorage: { SizeInGiB: 50 }, NetworkMode: 'awsvpc',
    });
  });

  test('is the smallest that Fargate has by default, on x86-64', () => {
    const part = new Part();
    part.task();
    part.template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '256', Memory: '512', RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' }, EphemeralStorage: Match.absent(),
    });
  });

  test.each([
    ['as the profile says', StageProfile.ephemeral(), {}, { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' }],
    ['as the props say', StageProfile.ephemeral(), { logRetention: RetentionDays.TWO_YEARS, logRemovalPolicy: RemovalPolicy.RETAIN }, { Properties: { RetentionInDays: 731 }, DeletionPolicy: 'Retain' }],
  ])('keeps logs %s', (_, profile, props, expected) => {
    const part = new Part();
    profile.applyTo(part.stack);
    part.task(props);
    part.template.hasResource('AWS::Logs::LogGroup', expected);
  });
});

test('settings are those given, and no others', () => {
  const part = new Part();
  const secret = new Secret(part.stack, 'Secret');
  part.task({ environment: { STAGE: 'review' }, secrets: { TOKEN: ecs.Secret.fromSecretsManager(secret, 'token') } });
  const { Environment, Secrets } = containerOf(part.template);
  expect(Environment).toEqual([{ Name: 'STAGE', Value: 'review' }]);
  expect(Secrets.map((each: any) => each.Name)).toEqual(['TOKEN']);
});

test('a binding does not set what the props set', () => {
  const part = new Part();
  const { container: made } = part.task({ environment: { STAGE: 'review' } });
  const target = BindingTarget.container(made, { connections: { securityGroups: [] } } as any);
  expect(() => target.addSetting('STAGE', 'live', 'App/Queue.binding()')).toThrow(
    "the setting 'STAGE' is set twice, first by the container's own environment and then by App/Queue.binding(): give one of them another name",
  );
});

test.each<[string, Partial<ContainerTaskProps>, string]>([
  ['a name that is set twice', { environment: { A: '1' }, secrets: { A: {} as ecs.Secret } }, "the setting 'A' is set twice, by 'environment' and by 'secrets'"],
  ['a name with a space', { environment: { 'A B': '1' } }, "'name' of a setting must be at least one character, and no spaces and no '=', got 'A B'"],
  ['a stop time above that of Fargate', { stopTimeout: Duration.seconds(121) }, "'stopTimeout' must be a whole number of seconds between 2 and 120, got 121"],
  ['a stop time below that of Fargate', { stopTimeout: Duration.seconds(1) }, 'got 1'],
  ['a disk that every task has', { ephemeralStorage: Size.gibibytes(20) }, "'ephemeralStorage' must be a whole number of GiB between 21 and 200, got 20: leave it out"],
  ['a disk that is too large', { ephemeralStorage: Size.gibibytes(201) }, 'got 201'],
  ['a port that does not exist', { port: 65_536 }, "'port' must be a whole number between 1 and 65535, got 65536"],
  ['a user with a space', { user: 'a b' }, "'user' must be a user or a user and a group, such as 1000 or 1000:1000, got 'a b'"],
  ['a relative directory', { workingDirectory: 'app' }, "'workingDirectory' must be an absolute path, got 'app'"],
  ['a relative path', { writablePaths: ['tmp'] }, "'writablePaths' must be a list of absolute paths below the root, such as /tmp, got 'tmp'"],
  ['the root', { writablePaths: ['/'] }, "got '/'"],
  ['a path that leads up', { writablePaths: ['/tmp/../etc'] }, "got '/tmp/../etc'"],
  ['a path twice', { writablePaths: ['/tmp', '/tmp'] }, "'writablePaths' must name each path once, got '/tmp' twice"],
  ['a list of paths that is a token', { writablePaths: Token.asList({ Ref: 'Paths' }) }, "'writablePaths' must be a list known at synthesis, got a token"],
  ['a path of the kernel', { writablePaths: ['/proc'] }, "'writablePaths' must not have '/proc', which the kernel provides: leave it out"],
  ['a path in one of the kernel', { writablePaths: ['/sys/fs'] }, "must not have '/sys/fs'"],
  ['all devices', { writablePaths: ['/dev'] }, "must not have '/dev'"],
  ['a processor that Fargate has not', { cpuArchitecture: ecs.CpuArchitecture.of('RISCV64') }, "'cpuArchitecture' must be ecs.CpuArchitecture.X86_64 or ecs.CpuArchitecture.ARM64, got RISCV64"],
  ['paths that take all memory', { writablePaths: ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'] }, "must leave memory for the application, got 8 paths with 64 MiB each and 'memory' of 512 MiB"],
  ['a size that Fargate has not', { cpu: 256, memory: Size.gibibytes(16) }, "App/Web: 'memory' must be 512 MiB, 1 GiB, 2 GiB"],
])('refuses %s', (_, props, text) => {
  expect(making(props)).toThrow(text);
});

test('names and dots in paths pass, and so do tokens', () => {
  expect(making({
    writablePaths: ['/home/me/.cache', '/var/..data', '/dev/shm', '/process', Token.asString({ Ref: 'Path' })],
    workingDirectory: Token.asString({ Ref: 'Path' }),
    user: Token.asString({ Ref: 'User' }),
    stopTimeout: Duration.seconds(Token.asNumber({ Ref: 'Seconds' })),
    memory: Size.mebibytes(Token.asNumber({ Ref: 'Memory' })),
  })).not.toThrow();
});

describe('ECS Exec', () => {
  test('makes the root file system writable, with one warning', () => {
    const part = new Part();
    part.task({ enableExecuteCommand: true });
    expect(containerOf(part.template)).toMatchObject({ ReadonlyRootFilesystem: false, LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp' }] } });
    const warnings = part.warnings();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('[ack: cdk-mainstay:ContainerAppWithAlb.ExecuteCommand]');
  });

  test('is off, without a warning', () => {
    const part = new Part();
    part.task();
    expect(part.warnings()).toEqual([]);
  });
});

test('roles may do what the task needs, and nothing else', async () => {
  const part = new Part();
  const { stack } = part;
  const [used, other] = ['Used', 'Other'].map((id) => new Secret(stack, id));
  const parameter = StringParameter.fromSecureStringParameterAttributes(stack, 'Parameter', { parameterName: '/app/token' });
  const [pulled, unpulled] = ['Pulled', 'Unpulled'].map((id) => new ecr.Repository(stack, id));
  const task = part.task({
    image: ecs.ContainerImage.fromEcrRepository(pulled, '1.4.0'),
    secrets: { PASSWORD: ecs.Secret.fromSecretsManager(used), TOKEN: ecs.Secret.fromSsmParameter(parameter) },
  });

  const { template, valueOf } = valuesOf(stack);
  const { taskRole, executionRole } = task.taskDefinition;
  const ecsItself = new Actor('ECS', valueOf(executionRole!.roleArn));
  const application = new Actor('the application', valueOf(taskRole.roleArn));
  const streams = valueOf(task.logGroup.logGroupArn).replace(/:\*$/, ':log-stream:task/app/1');
  const parameterArn = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/app/token`;
  const pulls = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
  const rules = [
    ecsItself.may('write the log', call('logs:CreateLogStream', streams), call('logs:PutLogEvents', streams)),
    ecsItself.may('pull the image', call('ecr:GetAuthorizationToken', '*'), ...pulls.map((action) => call(action, valueOf(pulled.repositoryArn)))),
    ecsItself.may('read the secrets', ...['GetSecretValue', 'DescribeSecret'].map((action) => call(`secretsmanager:${action}`, valueOf(used.secretArn)))),
    ecsItself.may('read the parameter', ...['GetParameter', 'GetParameters', 'GetParameterHistory'].map((action) => call(`ssm:${action}`, parameterArn))),
    ecsItself.mayNot('read another secret', call('secretsmanager:GetSecretValue', valueOf(other.secretArn))),
    ecsItself.mayNot('pull another image', call('ecr:BatchGetImage', valueOf(unpulled.repositoryArn))),
    ecsItself.mayNot('push an image', call('ecr:PutImage', valueOf(pulled.repositoryArn))),
    ecsItself.mayNot('read the log', call('logs:GetLogEvents', streams)),
    application.mayNot('read the secrets itself', call('secretsmanager:GetSecretValue', valueOf(used.secretArn))),
    application.mayNot('write the log', call('logs:PutLogEvents', streams)),
  ];
  const [ofTasks, ofOthers] = [ACCOUNT, '999999999999'].map((account) => onBehalfOf('ecs-tasks.amazonaws.com', `arn:aws:ecs:${REGION}:${account}:cluster/one`, account));
  const trust = [
    new Actor('ECS for tasks of the account', ...ofTasks).may('take the task role', call('sts:AssumeRole', valueOf(taskRole.roleArn))),
    new Actor('ECS for tasks of another account', ...ofOthers).mayNot('take the task role', call('sts:AssumeRole', valueOf(taskRole.roleArn))),
    new Actor('ECS', ...ofTasks).may('take the execution role', call('sts:AssumeRole', valueOf(executionRole!.roleArn))),
  ];
  expect(await brokenRules([...rules, ...trust], template)).toEqual([]);
  // CDK allows it to ECS, which never asks: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
  const unproven = await unprovenParts({ name: 'a task', template, rules: [...rules, ...trust] });
  expect(unproven.filter((each) => !each.startsWith('ssm:DescribeParameters'))).toEqual([]);
});

test('rule packs find nothing that has no reason', () => {
  const part = new Part();
  const repository = ecr.Repository.fromRepositoryName(part.stack, 'Repository', 'web');
  const { container: made } = part.task({ image: ecs.ContainerImage.fromEcrRepository(repository, '1.4.0') });
  made.addEnvironment('STAGE', 'review');
  acknowledgeUses(made);
  acknowledgeUses(made);
  expect(new AwsSolutionsChecks().validateScope(part.stack.node.root as never).violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

test('nothing is acknowledged that is not there', () => {
  const part = new Part();
  const { taskDefinition } = part.task();
  expect(taskDefinition.node.metadata.filter(({ data }) => JSON.stringify(data).includes('ECS2'))).toEqual([]);
  expect(Stack.of(taskDefinition).resolve(taskDefinition.executionRole!.node.metadata.filter(({ data }) => JSON.stringify(data).includes('IAM5')))).toEqual([]);
});

describe('capabilities that are kept', () => {
  test('are those that are not dropped', () => {
    const { LinuxParameters } = container({ keepCapabilities: [ecs.Capability.CHOWN, ecs.Capability.SETGID, ecs.Capability.SETUID] });
    expect(LinuxParameters.Capabilities.Drop).toEqual([
      'AUDIT_WRITE', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_RAW', 'SETFCAP', 'SETPCAP', 'SYS_CHROOT',
    ]);
  });

  test('are some that Docker gives', () => {
    expect(making({ keepCapabilities: [ecs.Capability.SYS_ADMIN] })).toThrow("'keepCapabilities' must be of AUDIT_WRITE, CHOWN");
  });
});
