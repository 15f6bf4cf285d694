import { ChildProcess, spawn } from 'child_process';
import { join } from 'path';
import { createInterface } from 'readline';

/** A process that answers requests: a JSON text a line each way. What it prints besides, as the function's log, is passed over. */
export class Worker {
  /** A TypeScript file of this folder. */
  public static node(file: string, options: WorkerOptions = {}): Worker {
    const register = join(__dirname, 'register.cjs');
    return new Worker([process.execPath, '--require', register, join(__dirname, file)], options);
  }

  public static python(file: string, options: WorkerOptions = {}): Worker {
    return new Worker([join(__dirname, '../../.venv-bench/bin/python'), join(__dirname, file)], options);
  }

  private readonly child: ChildProcess;
  private readonly waiting: { resolve: (answer: any) => void; reject: (error: Error) => void }[] = [];

  constructor(command: string[], { core, environment }: WorkerOptions) {
    const [program, ...parameters] = core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command];
    this.child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      if (line.startsWith(ANSWER)) {
        const { result, error } = JSON.parse(line.slice(ANSWER.length));
        const { resolve, reject } = this.waiting.shift()!;
        error === undefined ? resolve(result) : reject(new Error(error));
      }
    });
    this.child.on('exit', (code) => this.waiting.forEach(({ reject }) => reject(new Error(`${command.join(' ')} ended with ${code}`))));
  }

  public ask<T = Sample>(operation: string, parameters: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin!.write(`${JSON.stringify({ operation, ...parameters })}\n`);
    });
  }

  public async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin!.end();
    await ended;
  }
}

interface WorkerOptions {
  /** The one core that it may use. */
  readonly core?: number;
  readonly environment?: Record<string, string>;
}

/** What one run took: on the clock, and of the processor. */
export interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const ANSWER = 'answer ';

/** The other end: answers until its input ends. */
export function serve(operations: Record<string, (parameters: any) => unknown>): void {
  let last: Promise<unknown> = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    last = last.then(async () => {
      const { operation, ...parameters } = JSON.parse(line);
      try {
        answer({ result: await operations[operation](parameters) ?? null });
      } catch (error) {
        answer({ error: `${operation}: ${(error as Error).stack}` });
      }
    });
  }).on('close', () => void last.then(() => process.exit()));
}

function answer(content: object): void {
  process.stdout.write(`${ANSWER}${JSON.stringify(content)}\n`);
}

export async function timed(work: () => Promise<unknown>): Promise<Sample> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000 };
}
