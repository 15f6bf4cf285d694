import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { network } from './container-app-with-alb';
import { AppImage, Binding, ContainerAppWithAlb, FromComposeProps, RootFilesystem } from '../../src';

const SHOP = join(__dirname, '..', 'compose', 'files', 'shop.yaml');

const folder = mkdtempSync(join(tmpdir(), 'compose-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** A file with this text, from which an app is made. */
function imported(text: string, props: Partial<FromComposeProps> = {}) {
  files += 1;
  const file = join(folder, `compose-${files}.yaml`);
  writeFileSync(file, text);
  return shopOf({ file, ...props });
}

function shopOf(props: Partial<FromComposeProps> & { file: string }) {
  const stack = new Stack(new App(), 'Stack');
  const app = ContainerAppWithAlb.fromCompose(stack, 'Shop', { vpc: network(stack), ...props });
  return { app, stack, template: () => Template.fromStack(stack) };
}

/** What is wrong with a file, a line each, without the place of the folder. */
function problemsOf(text: string, props: Partial<FromComposeProps> = {}): string[] {
  try {
    imported(text, props);
  } catch (error) {
    return (error as Error).message.split('\n').slice(1).map((line) => line.trim().replace(/^compose-\d+\.yaml:/, ''));
  }
  return [];
}

const WEB = 'services:\n  web:\n    image: example/web:1\n    ports: ["80:8000"]\n';

const SECRETS = (stack: Stack) => ({ SECRET_KEY: ecs.Secret.fromSecretsManager(Secret.fromSecretNameV2(stack, 'Django', 'shop/django')) });

describe('a whole file', () => {
  const stack = new Stack(new App(), 'Stack');
  const props = { vpc: network(stack), file: SHOP, variables: { TAG: '1.2.3' }, pathPatterns: { api: ['/api/*'] }, secrets: SECRETS(stack) };
  const app = ContainerAppWithAlb.fromCompose(stack, 'Shop', props);
  const template = Template.fromStack(stack);

  test('becomes web services, an internal service, a worker and a deploy task', () => {
    expect(app.node.children.map(({ node: { id } }) => id)).toEqual(expect.arrayContaining(['Web', 'Api', 'Worker', 'Migrate', 'Search']));
    expect(app.node.tryFindChild('Debug')).toBeUndefined();
    template.resourceCountIs('AWS::ECS::Service', 4);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: 8000, HealthCheckPath: '/health/' });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', { Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }] });
    template.resourceCountIs('AWS::EFS::AccessPoint', 1);
  });

  test('has settings, of files and variables, too, and secrets where they are given', () => {
    const settings = Object.fromEntries(app.settings.map(({ service, name, value, isSecret }: any) => [`${service} ${name}`, isSecret ? 'secret' : value]));
    expect(Object.keys(settings).length).toBeGreaterThan(8);
    const container = (command: unknown) => Match.objectLike({ ContainerDefinitions: Match.arrayWith([Match.objectLike(command as object)]) });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', container({
      Image: 'ghcr.io/example/api:1.2.3',
      Environment: [{ Name: 'API_MODE', Value: 'fast' }, { Name: 'TAG_SHOWN', Value: '1.2.3' }],
      User: '1000:1000',
      WorkingDirectory: '/srv',
    }));
    template.hasResourceProperties('AWS::ECS::TaskDefinition', container({
      Command: ['celery', '-A', 'shop', 'worker'],
      Environment: Match.arrayWith([{ Name: 'QUEUE', Value: '$default' }]),
      Secrets: [Match.objectLike({ Name: 'SECRET_KEY' })],
    }));
  });

  test('has the size that is at least as large, health check, stop time and number of tasks', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '1024',
      Memory: '2048',
      ContainerDefinitions: Match.arrayWith([Match.objectLike({
        Command: ['gunicorn', 'shop.wsgi:application', '--bind', '0.0.0.0:8000'],
        HealthCheck: { Command: ['CMD-SHELL', 'curl --fail http://localhost:8000/health/ || exit 1'], Interval: 30, Timeout: 5, Retries: 3, StartPeriod: 60 },
        StopTimeout: 45,
        ReadonlyRootFilesystem: true,
      })]),
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 3 });
  });

  test('lets those reach the internal service that name it, and nobody else', () => {
    const ports = template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: 9200 } });
    const sources = Object.values(ports).map(({ Properties }) => JSON.stringify(Properties.SourceSecurityGroupId));
    expect(sources.filter((source) => /ShopWeb/.test(source))).toHaveLength(1);
    expect(sources.filter((source) => /ShopWorker/.test(source))).toHaveLength(1);
    expect(sources.filter((source) => /ShopApi/.test(source))).toEqual([]);
  });

  test('warns once of what has no effect, with its place', () => {
    const warnings = Annotations.fromStack(stack).findWarning('/Stack/Shop', Match.stringLikeRegexp('has no effect'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0].entry.data).toContain('shop.yaml:4:3: services.web.logging: it has no effect: logs go to CloudWatch');
  });
});

