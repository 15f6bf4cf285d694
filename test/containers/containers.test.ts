import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { Task } from '@aws-sdk/client-ecs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeExecutionCommand, ExecutionListItem, ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ContainerAccount, startContainerAccount } from './account';
import { ADMIN_HOST, APP_DOMAIN, ARCHITECTURE, EDGE_DOMAIN, FAILING_STOP, Release, synthesize } from './app';
import { Engine, startEngine } from './engine';
import { buildImages, image } from './images';
import { JobSender } from './jobs';
import { remains } from './remains';
import { Site, Watch } from './site';
import { Cdk } from '../emulator/cdk';
import { eventually } from '../emulator/eventually';
import { leftovers } from '../emulator/leftovers';
import { provideHostedZone } from '../lifecycle/outside';

const MINUTES = 60;
const STACKS_AT_A_TIME = 2;
/** ACM's records of the domains, which all of their certificates share: docs/decisions/edge-certificate.md. */
const LEFT_IN_THE_ZONE = /^CNAME _/;

// The life of two apps: each test starts from what the test before it left.
let folder: string;
let engine: Engine;
let account: ContainerAccount;
let cdk: Cdk;
let hostedZoneId: string;
let site: Site;
let edge: Site;
let jobs: JobSender;
let deployments = 0;

/** @returns what the CDK CLI wrote, in one line */
async function deploy(release: Release): Promise<string> {
  const assembly = synthesize(join(folder, `release-${++deployments}`), { account: account.account, hostedZoneId }, release);
  const output = await cdk.deploy(assembly, STACKS_AT_A_TIME);
  site = await Site.of(account.account, engine, 'Site');
  return output;
}

/** @returns what the CDK CLI wrote, without the breaks of its lines */
async function deployInVain(release: Release): Promise<string> {
  const failure = await deploy(release).then(() => undefined, (error: Error) => error.message);
  if (failure === undefined) throw new Error('the deployment should have failed');
  return failure.replace(/\s+/g, ' ');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'containers-'));
  chmodSync(folder, 0o755); // for users of containers
  engine = await startEngine(folder);
  buildImages(engine, folder);
});

beforeAll(async () => {
  account = await startContainerAccount(engine, folder);
  cdk = new Cdk(account, folder, 5, { CDK_DOCKER: join(__dirname, 'docker.sh'), CONTAINERS_CLIENT: engine.client, DOCKER_HOST: engine.host });
  hostedZoneId = await provideHostedZone(account.account);
  await cdk.bootstrap();
});

beforeAll(async () => {
  await deploy({ web: '1', revision: 1 });
  edge = await Site.of(account.account, engine, 'Edge');
  jobs = new JobSender(engine, account.account, site);
});

