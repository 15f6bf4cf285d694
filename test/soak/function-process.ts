import { ChildProcess, fork } from 'child_process';
import { once } from 'events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { unzipSync } from 'fflate';
import { ROOT } from '../emulator/repository';

/** Unpacks the zip that ships, for this machine. */
export function unpackBundle(folder: string): string {
  const zip = readFileSync(join(ROOT, 'assets', `photos-thumbnail-${process.arch === 'arm64' ? 'arm64' : 'x64'}.zip`));
  const bundle = join(folder, 'bundle');
  for (const [name, content] of Object.entries(unzipSync(zip)).filter(([entry]) => !entry.endsWith('/'))) {
    mkdirSync(dirname(join(bundle, name)), { recursive: true });
    writeFileSync(join(bundle, name), content);
  }
  return bundle;
}

export interface FunctionProcessOptions {
  readonly bundle: string;
  readonly environment: Record<string, string>;
  /** Gets all that the function writes. */
  readonly logFile: string;
}

/** A function in a process of its own, which Lambda calls an execution environment; like that, it is replaced when it ends. */
export class FunctionProcess {
  private child?: Promise<ChildProcess>;

  constructor(private readonly options: FunctionProcessOptions) {}

  /** @returns when it waits for an event: Lambda counts the time of a run from there */
  public async ready(): Promise<void> {
    this.child ??= this.start();
    await this.child;
  }

  /**
   * @param milliseconds after which it is killed
   * @returns nothing if it was killed
   */
  public async invoke(event: SQSEvent, milliseconds: number): Promise<SQSBatchResponse | undefined> {
    await this.ready();
    const child = await this.child!;
    const timer = setTimeout(() => this.kill(), milliseconds);
    const ended = new AbortController();
    try {
      child.send({ event, milliseconds });
      const [result] = await Promise.race([once(child, 'message', ended), once(child, 'exit', ended)]);
      return result?.answer;
    } finally {
      ended.abort();
      clearTimeout(timer);
    }
  }

  /** As a machine that fails does it: nothing in it has time for anything. */
  public kill(): void {
    const killed = this.child;
    this.child = undefined;
    void killed?.then((child) => child.kill('SIGKILL'));
  }

  private async start(): Promise<ChildProcess> {
    const { bundle, environment, logFile } = this.options;
    const log = openSync(logFile, 'a');
    const child = fork(join(__dirname, 'lambda-runtime.js'), [bundle], { env: environment, execArgv: [], stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (first !== 'ready') throw new Error(`the function does not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    const started = this.child;
    child.once('exit', () => {
      if (this.child === started) this.child = undefined;
    });
    return child;
  }
}