describe('is the same as written by hand', () => {
  const cases: [string, string, (app: ContainerAppWithAlb, stack: Stack) => void, object][] = [
    ['a web service', WEB, () => undefined, { port: 8000 }],
    ['its size', `${WEB}    deploy: { resources: { limits: { cpus: '1', memory: 2g } } }\n`, () => undefined, { port: 8000, cpu: 1024, memory: Size.gibibytes(2) }],
    ['its settings', `${WEB}    environment: { A: 1, B: "two" }\n`, () => undefined, { port: 8000, environment: { A: '1', B: 'two' } }],
    ['a list of settings', `${WEB}    environment: ["A=1=2", "B="]\n`, () => undefined, { port: 8000, environment: { A: '1=2', B: '' } }],
    ['a root file system that can be written', `${WEB}    read_only: false\n`, () => undefined, { port: 8000, rootFilesystem: RootFilesystem.writable() }],
    ['paths in memory', `${WEB}    tmpfs: /run\n    volumes: [/cache]\n`, () => undefined, { port: 8000, writablePaths: ['/tmp', '/run', '/cache'] }],
    ['a user, a directory and a stop time', `${WEB}    user: "5"\n    working_dir: /a\n    stop_grace_period: 1m30s\n`, () => undefined, {
      port: 8000, user: '5', workingDirectory: '/a', stopTimeout: Duration.seconds(90),
    }],
    ['a worker', `${WEB}  jobs: { image: "example/jobs:2", command: run --all }\n`, (app) => app.addWorker('Jobs', {
      image: AppImage.registry('example/jobs:2'), command: ['run', '--all'],
    }), { port: 8000 }],
    ['an internal service', `${WEB}  cache-server: { image: "example/cache:2", expose: ["7000"] }\n`, (app) => app.addInternalService('CacheServer', {
      name: 'cache-server', port: 7000, image: AppImage.registry('example/cache:2'),
    }), { port: 8000 }],
    ['capabilities, a processor and an entry point', `${WEB}    cap_add: [CAP_CHOWN]\n    platform: linux/arm64\n    entrypoint: ["/run.sh"]\n`, () => undefined, {
      port: 8000, keepCapabilities: [ecs.Capability.CHOWN], cpuArchitecture: ecs.CpuArchitecture.ARM64, entryPoint: ['/run.sh'],
    }],
  ];

  test.each(cases)('%s', (_, text, more, props) => {
    const stack = new Stack(new App(), 'Stack');
    more(new ContainerAppWithAlb(stack, 'Shop', { vpc: network(stack), image: AppImage.registry('example/web:1'), ...props }), stack);
    expect(imported(text).template().toJSON()).toEqual(Template.fromStack(stack).toJSON());
  });
});

