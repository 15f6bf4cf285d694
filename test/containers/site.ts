import { request } from 'http';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTaskDefinitionCommand, DescribeTaskDefinitionCommandOutput, DescribeTasksCommand, ECSClient, ListTasksCommand, Task } from '@aws-sdk/client-ecs';
import { APP_DOMAIN } from './app';
import { Engine } from './engine';
import { DeployedStack, describeStack } from '../emulator/deployed-stack';
import { EmulatedAccount } from '../emulator/emulators';

/** What a load balancer answers. Of one of our images, the body says which it is: test/containers/image/server.py. */
export interface Answer {
  readonly status: number;
  readonly location?: string;
  readonly text: string;
  /** Of an image: `web 1`. */
  readonly from?: string;
  readonly body?: { readonly path: string; readonly headers: Record<string, string> };
}

interface Asked {
  readonly host?: string;
  readonly port?: number;
  readonly headers?: Record<string, string>;
}

/** A deployed stack, from outside and from inside. */
export class Site {
  public static async of(account: EmulatedAccount, engine: Engine, stackName: string): Promise<Site> {
    return new Site(account, engine, stackName, await describeStack(account, stackName));
  }

  private readonly logs: CloudWatchLogsClient;
  private readonly ecs: ECSClient;

  private constructor(
    private readonly account: EmulatedAccount,
    private readonly engine: Engine,
    private readonly stackName: string,
    private readonly stack: DeployedStack,
  ) {
    this.logs = new CloudWatchLogsClient(account);
    this.ecs = new ECSClient(account);
  }

  public output(name: string): string {
    return this.stack.outputs[name];
  }

  /** The physical id of the resource at a path, whose logical id is that without slashes, and a hash. */
  public resource(path: string): string {
    const [, physicalId] = Object.entries(this.stack.resources).find(([id]) => id.replace(/[0-9A-F]{8}$/, '') === path) ?? [];
    if (!physicalId) throw new Error(`there is no resource ${path} in ${this.stackName}`);
    return physicalId;
  }

  public async status(): Promise<string> {
    const { Stacks } = await new CloudFormationClient(this.account).send(new DescribeStacksCommand({ StackName: this.stackName }));
    return Stacks![0].StackStatus!;
  }

  /** What a visitor gets from the load balancer, who has found it by the name of `host`. */
  public ask(path: string, { host = APP_DOMAIN, port = 443, headers = {} }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const url = `${this.account.endpoint}/_alb/${this.output('LoadBalancer')}${path}`;
      request(url, { headers: { ...headers, host: `${host}:${port}` }, agent: false, timeout: 20_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => text += chunk).on('error', reject).on('end', () => {
          const body = response.headers['content-type'] === 'application/json' && text.startsWith('{') ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode!, location: response.headers.location, text, from: body?.service && `${body.service} ${body.version}`, body });
        });
      }).on('timeout', function (this: { destroy(error: Error): void }) { this.destroy(new Error(`${path} got no answer`)); }).on('error', reject).end();
    });
  }

  /** By the service that they are of, such as `Web`, all that ECS still knows. */
  public async tasksOf(service: string, desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<Task[]> {
    const cluster = this.output('Cluster');
    const serviceName = this.resource(`App${service}Service`).split('/').at(-1)!;
    const { taskArns = [] } = await this.ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus }));
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await this.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return tasks;
  }

  /** What the tasks of a service are made of. */
  public taskDefinitionOf(service: string): Promise<DescribeTaskDefinitionCommandOutput> {
    return this.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: this.resource(`App${service}Task`) }));
  }

  /** The arns of all running tasks. */
  public async running(): Promise<string[]> {
    const { taskArns = [] } = await this.ecs.send(new ListTasksCommand({ cluster: this.output('Cluster') }));
    return taskArns.sort();
  }

  /** What a container wrote, of a service or a task: a list of lines for each task, the older ones first. */
  public async logsOf(part: string): Promise<string[][]> {
    const logGroupName = this.resource(`App${part}Logs`);
    const { logStreams = [] } = await this.logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    const streams = await Promise.all(logStreams.map(async ({ logStreamName, creationTime }) => {
      const { events = [] } = await this.logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, limit: 10_000 }));
      return { creationTime, lines: events.map(({ message }) => message!) };
    }));
    return streams.sort((one, other) => one.creationTime! - other.creationTime!).map(({ lines }) => lines);
  }

  /** Runs a Python program in the one container of a service, as an application of its image would be. @returns the last line of its output */
  public async runIn(service: string, program: string): Promise<string> {
    const [{ taskArn }] = await this.tasksOf(service);
    const [container] = this.engine.docker(['ps', '--quiet', '--filter', `label=com.amazonaws.ecs.task-arn=${taskArn}`]).split('\n');
    return this.engine.docker(['exec', container, 'python3', '-c', program]).trim().split('\n').at(-1)!;
  }

  /** Asks every 100 ms, until it is told to stop. */
  public watch(path: string): Watch {
    return new Watch(() => this.ask(path));
  }
}

/** What somebody gets who asks all the time. */
export class Watch {
  public readonly seen: { readonly at: number; readonly what: string }[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly asking = new Set<Promise<void>>();

  constructor(private readonly ask: () => Promise<Answer>) {
    this.timer = setInterval(() => {
      const asked = this.note();
      this.asking.add(asked);
      void asked.finally(() => this.asking.delete(asked));
    }, 100);
  }

  public async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.asking);
  }

  /** Who answered, or why nobody did, each once, in the order in which they began to. */
  public get who(): string[] {
    return [...new Set(this.seen.map(({ what }) => what))];
  }

  /** In seconds, when it was first seen. */
  public firstOf(what: string): number {
    return this.seen.find((one) => one.what === what)!.at;
  }

  private async note(): Promise<void> {
    const what = await this.ask().then(({ status, from, text }) => status === 200 && from ? from : `${status} ${text}`, (error: Error) => error.message);
    this.seen.push({ at: Date.now() / 1000, what });
  }
}
