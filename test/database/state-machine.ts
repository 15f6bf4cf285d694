import jsonata from 'jsonata';

type Values = Record<string, any>;
type State = Values;

/** An error by the name that Step Functions knows it by. */
export class TaskError extends Error {
  constructor(public readonly error: string, public readonly reason: string = error) {
    super(`${error}: ${reason}`);
  }
}

export interface World {
  /** What a task's resource answers. */
  readonly call: (resource: string, args: Values) => Promise<unknown>;
  /** Time passes. */
  readonly wait: (seconds: number) => void;
  /** Says when the machine is stopped from outside, before a state. */
  readonly isKilledBefore?: (state: string) => boolean;
}

export interface Outcome {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly error?: string;
  readonly cause?: string;
  /** The names of the states, in order. */
  readonly path: string[];
}

class Killed extends Error {}

/**
 * Runs a state machine in the language of Step Functions with JSONata, evaluated by JSONata's own implementation. It knows the states and fields
 * that the machines of this library have, and refuses all others.
 *
 * @see https://states-language.net/
 */
export async function run(definition: Values, world: World): Promise<Outcome> {
  const path: string[] = [];
  try {
    await new Scope(world, path).runStates(definition, {});
    return { status: 'SUCCEEDED', path };
  } catch (thrown) {
    if (thrown instanceof Killed) return { status: 'ABORTED', path };
    if (!(thrown instanceof TaskError)) throw thrown;
    return { status: 'FAILED', error: thrown.error, cause: thrown.reason, path };
  }
}

const FIELDS: Record<string, string[]> = {
  Pass: ['Assign', 'Next'],
  Task: ['Resource', 'Arguments', 'Assign', 'Retry', 'Catch', 'Next', 'End'],
  Wait: ['Seconds', 'Assign', 'Next'],
  Choice: ['Choices', 'Default'],
  Parallel: ['Branches', 'Assign', 'Catch', 'Next'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
};

class Scope {
  private readonly variables: Values = {};

  constructor(private readonly world: World, private readonly path: string[], private readonly outer?: Scope) {}

  async runStates({ StartAt, States }: Values, input: unknown): Promise<unknown> {
    let [name, value]: [string, unknown] = [StartAt, input];
    for (;;) {
      const state: State = States[name] ?? fail(`there is no state ${name}`);
      const unknown = Object.keys(state).filter((field) => field !== 'Type' && !FIELDS[state.Type]?.includes(field));
      if (unknown.length > 0) fail(`the state ${name}, a ${state.Type}, has ${unknown}`);
      if (this.world.isKilledBefore?.(name)) throw new Killed();
      this.path.push(name);
      const { next, output } = await this.runState(state, value);
      if (next === undefined) return output;
      [name, value] = [next, output];
    }
  }

  private async runState(state: State, input: unknown): Promise<{ next?: string; output: unknown }> {
    switch (state.Type) {
      case 'Pass': case 'Wait':
        if (state.Type === 'Wait') this.world.wait(await this.valueOf(state.Seconds, { input }));
        await this.assign(state.Assign, { input });
        return { next: state.Next, output: input };
      case 'Choice': return { next: await this.choose(state, input), output: input };
      case 'Succeed': return { output: input };
      case 'Fail': throw new TaskError(await this.valueOf(state.Error, { input }), await this.valueOf(state.Cause, { input }));
      case 'Task': return this.attempt(state, input, async () => this.world.call(state.Resource, await this.valueOf(state.Arguments, { input })));
      default: {
        const runBranch = (branch: Values) => new Scope(this.world, this.path, this).runStates(branch, input);
        return this.attempt(state, input, () => Promise.all(state.Branches.map(runBranch)));
      }
    }
  }

  private async choose({ Choices, Default }: State, input: unknown): Promise<string> {
    for (const { Condition, Next } of Choices) {
      const holds = await this.valueOf(Condition, { input });
      if (typeof holds !== 'boolean') throw new TaskError('States.QueryEvaluationError', `${Condition} is ${JSON.stringify(holds)}`);
      if (holds) return Next;
    }
    return Default;
  }

  private async attempt(state: State, input: unknown, does: () => Promise<unknown>): Promise<{ next?: string; output: unknown }> {
    const tried = new Map<Values, number>();
    for (;;) {
      try {
        const result = await does();
        await this.assign(state.Assign, { input, result });
        return { next: state.End ? undefined : state.Next, output: result };
      } catch (thrown) {
        if (!(thrown instanceof TaskError)) throw thrown;
        const matches = ({ ErrorEquals }: Values) => ErrorEquals.some((pattern: string) =>
          pattern === 'States.ALL' || pattern === thrown.error || (pattern === 'States.TaskFailed' && !thrown.error.startsWith('States.')));
        const retrier: Values | undefined = state.Retry?.find(matches);
        const attempts = retrier ? tried.get(retrier) ?? 0 : 0;
        if (retrier && attempts < (retrier.MaxAttempts ?? 3)) {
          tried.set(retrier, attempts + 1);
          this.world.wait(retrier.IntervalSeconds * retrier.BackoffRate ** attempts);
          continue;
        }
        const catcher: Values | undefined = state.Catch?.find(matches);
        if (!catcher) throw thrown;
        const errorOutput = { Error: thrown.error, Cause: thrown.reason };
        await this.assign(catcher.Assign, { input, errorOutput });
        return { next: catcher.Next, output: errorOutput };
      }
    }
  }

  /** All are evaluated before the first is assigned. */
  private async assign(assignments: Values | undefined, states: Values): Promise<void> {
    const values = await this.valueOf(assignments ?? {}, states);
    for (const name of Object.keys(values)) {
      if (this.outer && name in this.outer.all()) fail(`a branch assigns ${name}, which is a variable outside of it`);
    }
    Object.assign(this.variables, values);
  }

  private all(): Values {
    return { ...this.outer?.all(), ...this.variables };
  }

  private async valueOf(template: any, states: Values): Promise<any> {
    if (Array.isArray(template)) return Promise.all(template.map((item) => this.valueOf(item, states)));
    if (typeof template === 'object' && template !== null) {
      return Object.fromEntries(await Promise.all(Object.entries(template).map(async ([key, value]) => [key, await this.valueOf(value, states)])));
    }
    const expression = typeof template === 'string' && /^\{%(.*)%\}$/s.exec(template)?.[1];
    if (!expression) return template;
    const value = await jsonata(expression).evaluate({}, { ...this.all(), states });
    if (value === undefined) throw new TaskError('States.QueryEvaluationError', `${template} is nothing`);
    return JSON.parse(JSON.stringify(value));
  }
}

function fail(message: string): never {
  throw new Error(message);
}