describe('says what is wrong, with file, line, column and key', () => {
  test.each<[string, string, string, Partial<FromComposeProps>?]>([
    ['a key that is misspelt', `${WEB}    enviroment: {}\n`, "5:5: services.web.enviroment: Compose has no such key: did you mean 'environment'?"],
    ['a bind mount', `${WEB}    volumes: ["./data:/data"]\n`, "5:15: services.web.volumes: './data' is a file or directory of a machine, and Fargate has none"],
    ['a named volume of a web service', `${WEB}    volumes: ["d:/data"]\nvolumes: { d: }\n`, "5:15: services.web.volumes: 'd' outlives its tasks"],
    ['privileged', `${WEB}    privileged: true\n`, '5:5: services.web.privileged: it is not supported: Fargate runs no privileged containers'],
    ['UDP', `${WEB}  dns: { image: a, ports: ["53:53/udp"] }\n`, '5:28: services.dns.ports: an Application Load Balancer and ECS Service Connect speak TCP only'],
    ['a range of ports', `${WEB}  a: { image: a, ports: ["3000-3005"] }\n`, '5:26: services.a.ports: ranges are not supported'],
    ['a database', `${WEB}  db: { image: "postgres:17" }\n`, '5:16: services.db.image: postgres:17 keeps its data in a container: create an EncryptedDatabase'],
    ['a cache', `${WEB}  c: { image: "docker.io/valkey/valkey:9@sha256:00" }\n`, 'create an EncryptedCache'],
    ['a queue', `${WEB}  q: { image: rabbitmq }\n`, 'create a SecureQueue'],
    ['a variable that nothing supplies', `${WEB}    user: \${NOBODY}\n`, "5:11: services.web.user: nothing supplies the variable 'NOBODY': give it by 'variables'"],
    ['a demand of the file', `${WEB}    user: \${NOBODY:?ask Ann}\n`, 'the file says: ask Ann'],
    ['a service that waits for none', `${WEB}    depends_on: [wbe]\n`, "5:18: services.web: the file has no service 'wbe': did you mean 'web'?"],
    ['a stop time that ECS does not wait', `${WEB}    stop_grace_period: 3m\n`, '5:24: services.web.stop_grace_period: must be at most 120 s'],
    ['a size that Fargate lacks', `${WEB}    cpus: 64\n`, 'Fargate has no task of 65536 CPU units'],
    ['an interval that ECS refuses', `${WEB}    healthcheck: { test: ["CMD", "a"], interval: 10m }\n`, 'must be at most 300, which ECS accepts, got 600'],
    ['a processor that Fargate lacks', `${WEB}    platform: windows/amd64\n`, 'must be one of linux/amd64'],
    ['a capability that Fargate does not give', `${WEB}    cap_add: [NET_ADMIN]\n`, 'Fargate gives no others than'],
    ['a secret in a file', `${WEB}    secrets: [key]\nsecrets: { key: { file: key.txt } }\n`, 'secrets.key: only secrets of Secrets Manager are used'],
    ['a secret that the file does not have', `${WEB}    secrets: [key]\n`, "the file has no secret 'key'"],
    ['an environment file that is not there', `${WEB}    env_file: gone.env\n`, "'gone.env' cannot be read (ENOENT)"],
    ['a directory that is not there', 'services:\n  web: { build: ./gone, ports: [80] }\n', '2:17: services.web.build: there is no directory'],
    ['no port', 'services:\n  web: { image: a }\n', 'no service of the file has a published port'],
    ['no service', 'services: {}\n', 'there is none, so there is nothing to run'],
    ['neither image nor build', 'services:\n  web: { ports: [80] }\n', "'image' or 'build' must be given"],
    ['a name that is no host', `${WEB}  my_api: { image: a, expose: [80] }\n`, 'others reach it by its name'],
    ['a map where a list goes', `${WEB}    profiles: { a: 1 }\n`, 'services.web.profiles: must be a list'],
    ['a list where a map goes', 'services: [a]\n', 'services: must be a map of keys and values'],
    ['a prop that names no service', WEB, "'leaveOut' names the service 'wep', and the file has web: did you mean 'web'?", { leaveOut: ['wep'] }],
    ['a web service that is not there', WEB, "'web' names the service 'api'", { web: 'api' }],
    ['a path for a service without a port', `${WEB}  api: { image: a }\n`, 'the file does not say on which port', { pathPatterns: { api: ['/api*'] } }],
    ['no YAML', 'services: [', 'Flow sequence'],
  ])('%s', (_, text, problem, ...[props]) => {
    const problems = problemsOf(text, props);
    expect(problems.filter((line) => line.includes(problem))).toHaveLength(1);
  });

  test('all problems at once, after the path of the construct', () => {
    expect(problemsOf(`${WEB}    privileged: true\n    ipc: host\n    nonsense: 1\n`)).toHaveLength(3);
    expect(() => imported(`${WEB}    ipc: host\n`)).toThrow(/^Stack\/Shop: the compose file cannot become a ContainerAppWithAlb:\n/);
  });

  test('a file that is not there, and a token for one', () => {
    expect(() => shopOf({ file: 'gone.yaml' })).toThrow("Stack/Shop: 'file' must be the path of a compose file, got 'gone.yaml', which cannot be read (ENOENT)");
    expect(() => shopOf({ file: undefined as any })).toThrow("ContainerAppWithAlb.fromCompose: 'file' of 'props' must be a string, got nothing");
  });

  test('a secret that no service has', () => {
    const secret = ecs.Secret.fromSecretsManager(Secret.fromSecretNameV2(new Stack(), 'Secret', 'a'));
    expect(problemsOf(WEB, { secrets: { KEY: secret } })).toEqual(["'secrets' has 'KEY', and no service has that in its 'environment': add it there, without a value"]);
  });
});