afterAll(async () => {
  const errors = account?.errors() ?? [];
  if (errors.length > 0) console.error(['What the emulated account complained of last:', ...errors].join('\n'));
  await account?.stop();
  await engine?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('each request gets to the service that its rule names', () => {
  test.each([
    ['/', APP_DOMAIN, 'web 1'],
    ['/any/where?with=query', APP_DOMAIN, 'web 1'],
    ['/fastapi', APP_DOMAIN, 'api 1'],
    ['/fastapi/v1/items?id=7', APP_DOMAIN, 'api 1'],
    ['/FastApi', APP_DOMAIN, 'web 1'],
    ['/not/fastapi', APP_DOMAIN, 'web 1'],
    ['/', ADMIN_HOST, 'admin 1'],
    ['/fastapi/of/admin', ADMIN_HOST, 'api 1'], // its priority is the lower number
    ['/built/here', APP_DOMAIN, 'built 1'],
  ])('%s of %s', async (path, host, from) => {
    const answer = await site.ask(path, { host });
    expect(answer).toMatchObject({ status: 200, from });
    expect(answer.body!.path).toBe(path);
  });

  test('and says that the visitor came by HTTPS', async () => {
    const { body } = await site.ask('/');
    expect(body!.headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
  });

  test('by HTTP, it is sent to HTTPS', async () => {
    expect(await site.ask('/fastapi/x?a=1', { port: 80 })).toMatchObject({ status: 301, location: 'https://app.example.education:443/fastapi/x?a=1' });
  });
});

describe('behind its CDN, requests need the secret header', () => {
  const askEdge = (path: string, value?: string) => edge.ask(path, { host: EDGE_DOMAIN, headers: value === undefined ? {} : { 'x-origin-verify': value } });

  async function secretOf(part: string): Promise<string> {
    const secrets = new SecretsManagerClient(account.account);
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: edge.resource(`CdnOriginSecret${part}`) }));
    return SecretString!;
  }

  test.each(['Current', 'Next'])('%s is right', async (part) => {
    const secret = await secretOf(part);
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(await askEdge('/', secret)).toMatchObject({ status: 200, from: 'web 1' });
    expect(await askEdge('/fastapi/x', secret)).toMatchObject({ status: 200, from: 'api 1' });
  });

  test('the two are not one', async () => {
    expect(await secretOf('Current')).not.toBe(await secretOf('Next'));
  });

  test.each([
    ['without it', undefined],
    ['with another one', 'wrong'],
    ['with what stands for any', '*'],
    ['with an empty one', ''],
  ])('%s, there is nothing', async (_, value) => {
    for (const path of ['/', '/fastapi/x']) expect(await askEdge(path, value)).toMatchObject({ status: 404, text: 'Resource not found' });
  });
});

describe('what a container may', () => {
  interface Probe {
    readonly user: number;
    readonly group: number;
    readonly folder: string;
    readonly capabilities: string;
    readonly firstProcess: string;
    readonly writable: Record<string, string>;
    readonly kinds: Record<string, string>;
    readonly settings: Record<string, string>;
  }
  const probe = async (host?: string) => (await site.ask('/probe', { host })).body as unknown as Probe;

  test('it runs as the user and in the folder that it is told, with an init process', async () => {
    expect(await probe()).toMatchObject({ user: 1000, group: 1000, folder: '/srv', firstProcess: expect.stringMatching(/init|tini/) });
  });

  test.each([['of a user', undefined], ['of root', ADMIN_HOST]])('a process %s has no capability', async (_, host) => {
    expect((await probe(host)).capabilities).toBe('0000000000000000');
  });

  test('it writes its writable paths, which are in memory, and nothing else', async () => {
    const { writable, kinds } = await probe();
    expect(writable).toEqual({ '/': 'Read-only file system', '/etc': 'Read-only file system', '/tmp': 'yes', '/scratch': 'yes' });
    expect(kinds).toEqual({ '/tmp': 'tmpfs', '/scratch': 'tmpfs' });
  });

  test('root writes no more', async () => {
    const { user, writable } = await probe(ADMIN_HOST);
    expect(user).toBe(0);
    expect(writable).toMatchObject({ '/': 'Read-only file system', '/etc': 'Read-only file system', '/tmp': 'yes' });
  });

  test('it has its settings and secrets', async () => {
    const { SecretString } = await new SecretsManagerClient(account.account).send(new GetSecretValueCommand({ SecretId: site.resource('Secret') }));
    expect((await probe()).settings).toMatchObject({ SETTING_PLAIN: 'plain', SECRET_KEY: SecretString, SETTING_DOCUMENTS: 'http://documents:8080' });
  });
});

