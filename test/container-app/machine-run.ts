import { Deployment, MACHINE } from '../lambda/container-app/deploy-task/deployment';

/** What ECS makes of a task: a result, or an error as Step Functions names it; after how many milliseconds. */
export interface RunTaskOutcome {
  readonly result?: object;
  readonly error?: { readonly Error: string; readonly Cause?: string };
  readonly after?: number;
}

export interface ExecutionOutcome {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly error?: string;
  readonly cause?: string;
}

const at = (data: any, path: string): any => path.split('.').slice(1).reduce((value, key) => value?.[key], data);
const put = (data: any, path: string, value: unknown) => ({ ...data, [path.slice(2)]: value });

/**
 * An execution of a state machine as the language of Step Functions says, as far as ours uses it, with ECS as a test plays it and with the real function.
 *
 * What cannot be caught there, such as a path that leads nowhere, throws here.
 */
export class MachineRun {
  public readonly asked: any[] = [];
  /** How often the function crashes before it is well. */
  public crashes = 0;

  constructor(
    private readonly definition: any, private readonly deployment: Deployment,
    private readonly runTask: (parameters: any, attempt: number) => RunTaskOutcome,
  ) {}

  public async start(input: object, name = 'by-hand'): Promise<ExecutionOutcome> {
    const context = { Execution: { Name: name }, StateMachine: { Id: MACHINE } };
    let data: any = JSON.parse(JSON.stringify(input));
    for (let state = this.definition.StartAt; ;) {
      const { Type, ...body } = this.definition.States[state] ?? expect(state).toBe('a state');
      switch (Type) {
        case 'Pass': data = put(data, body.ResultPath, body.Result); break;
        case 'Choice': state = body.Choices.find((rule: any) => chosen(rule, data))?.Next ?? body.Default; continue;
        case 'Succeed': return { status: 'SUCCEEDED' };
        case 'Fail': return { status: 'FAILED', error: body.Error ?? required(data, body.ErrorPath), cause: body.Cause ?? required(data, body.CausePath) };
        case 'Task': {
          const [next, changed] = await this.task(body, data, context);
          [state, data] = [next, changed];
          continue;
        }
        default: throw new Error(`a state of the type ${Type} is not expected`);
      }
      state = body.Next;
    }
  }

  private async task(body: any, data: any, context: object): Promise<[next: string, data: any]> {
    const retries = new Map<object, number>();
    for (let attempt = 1; ; attempt++) {
      const { result, error } = await this.attempt(body, filled(body.Parameters, data, context), attempt);
      if (!error) return [body.Next, body.ResultPath ? put(data, body.ResultPath, result) : at({ Payload: result }, body.OutputPath)];
      const retrier = body.Retry?.find(({ ErrorEquals }: any) => matches(ErrorEquals, error.Error));
      const tries = retries.get(retrier) ?? 0;
      if (retrier && tries < retrier.MaxAttempts) {
        retries.set(retrier, tries + 1);
        this.deployment.now += retrier.IntervalSeconds * 1000 * retrier.BackoffRate ** tries;
        continue;
      }
      const catcher = body.Catch.find(({ ErrorEquals }: any) => matches(ErrorEquals, error.Error));
      return [catcher.Next, put(data, catcher.ResultPath, error)];
    }
  }

  private async attempt({ Resource, TimeoutSeconds }: any, parameters: any, attempt: number): Promise<RunTaskOutcome> {
    if (/states:::ecs:runTask\.sync$/.test(Resource)) {
      this.asked.push(parameters);
      const outcome = this.runTask(parameters, attempt);
      const isInTime = (outcome.after ?? 0) <= TimeoutSeconds * 1000;
      this.deployment.now += Math.min(outcome.after ?? 0, TimeoutSeconds * 1000);
      return isInTime ? outcome : { error: { Error: 'States.Timeout' } };
    }
    expect(Resource).toMatch(/states:::lambda:invoke$/);
    if (this.crashes-- > 0) return { error: { Error: 'Lambda.Unknown', Cause: 'the function died' } };
    try {
      return { result: JSON.parse(JSON.stringify(await this.deployment.on(parameters.Payload))) };
    } catch (error) {
      return { error: { Error: (error as Error).name, Cause: (error as Error).message } };
    }
  }
}

function chosen(rule: any, data: any): boolean {
  if (rule.Not) return !chosen(rule.Not, data);
  const value = at(data, rule.Variable);
  if ('IsPresent' in rule) return (value !== undefined) === rule.IsPresent;
  if (value === undefined) throw new Error(`States.Runtime: ${rule.Variable} is not there`);
  return 'StringEquals' in rule ? value === rule.StringEquals : value === rule.BooleanEquals;
}

function required(data: any, path: string): string {
  const value = at(data, path);
  if (typeof value !== 'string') throw new Error(`States.Runtime: ${path} is no string`);
  return value;
}

function filled(value: any, data: any, context: object): any {
  if (Array.isArray(value) || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries<any>(value).map(([key, each]) => {
    if (!key.endsWith('.$')) return [key, filled(each, data, context)];
    const found = each.startsWith('$$.') ? at(context, each.slice(1)) : each === '$' ? data : required(data, each);
    return [key.slice(0, -2), found];
  }));
}

/** Of what a state failed with, States.TaskFailed is each error but a timeout: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function matches(names: string[], error: string): boolean {
  return names.includes('States.ALL') || names.includes(error) || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}