test('a database is left out for a binding, or kept by name', () => {
  const text = `${WEB}    depends_on: [db]\n  db: { image: "postgres:17", expose: [5432], user: "70:70", volumes: ["data:/var/lib/postgresql/data"] }\nvolumes: { data: }\n`;
  const stack = new Stack(new App(), 'Stack');
  const url = Binding.secret(Secret.fromSecretNameV2(stack, 'Url', 'db'), 'DATABASE_URL', 'url');
  writeFileSync(join(folder, 'db.yaml'), text);
  const app = ContainerAppWithAlb.fromCompose(stack, 'Shop', { vpc: network(stack), file: join(folder, 'db.yaml'), leaveOut: ['db'], uses: { web: [url] } });
  expect(app.settings.map(({ name }) => name)).toEqual(['DATABASE_URL']);
  Template.fromStack(stack).resourceCountIs('AWS::EFS::FileSystem', 0);
  imported(text, { keepAsService: ['db'] }).template().hasResourceProperties('AWS::EFS::AccessPoint', { PosixUser: { Uid: '70', Gid: '70' } });
});

test('what is wrong with a service that is left out, or whose profile is not active, is no problem', () => {
  const text = `${WEB}    depends_on: [db]\n  db: { image: "postgres:17", ports: ["5432"], volumes: ["./data:/data"], user: $WHO, secrets: [key] }\n` +
    '  tools: { image: a, privileged: true, profiles: [debug] }\nsecrets: { key: { file: key.txt } }\n';
  expect(problemsOf(text, { leaveOut: ['db'] })).toEqual([]);
  expect(problemsOf(text, { leaveOut: ['db'], profiles: ['debug'] })).toHaveLength(1);
  expect(problemsOf(text, { leaveOut: ['tools'] }).length).toBeGreaterThan(2);
});

test('a health check that is more often than ECS allows is as often as it allows, and a warning says so', () => {
  const { stack, template } = imported(`${WEB}    healthcheck: { test: curl localhost, interval: 1s }\n`);
  template().hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ HealthCheck: Match.objectLike({ Interval: 5 }) })] });
  Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp('it is 5, the least that ECS accepts, and not 1'));
});

test('a secret of the file comes from Secrets Manager by its name, once', () => {
  const { template } = imported(`${WEB}    secrets: [key, { source: key, target: OTHER }]\nsecrets: { key: { external: true, name: shop/key } }\n`);
  template().hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike({ Secrets: [Match.objectLike({ Name: 'key' }), Match.objectLike({ Name: 'OTHER' })] })],
  });
});

test('what looks like a secret in plain text is a warning', () => {
  const { stack } = imported(`${WEB}    environment: { DB_PASSWORD: hunter2 }\n`);
  Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp('5:20: services.web.environment.DB_PASSWORD'));
});

test('the web service is the one that is named', () => {
  const text = 'services:\n  a: { image: a, ports: [80] }\n  b: { image: b, ports: [81] }\n';
  expect(imported(text).app.node.tryFindChild('B')).toBeDefined();
  expect(imported(text, { web: 'b' }).app.node.tryFindChild('A')).toBeDefined();
});