describe('an image of a directory', () => {
  const PLATFORM = ARCHITECTURE === ecs.CpuArchitecture.ARM64 ? 'linux/arm64' : 'linux/amd64';

  test('is built by the CDK CLI for the processor that its task definition names', async () => {
    const assembly = join(folder, 'release-1');
    const [manifest] = readdirSync(assembly).filter((file) => file.startsWith('Site') && file.endsWith('.assets.json'));
    const [{ source, destinations }] = Object.values<any>(JSON.parse(readFileSync(join(assembly, manifest), 'utf8')).dockerImages);
    expect(source).toMatchObject({ dockerFile: 'App.Dockerfile', dockerBuildTarget: 'server', dockerBuildArgs: { VERSION: '1' }, platform: PLATFORM });

    const { taskDefinition } = await site.taskDefinitionOf('Built');
    expect(taskDefinition!.runtimePlatform).toEqual({ cpuArchitecture: ARCHITECTURE._cpuArchitecture, operatingSystemFamily: 'LINUX' });
    const name = taskDefinition!.containerDefinitions![0].image!;
    const [{ imageTag }] = Object.values<any>(destinations);
    expect(name).toMatch(new RegExp(`^\\d{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com/[^:]+:${imageTag}$`));
    expect(engine.docker(['image', 'inspect', '--format', '{{.Os}}/{{.Architecture}}', name]).trim()).toBe(PLATFORM);
  });

  test('is what its task runs, with the files of the directory', async () => {
    const program = 'import os; print(open("/srv/greeting.txt").read().strip(), os.environ["IMAGE_VERSION"])';
    expect(await site.runIn('Built', program)).toBe('from the directory 1');
  });
});

describe('a scheduled task', () => {
  test('runs in a container, hardened, with the settings of the image that it shares with web', async () => {
    const lines = await eventually('the scheduled task', async () => (await site.logsOf('Tidy')).flat().length > 0 ? site.logsOf('Tidy') : undefined, 60);
    expect(lines).toEqual([[expect.stringMatching(/^\d+\.\d+ web 1 tidies with plain as 1000 and writes Read-only file system$/)]]);
  });

  test('is a run of the state machine, which the scheduler started', async () => {
    const run = await eventually('the end of the scheduled task', async () => (await executions()).find(({ name, status }) => !isMigration(name!) && status !== 'RUNNING'), 60);
    expect(run.status).toBe('SUCCEEDED');
    const { input } = await new SFNClient(account.account).send(new DescribeExecutionCommand({ executionArn: run.executionArn! }));
    expect(JSON.parse(input!)).toEqual({ task: 'Tidy', taskDefinition: expect.stringMatching(/:task-definition\/\w+:\d+$/) });
  });
});

