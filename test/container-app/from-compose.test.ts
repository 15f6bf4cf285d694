import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { network, zone } from './container-app-with-alb';
import { AppImage, Binding, ContainerAppOptions, ContainerAppWithAlb, FromComposeProps, Ingress, RootFilesystem, StageProfile } from '../../src';

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

  test('what no file says', () => {
    const options = (stack: Stack): Required<ContainerAppOptions> & { removalPolicy: RemovalPolicy } => ({
      vpc: network(stack),
      alarmTopic: new Topic(stack, 'Alarms'),
      certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-3:123456789012:certificate/1'),
      cluster: new ecs.Cluster(stack, 'Cluster', { vpc: network(stack) }),
      deletionProtection: false,
      domainName: 'app.example.org',
      hostedZone: zone(stack),
      ingress: Ingress.cidrs('192.0.2.0/24'),
      keepAlive: Duration.seconds(75),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const [composed, byHand] = [new Stack(new App(), 'Stack'), new Stack(new App(), 'Stack')];
    writeFileSync(join(folder, 'web.yaml'), WEB);
    ContainerAppWithAlb.fromCompose(composed, 'Shop', { ...options(composed), file: join(folder, 'web.yaml') });
    new ContainerAppWithAlb(byHand, 'Shop', { ...options(byHand), image: AppImage.registry('example/web:1'), port: 8000 });
    expect(Template.fromStack(composed).toJSON()).toEqual(Template.fromStack(byHand).toJSON());
  });
});

