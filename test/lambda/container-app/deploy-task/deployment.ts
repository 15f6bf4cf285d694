import { createHandler } from '../../../../lambda/container-app/deploy-task/handler';
import type { EndedRun, Outcome } from '../../../../lambda/container-app/deploy-task/on-end';
import type { TaskState } from '../../../../lambda/container-app/deploy-task/stop-tasks';

export const MACHINE = 'arn:aws:states:eu-west-3:123456789012:stateMachine:Tasks';
export const CLUSTER = 'arn:aws:ecs:eu-west-3:123456789012:cluster/app';
export const STACK = 'arn:aws:cloudformation:eu-west-3:123456789012:stack/App/1';
export const TASK_ARN = 'arn:aws:ecs:eu-west-3:123456789012:task/app/0af1';

export const CREATE = {
  RequestType: 'Create',
  RequestId: 'r-1',
  StackId: STACK,
  LogicalResourceId: 'MigrateRun',
  ResponseURL: 'https://bucket/answer',
  ResourceType: 'Custom::DeployTask',
  ResourceProperties: { ServiceToken: 'f', Task: 'Migrate', StateMachineArn: MACHINE, Cluster: CLUSTER, Family: 'migrate', Trigger: '{"image":"web:1"}' },
};
export const UPDATE = {
  ...CREATE, RequestType: 'Update', RequestId: 'r-2', PhysicalResourceId: 'MigrateRun', OldResourceProperties: { ...CREATE.ResourceProperties, Trigger: '{"image":"web:0"}' },
};
export const DELETE = { ...CREATE, RequestType: 'Delete', RequestId: 'r-3', PhysicalResourceId: 'MigrateRun' };

export const refused = (name: string, message = name) => Object.assign(new Error(message), { name });

/** What CloudFormation got at the presigned URL. */
export interface Answer {
  readonly url: string;
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly RequestId: string;
}

/** The services around the function, as far as it sees them; a test changes what they say. */
export class Deployment {
  public status = 'UPDATE_IN_PROGRESS';
  public now = 0;
  /** In milliseconds, from the moment that it is told to. */
  public stopsAfter = 90_000;
  public readonly answers: Answer[] = [];
  public readonly started: { name: string; input: any }[] = [];
  public executions: { arn: string; name: string }[] = [];
  public readonly stopped: string[] = [];
  public tasks: (TaskState & { stopsAt?: number })[] = [];
  public logs: Record<string, string[]> = {};
  public readonly warnings: string[] = [];
  /** By what is called: what it throws, as long as there is something. */
  public failures: Partial<Record<'start' | 'put' | 'status' | 'running' | 'lines' | 'list', Error[]>> = {};

  public readonly handler = createHandler({
    executions: {
      start: async (machine, name, input) => {
        this.fail('start');
        expect(machine).toBe(MACHINE);
        if (!this.started.some((other) => other.name === name)) this.started.push({ name, input });
      },
      running: async () => { this.fail('running'); return this.executions; },
      stop: async (arn) => void this.stopped.push(arn),
    },
    stacks: { statusOf: async (stack) => { this.fail('status'); expect(stack).toBe(STACK); return this.status; } },
    tasks: {
      list: async (cluster, family) => {
        this.fail('list');
        expect([cluster, family]).toEqual([CLUSTER, 'migrate']);
        return this.tasks.map(({ stopsAt = NaN, hasStopped, ...task }) => ({ ...task, hasStopped: hasStopped || this.now >= stopsAt }));
      },
      stop: async (_cluster, arn) => {
        this.stopped.push(arn);
        this.tasks = this.tasks.map((task) => (task.arn === arn ? { ...task, stopsAt: this.now + this.stopsAfter } : task));
      },
    },
    logStreams: { lastLines: async (group, stream, limit) => { this.fail('lines'); return (this.logs[`${group} ${stream}`] ?? []).slice(-limit); } },
    put: async (url, body) => { this.fail('put'); this.answers.push({ url, ...JSON.parse(body) }); this.bodies.push(body); },
    sleep: async (milliseconds) => void (this.now += milliseconds),
    logger: { warn: (message, error) => void this.warnings.push(`${message}: ${error.message}`) },
  });

  public readonly bodies: string[] = [];

  /** One run of the function, of five minutes at the most. */
  public on(event: object): Promise<Outcome | undefined> {
    const ends = this.now + 300_000;
    return this.handler(event as EndedRun, { getRemainingTimeInMillis: () => ends - this.now });
  }

  private fail(what: keyof Deployment['failures']): void {
    const error = this.failures[what]?.shift();
    if (error) throw error;
  }
}