describe('a new version', () => {
  const MARK = 'written by the first task';
  let watch: Watch;
  let former: { readonly worker: Task; readonly documents: Task; readonly stubborn: Task };

  const fetchOf = (method: string, path: string) => `
import os, urllib.request
request = urllib.request.Request(os.environ["SETTING_DOCUMENTS"] + "${path}", method="${method}", data=${method === 'PUT' ? `b"${MARK}"` : 'None'})
print(urllib.request.urlopen(request, timeout=20).read().decode())`;

  beforeAll(async () => {
    await site.runIn('Web', fetchOf('PUT', '/documents/mark'));
    const [[worker], [documents], [stubborn]] = await Promise.all([site.tasksOf('Worker'), site.tasksOf('Documents'), site.tasksOf('Stubborn')]);
    former = { worker, documents, stubborn };
    jobs.keepSending('long', 4);
    await eventually('a long job', async () => (await site.logsOf('Worker')).flat().some((line) => line.includes('begins long')) || undefined, 120);
    watch = site.watch('/');
    await deploy({ web: '2', revision: 2 });
    await eventually('version 2', async () => watch.who.includes('web 2') || undefined);
    await watch.stop();
    jobs.stopSending();
  });

  test('answers after the deploy task has ended, and the old one until then', async () => {
    const [, second] = await site.logsOf('Migrate');
    expect(second).toEqual([expect.stringMatching(/^\d+\.\d+ web 2 migration begins$/), expect.stringMatching(/^\d+\.\d+ web 2 migration ends$/)]);
    const ended = Number(second[1].split(' ')[0]);
    expect(watch.who).toEqual(['web 1', 'web 2']); // and not once nothing
    expect(watch.firstOf('web 2')).toBeGreaterThan(ended);
    expect(watch.seen.filter(({ at }) => at < ended).length).toBeGreaterThan(10);
  });

  test('a worker finishes the jobs that it is at, and ends well', async () => {
    const exitCode = await exitCodeOf('Worker', former.worker);
    const [lines] = await site.logsOf('Worker');
    const stop = lines.findIndex((line) => /Warm shutdown/.test(line));
    expect(stop).toBeGreaterThan(0);
    const idsOf = (part: string[], word: string) => part.flatMap((line) => new RegExp(`${word} (\\S+)`).exec(line)?.[1] ?? []);
    const begun = idsOf(lines, 'begins');
    const amid = idsOf(lines.slice(0, stop), 'begins').filter((job) => !idsOf(lines.slice(0, stop), 'ends').includes(job));
    expect(amid.length).toBeGreaterThan(0);
    expect(idsOf(lines, 'ends').sort()).toEqual(begun.sort());
    expect(exitCode).toBe(0);
  });

  test('a container that does not end is killed when its stop time is up', async () => {
    const exitCode = await exitCodeOf('Stubborn', former.stubborn);
    const [lines] = await site.logsOf('Stubborn');
    const timeOf = (line: string) => Number(line.split(' ')[0]);
    const asked = lines.find((line) => line.endsWith('asked to end'))!;
    const waited = timeOf(lines.at(-1)!) - timeOf(asked);
    expect(waited).toBeGreaterThan(FAILING_STOP.toSeconds() - 1);
    expect(waited).toBeLessThan(FAILING_STOP.toSeconds() + 3);
    expect(exitCode).toBe(137); // SIGKILL
  });

  test('of an internal service finds its data, which another task wrote', async () => {
    const [documents] = await site.tasksOf('Documents');
    expect(documents.taskArn).not.toBe(former.documents.taskArn);
    expect(JSON.parse(await site.runIn('Web', fetchOf('GET', '/documents/mark')))).toMatchObject({ service: 'documents', document: MARK });
  });

  test('of an internal service began when the old one had ended: no second one ever tried to write', async () => {
    const streams = await eventually('the log of the second task', async () => {
      const known = await site.logsOf('Documents');
      return known.at(-1)!.length >= 2 && known[0].at(-1)!.endsWith('drained') ? known : undefined;
    });
    expect(streams).toHaveLength(2);
    const [first, second] = streams.map((lines) => lines.map((line) => line.split(' ').slice(3).join(' ')));
    expect(first).toEqual(['has the lock', 'listening', 'draining', 'drained']);
    expect(second).toEqual(['has the lock', 'listening']);
    const [ended, begun] = [streams[0].at(-1)!, streams[1][0]].map((line) => Number(line.split(' ')[0]));
    expect(begun).toBeGreaterThan(ended);
  });

  test('and a second one that did try is refused by the data itself', async () => {
    const volume = volumeOf(await site.tasksOf('Documents'));
    const second = () => engine.docker(['run', '--rm', '--user', '1000:1000', '--volume', `${volume}:/data`, image('documents', '1')]);
    expect(second).toThrow(/failed to obtain the lock/);
  });

  async function exitCodeOf(service: string, { taskArn }: Task): Promise<number> {
    return eventually(`the exit code of ${service}`, async () => {
      const stopped = (await site.tasksOf(service, 'STOPPED')).find((task) => task.taskArn === taskArn);
      const { exitCode } = stopped?.containers?.[0] ?? {};
      return exitCode !== undefined && stopped?.lastStatus === 'STOPPED' && (await isGone(taskArn!)) ? exitCode : undefined;
    }, 60);
  }

  async function isGone(taskArn: string): Promise<boolean> {
    return engine.docker(['ps', '--quiet', '--filter', `label=com.amazonaws.ecs.task-arn=${taskArn}`]).trim() === '';
  }

  function volumeOf([{ taskArn }]: Task[]): string {
    const [container] = engine.docker(['ps', '--quiet', '--filter', `label=com.amazonaws.ecs.task-arn=${taskArn}`]).split('\n');
    return engine.docker(['inspect', '--format', '{{range .Mounts}}{{if eq .Destination "/data"}}{{.Source}}{{end}}{{end}}', container]).trim();
  }
});