test.each([[RemovalPolicy.DESTROY, 'Delete'], [RemovalPolicy.RETAIN, 'Retain']])('data of a service and logs leave as `removalPolicy` says, whatever the profile: %s', (removalPolicy, DeletionPolicy) => {
  const profiles = [StageProfile.production(), StageProfile.ephemeral()];
  writeFileSync(join(folder, 'data.yaml'), `${WEB}  search: { image: s, expose: [9200], volumes: ["d:/data"] }\nvolumes: { d: }\n`);
  for (const profile of profiles) {
    const stack = new Stack(new App(), 'Stack');
    profile.applyTo(stack);
    ContainerAppWithAlb.fromCompose(stack, 'Shop', { vpc: network(stack), file: join(folder, 'data.yaml'), removalPolicy });
    Template.fromStack(stack).allResources('AWS::EFS::FileSystem', { DeletionPolicy });
    Template.fromStack(stack).allResources('AWS::Logs::LogGroup', { DeletionPolicy });
  }
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
    ['a service that waits for itself', `${WEB}    depends_on: [web]\n`, '5:18: services.web.depends_on: each of these waits for the next: web → web'],
    ['services that wait for each other', `${WEB}    depends_on: [a]\n  a: { image: a, depends_on: [b] }\n  b: { image: b, depends_on: [web] }\n`, '7:31: services.b.depends_on: each of these waits for the next: web → a → b → web'],
    ['a service that waits for one without an active profile', `${WEB}    depends_on: [a]\n  a: { image: a, profiles: [debug] }\n`, "5:18: services.web: none of the profiles of 'a' is active"],
    ['two names of one construct', `${WEB}  api-x: { image: a }\n  api_x: { image: a }\n`, "6:3: services.api_x: its construct would have the id 'ApiX', as that of 'api-x'"],
    ['a name without letters and digits', `${WEB}  "-": { image: a }\n`, '5:3: services.-: its construct is called by the letters and digits of its name'],
    ['a name that Compose does not accept', `${WEB}  "my api": { image: a }\n`, "5:3: services: a name must be of letters, digits, dots, underscores and hyphens, got 'my api'"],
    ['an empty name', `${WEB}  "": { image: a }\n`, '5:3: services: a name must be of letters'],
    ['no tasks', `${WEB}    scale: 0\n`, "5:12: services.web: the number of its tasks must be a whole number of at least 1, got 0: leave the service out by 'leaveOut: [\"web\"]'"],
    ['a part of a task', `${WEB}    deploy: { replicas: 1.5 }\n`, '5:25: services.web: the number of its tasks must be a whole number of at least 1, got 1.5'],
    ['two writers of data', `${WEB}  s: { image: s, expose: [5], volumes: ["d:/data"], scale: 2 }\nvolumes: { d: }\n`, '5:60: services.s: one task at a time writes data, got 2'],
    ['a volume that the file does not have', `${WEB}  s: { image: s, expose: [5], volumes: ["data:/data"] }\nvolumes: { date: }\n`, "5:41: services.s.volumes: the file has no volume 'data' in 'volumes' at its top: did you mean 'date'?"],
    ['data where the system is', `${WEB}  s: { image: s, expose: [5], volumes: ["d:/etc"] }\nvolumes: { d: }\n`, "5:31: services.s.volumes: 'dataPath' must be"],
    ['the name of a setting', `${WEB}    environment: { "A B": 1 }\n`, "5:20: services.web.environment: the name of a setting must have at least one character, no spaces and no '=', got 'A B'"],
    ['a setting without a name', `${WEB}    environment: ["=1"]\n`, '5:19: services.web.environment: the name of a setting must have'],
    ['a setting that is a secret, too', `${WEB}    environment: { key: 1 }\n    secrets: [key]\nsecrets: { key: { external: true } }\n`, "6:15: services.web.secrets: 'key' becomes the setting 'key', which 'environment' sets, too"],
    ['the file of a secret', `${WEB}    environment: { KEY_FILE: /run/secrets/key }\n`, '5:20: services.web.environment.KEY_FILE: ECS has no secret files'],
    ['the ARN of a secret', `${WEB}    secrets: [key]\nsecrets: { key: { external: true, name: "arn:aws:secretsmanager:a" } }\n`, '6:41: secrets.key.name: must be the name of a secret, not its ARN'],
    ['a user', `${WEB}    user: "a b"\n`, "5:5: services.web.user: 'user' must be a user or a user and a group"],
    ['a relative directory', `${WEB}    working_dir: srv\n`, "5:5: services.web.working_dir: 'workingDirectory' must be an absolute path, got 'srv'"],
    ['a relative path in memory', `${WEB}    tmpfs: run:size=1m\n`, "5:5: services.web.tmpfs: 'writablePaths' must be a list of absolute paths"],
    ['a health check that takes longer than its interval', `${WEB}    healthcheck: { test: a, interval: 5s, timeout: 30s }\n`, '5:52: services.web.healthcheck.timeout: must be at most the interval of 5 s, got 30 s'],
    ['a health check without a command', `${WEB}    healthcheck: { test: [CMD] }\n`, '5:26: services.web.healthcheck.test: the command is missing'],
    ['a health check of another form', `${WEB}    healthcheck: { test: { a: b } }\n`, '5:26: services.web.healthcheck.test: must be a list'],
    ['no port in the long form', `${WEB}  a: { image: a, ports: [{ published: 80 }] }\n`, "5:26: services.a.ports: 'target' must be given"],
    ['a range of ports in the long form', `${WEB}  a: { image: a, ports: [{ target: "80-81" }] }\n`, '5:26: services.a.ports: ranges are not supported'],
    ['a list in a list', `${WEB}    command: [[a]]\n`, '5:15: services.web.command: must be a text or a number, got a list'],
    ['a list for an image', 'services:\n  web: { image: [a], ports: [80] }\n', '2:17: services.web.image: must be a text or a number, got a list'],
    ['the name of an image', 'services:\n  web: { image: "a:b:c", ports: [80] }\n', '2:17: services.web.image: must be the name of an image'],
    ['a repository to build', 'services:\n  web: { build: "https://example.org/a.git", ports: [80] }\n', '2:17: services.web.build: CDK builds directories, not repositories'],
    ['a text for a file', 'hello\n', '1:1: the file: must be a map of keys and values'],
    ['a text for a service', 'services: { web: 5 }\n', '1:18: services.web: must be a map of keys and values'],
    ['a web service that runs once', `${WEB}  w: { image: w, depends_on: { web: { condition: service_completed_successfully } } }\n`, "'web' names the service 'web', which gets no requests: others wait for it", { web: 'web' }],
    ['a web service that is left out', WEB, "'web' names the service 'web', which gets no requests: it is left out", { web: 'web', leaveOut: ['web'] }],
    ['paths of the main web service', WEB, "'pathPatterns' names the service 'web', which gets all requests that no other service gets", { web: 'web', pathPatterns: { web: ['/a'] } }],
  ])('%s', (_, text, problem, ...[props]) => {
    const problems = problemsOf(text, props);
    expect(problems.filter((line) => line.includes(problem))).toHaveLength(1);
    expect(new Set(problems).size).toBe(problems.length);
  });

  test('a problem once, whoever has it', () => {
    expect(problemsOf('x-a: &a { image: a, volumes: ["./a:/a"] }\nservices:\n  web: { <<: *a, ports: [80] }\n  w: *a\n')).toEqual([expect.stringMatching(/^1:31: services\.web\.volumes: /)]);
    expect(problemsOf(`${WEB}    secrets: [k]\n  w: { image: a, secrets: [k] }\nsecrets: { k: { file: k.txt } }\n`)).toHaveLength(1);
    expect(problemsOf('services: { web: { image: [a], ports: [80] } }\n')).toHaveLength(1);
    expect(problemsOf('services: { web: { image: "a:$A", ports: ["$B:$C"], volumes: ["$D:/d"], healthcheck: { test: $E }, build: $F, cpus: $G } }\n')).toHaveLength(7);
    expect(problemsOf('services: { web: { build: { context: "git@example.org:a" }, ports: [80] } }\n')).toHaveLength(1);
  });

  test('what is wrong with a prop, by its name', () => {
    const api = `${WEB}  api: { image: a, expose: [80] }\n`;
    expect(() => imported(api, { pathPatterns: { api: ['a b'] } })).toThrow("Stack/Shop/Api: 'pathPatterns' must be");
    expect(() => imported(api, { uses: { web: [5] } as any })).toThrow("'uses' of 'props' must be an object with a list of bindings");
    expect(() => imported(WEB, { leaveOut: null } as any)).toThrow("'leaveOut' of 'props' must be a list of strings, got null");
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

describe('names of services', () => {
  const idsOf = (text: string, props?: Partial<FromComposeProps>) => {
    const { app, template } = imported(text, props);
    template(); // which fails if two resources are one
    return app.node.children.map(({ node: { id } }) => id);
  };

  test.each([['ingress', 'IngressService'], ['cluster', 'ClusterService'], ['deploy-tasks', 'DeployTasksService'], ['names', 'NamesService'], ['failed-run-alarm', 'FailedRunAlarmService'], ['2fa', 'Service2fa']])(
    '%s is the construct %s', (name, id) => {
      expect(idsOf(`${WEB}  ${name}: { image: a, expose: [9000] }\n`)).toContain(id);
    },
  );

  test('a service called web may be another than the main one', () => {
    expect(idsOf('services:\n  front: { image: a, ports: [80] }\n  web: { image: b, expose: [81] }\n')).toEqual(expect.arrayContaining(['Web', 'WebService']));
  });

  test('all constructs that the app itself has are taken', () => {
    const text = `${WEB}    depends_on: { job: { condition: service_completed_successfully } }\n  job: { image: a }\n  a: { image: a, expose: [1] }\n  w: { image: a }\n`;
    const own = idsOf(text).filter((id) => !['Job', 'A', 'W'].includes(id));
    expect(own.sort()).toEqual(['BalancerErrorsAlarm', 'Cluster', 'DeployTasks', 'FailedRunAlarm', 'Ingress', 'Names', 'Web']);
  });

  test('may be those of members of every object', () => {
    expect(idsOf(`${WEB}  constructor: { image: a, expose: [80] }\n  __proto__: { image: b }\n`)).toEqual(expect.arrayContaining(['Constructor', 'Proto']));
    expect(problemsOf(`${WEB}    environment: [constructor]\n`)).toEqual(["5:19: services.web.environment.constructor: nothing supplies the variable 'constructor': give it by 'variables', or write its value"]);
  });
});

describe('what runs before what', () => {
  test('deploy tasks run after those that they depend on, whatever the order of the file', () => {
    const once = (name: string) => `{ ${name}: { condition: service_completed_successfully } }`;
    const { template } = imported(`${WEB}    depends_on: ${once('seed')}\n  seed: { image: a, depends_on: ${once('migrate')} }\n  migrate: { image: b }\n`);
    const runs = Object.entries(template().findResources('Custom::DeployTask')).map(([id, { DependsOn }]) => [id, (DependsOn as string[]).filter((other) => /Run/.test(other))]);
    expect(runs).toEqual([[expect.stringMatching(/Migrate/), []], [expect.stringMatching(/Seed/), [expect.stringMatching(/Migrate/)]]]);
  });

  test('an internal service does not wait for a web service, and a warning says so', () => {
    const { stack, template } = imported(`${WEB}    environment: { A: "http://a:1" }\n  a: { image: a, expose: [1], depends_on: [web] }\n`);
    template();
    Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp("6:44: services.a.depends_on: 'web' starts later all the same"));
  });

  test('two services that name each other reach each other: the first one by the name in the private zone', () => {
    const { template } = imported(`${WEB}  a: { image: a, expose: [1], environment: { B: "http://b:2/x" } }\n  b: { image: b, expose: [2], environment: { A: "http://a:1/x" } }\n`);
    expect(settingsIn(template())).toEqual({ B: 'http://b:2/x', A: expect.stringMatching(/^http:\/\/a\.app-[0-9a-f]{8}\.internal:1\/x$/) });
  });

  test('many services that all name each other are no more than many', () => {
    const indices = Array.from({ length: 16 }, (_, index) => index);
    const settings = indices.map((index) => `S${index}: "http://s${index}:80"`).join(', ');
    const services = indices.map((index) => `  s${index}: { image: a, expose: [80], environment: *all }\n`).join('');
    const { app } = imported(`x-all: &all { ${settings} }\n${WEB}    environment: *all\n${services}`); // in minutes, were each way between two looked at
    expect(app.node.children.filter(({ node: { id } }) => /^S\d+$/.test(id))).toHaveLength(16);
  });

  test('a deploy task has the names of the private zone in its settings', () => {
    const { template } = imported(`${WEB}    depends_on: { t: { condition: service_completed_successfully } }\n  t: { image: b, environment: { U: "http://s:9200", H: s, W: "is this s" } }\n  s: { image: x, expose: [9200] }\n`);
    expect(settingsIn(template())).toEqual({ U: expect.stringMatching(/^http:\/\/s\.app-\w+\.internal:9200$/), H: expect.stringMatching(/^s\.app-\w+\.internal$/), W: 'is this s' });
  });

  test('web services reach each other by name', () => {
    const { template } = imported(`${WEB}    environment: { API: "http://api:9000" }\n  api: { image: a, expose: [9000] }\n`, { pathPatterns: { api: ['/api/*'] } });
    const ports = template().findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: 9000 } });
    expect(Object.values(ports).filter(({ Properties }) => /ShopWeb/.test(JSON.stringify(Properties.SourceSecurityGroupId)))).toHaveLength(1);
  });

  test('a warning names the web service that has another name', () => {
    const { stack } = imported('services:\n  front: { image: a, ports: [80] }\n  w: { image: w, environment: { A: "http://front:80" } }\n');
    Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp("3:3: services.w: it does not reach 'front' by that name"));
  });
});

/** Of all tasks. */
function settingsIn(template: Template): Record<string, unknown> {
  const containers = Object.values(template.findResources('AWS::ECS::TaskDefinition')).flatMap(({ Properties }) => Properties.ContainerDefinitions);
  return Object.fromEntries(containers.flatMap(({ Environment = [] }) => Environment).map(({ Name, Value }: any) => [Name, Value]));
}

describe('a setting names a service', () => {
  const isReached = (value: string) => {
    const { template } = imported(`${WEB}    environment: { A: "${value}" }\n  search: { image: a, expose: [9200] }\n`);
    return Object.keys(template().findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: 9200 } })).length === 1;
  };

  test.each(['search', 'search:9200', 'http://search', 'http://search/', 'http://u:p@search:9200/0', 'a:1,search:2', 'a,search', 'host=search port=9200', 'tcp(search:9200)', 'a search:9200'])('as %s', (value) => {
    expect(isReached(value)).toBe(true);
  });

  test.each(['my search engine', 'research', 'search-api:80', 'http://search.com', 'search_x', 'me@search.io', '/search/', 'search:fast'])('and not as %s', (value) => {
    expect(isReached(value)).toBe(false);
  });
});

test('settings of files refer to those before them, and to variables, but for what is in single quotes', () => {
  writeFileSync(join(folder, 'some.env'), "HOST=db\nURL=\"http://${HOST}/$NAME\"\nRAW='$5'\nDOLLAR=$$5\nexport GIVEN\n");
  const { template } = imported(`${WEB}    env_file: [some.env, { path: gone.env, required: false }]\n`, { variables: { NAME: 'n', GIVEN: 'g' } });
  expect(settingsIn(template())).toEqual({ HOST: 'db', URL: 'http://db/n', RAW: '$5', DOLLAR: '$5', GIVEN: 'g' });
  writeFileSync(join(folder, 'bad.env'), 'A=1\nB=1$\n');
  expect(problemsOf(`${WEB}    env_file: bad.env\n`)).toEqual([expect.stringContaining("5:15: services.web.env_file: bad.env: line 2: '1$' has a '$' that begins no variable")]);
});