describe('a deploy task that fails', () => {
  let output: string;
  let watch: Watch;

  beforeAll(async () => {
    watch = site.watch('/');
    output = await deployInVain({ web: 'failing', revision: 3 });
    await watch.stop();
  });

  test('fails the deployment, which shows the last lines of its log, without passwords', () => {
    expect(output).toContain('the task Migrate failed: it ended with exit code 7');
    expect(output).toContain('cannot connect to postgresql://app:***@database.internal/app');
    expect(output).not.toContain('hunter2');
  });

  test('leaves the old version, which answers all the time', async () => {
    expect(watch.who).toEqual(['web 2']);
    expect(watch.seen.length).toBeGreaterThan(20);
    expect(await site.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await site.ask('/')).toMatchObject({ from: 'web 2' });
  });

  test('is not followed by the task of the old version', async () => {
    expect(await migrations()).toEqual(['web 1', 'web 2', 'web failing']);
  });

  test('is in the history of the state machine, where it can be seen and started again', async () => {
    const statuses = (await executions()).filter(({ name }) => isMigration(name!)).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['FAILED', 'SUCCEEDED', 'SUCCEEDED']);
  });
});

describe.each([
  ['never gets healthy', 'unhealthy'],
  ['ends as soon as it starts', 'crashing'],
])('an image that %s', (_, version) => {
  let output: string;
  let watch: Watch;

  beforeAll(async () => {
    watch = site.watch('/');
    output = await deployInVain({ web: version, revision: 2 });
    await watch.stop();
  });

  test('fails the deployment', async () => {
    expect(output).toContain('ECS Deployment Circuit Breaker was triggered');
    expect(await site.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('gets no request, and the old version answers all the time', async () => {
    expect(watch.who).toEqual(['web 2']);
    const starts = (await site.logsOf('Web')).flat().filter((line) => line.includes(`web ${version} `));
    expect(starts.length).toBeGreaterThanOrEqual(3); // the breaker's least
  });

  test('has the rollback run no deploy task', async () => {
    const ran = await migrations();
    expect(ran.at(-1)).toBe(`web ${version}`);
    expect(ran.filter((one) => one === 'web 2')).toHaveLength(1);
  });
});

describe('a change that no service has to do with', () => {
  test('replaces no task, and runs none', async () => {
    const before = await site.running();
    expect(before).toHaveLength(7);
    const ran = await migrations();
    await deploy({ web: '2', revision: 2, unrelated: true });
    expect(await site.running()).toEqual(before);
    expect(await migrations()).toEqual(ran);
  });
});

describe('a worker', () => {
  test('may do what its queue is for, and creates none', async () => {
    const attempt = await site.runIn('Worker', `
import json, os, boto3
from botocore.exceptions import ClientError
sqs, queue = boto3.client("sqs"), os.environ["TASK_QUEUE_URL"]
def answer(work):
    try:
        work()
        return "done"
    except ClientError as error:
        return error.response["Error"]["Code"]
print(json.dumps({
  "list": answer(lambda: sqs.list_queues()),
  "attributes": answer(lambda: sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])),
  "create": answer(lambda: sqs.create_queue(QueueName="celery")),
  "delete": answer(lambda: sqs.delete_queue(QueueUrl=queue)),
  "purge": answer(lambda: sqs.purge_queue(QueueUrl=queue)),
}))`);
    expect(JSON.parse(attempt)).toEqual({
      list: 'done', attributes: 'done', create: expect.stringContaining('AccessDenied'), delete: expect.stringContaining('AccessDenied'), purge: expect.stringContaining('AccessDenied'),
    });
  });

  test('of 200 jobs and more over three deployments, does each at least once', async () => {
    jobs.send('short', 200, 0.2);
    await deploy({ web: '2', revision: 3, unrelated: true });
    await deploy({ web: '2', revision: 4, unrelated: true });
    const done = await eventually('all jobs', async () => {
      const effects = await effectsOf();
      return effects.size >= jobs.sent.length ? effects : undefined;
    }, 3 * MINUTES);
    expect(jobs.sent.length).toBeGreaterThan(200);
    expect([...done.keys()].sort()).toEqual([...jobs.sent].sort());
    expect(new Set([...done.values()].map(({ by }) => by)).size).toBeGreaterThan(1); // of several versions
    expect((await migrations()).filter((one) => one === 'web 2')).toHaveLength(1); // the image is the same
  });

  async function effectsOf(): Promise<Map<string, { times: number; by: string }>> {
    const effects = new Map<string, { times: number; by: string }>();
    for await (const { Items = [] } of paginateScan({ client: new DynamoDBClient(account.account) }, { TableName: site.output('EffectsTable') })) {
      for (const { job, times, by } of Items) effects.set(job.S!, { times: Number(times.N), by: by.S! });
    }
    return effects;
  }
});

describe('started by hand, as the page of the construct says,', () => {
  const PAGE = join(__dirname, '..', '..', 'docs', 'constructs', 'container-app-with-alb.md');
  /** A command of the page, as the AWS CLI calls the API for it. */
  const documented = (task: string) => {
    const [, input] = new RegExp(`aws stepfunctions start-execution --state-machine-arn ARN --input '([^']*"${task}"[^']*)'`).exec(readFileSync(PAGE, 'utf8'))!;
    return new StartExecutionCommand({ stateMachineArn: site.resource('AppDeployTasksMachine'), input });
  };

  async function outcomeOf(command: StartExecutionCommand) {
    const states = new SFNClient(account.account);
    const { executionArn } = await states.send(command);
    return eventually('the end of the task', async () => {
      const { status, error, cause } = await states.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' ? undefined : { status, error, cause };
    }, 60);
  }

  test('a deploy task runs the version that is deployed, and answers no deployment', async () => {
    const before = await migrations();
    expect(await outcomeOf(documented('Migrate'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await migrations()).toEqual([...before, 'web 2']);
    expect(await site.status()).toBe('UPDATE_COMPLETE');
  });

  test('a scheduled task does, too', async () => {
    expect(await outcomeOf(documented('Tidy'))).toMatchObject({ status: 'SUCCEEDED' });
    expect((await site.logsOf('Tidy')).flat()).toEqual([expect.stringContaining(' web 1 tidies'), expect.stringContaining(' web 2 tidies')]);
  });

  test('a task that there is not fails with the names of those that there are', async () => {
    const command = new StartExecutionCommand({ stateMachineArn: site.resource('AppDeployTasksMachine'), input: '{"task":"Migrat"}' });
    expect(await outcomeOf(command)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('Migrate, Tidy') });
  });
});

test('destroyed, nothing is left: no task, no balancer, no volume, no container', async () => {
  await cdk.destroy(join(folder, `release-${deployments}`), STACKS_AT_A_TIME);
  const left = (await leftovers(account.account)).filter(({ kind, name }) => kind !== 'record' || !LEFT_IN_THE_ZONE.test(name));
  expect(left).toEqual([]);
  expect(await remains(account.account)).toEqual([]);
  expect(engine.docker(['ps', '--quiet']).trim()).toBe('');
});

/** The deploy tasks that ran, by what they say. */
async function migrations(): Promise<string[]> {
  return (await site.logsOf('Migrate')).map(([first]) => / (web \S+) migration begins/.exec(first)![1]);
}

/** Those of the one state machine, by which all tasks of the app run. */
async function executions(): Promise<ExecutionListItem[]> {
  const listed = await new SFNClient(account.account).send(new ListExecutionsCommand({ stateMachineArn: site.resource('AppDeployTasksMachine') }));
  return listed.executions ?? [];
}

/** By what CloudFormation's requests are called. */
function isMigration(name: string): boolean {
  return name.startsWith('Migrate_');
}