test('what a refused key switches off is no problem', () => {
  expect(problemsOf(`${WEB}    privileged: false\n    devices: []\n    dns:\nvolumes: { d: { external: false } }\n`)).toEqual([]);
});

test('two secrets of like names are two', () => {
  const { template } = imported(`${WEB}    secrets: [a, b]\nsecrets: { a: { external: true, name: x/y }, b: { external: true, name: x-y } }\n`);
  const text = JSON.stringify(template().findResources('AWS::ECS::TaskDefinition'));
  expect([/:secret:x\/y"/, /:secret:x-y"/].map((name) => name.test(text))).toEqual([true, true]);
});

test('a service that may be missing is none that others wait for', () => {
  expect(problemsOf(`${WEB}    depends_on: { gone: { condition: service_started, required: false } }\n`)).toEqual([]);
});

test('the port beside the first one is a warning', () => {
  const { stack } = imported('services:\n  web: { image: a, ports: [80, "8443:443"] }\n');
  Annotations.fromStack(stack).hasWarning('/Stack/Shop', Match.stringLikeRegexp('2:32: services.web: nothing reaches it at 443: a service has one port, the first one, 80'));
});

test('the load balancer does not ask a path that the shell completes', () => {
  const pathOf = (path: string) => {
    const { template } = imported(`${WEB}    healthcheck: { test: "curl -f http://localhost:8000${path}" }\n`);
    return Object.values(template().findResources('AWS::ElasticLoadBalancingV2::TargetGroup'))[0].Properties.HealthCheckPath;
  };
  expect([pathOf('/up || exit 1'), pathOf('/up?full=1'), pathOf('/$${NAME}')]).toEqual(['/up', '/up', '/']);
});

test('a token may be a value of a variable', () => {
  const token = Lazy.string({ produce: () => 'example/web:2' });
  const { template } = imported('services:\n  web: { image: "${IMAGE}", ports: [80], environment: { A: "is ${IMAGE}" } }\n', { variables: { IMAGE: token } });
  template().hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ Image: 'example/web:2', Environment: [{ Name: 'A', Value: 'is example/web:2' }] })] });
  expect(problemsOf('services:\n  web: { build: "${IMAGE}", ports: [80] }\n', { variables: { IMAGE: token } })).toEqual(["2:17: services.web.build: 'path' must be known at synthesis, got a token: CDK builds the image before the deployment"]);
});
