import { ChildProcess, spawn } from 'child_process';
import { closeSync, openSync, readFileSync } from 'fs';
import { createServer } from 'net';
import { join } from 'path';
import { PYTHON } from './repository';

const SECONDS_TO_START = 30;
const SECONDS_TO_STOP = 5;

export interface ServerOptions {
  /** What server.py plays: the account with the bridge, with that of containers, too, or the store as MiniStack is. */
  readonly role: 'account' | 'containers' | 'store';
  readonly environment: Record<string, string>;
  /** Everything the server writes goes here, its log too. */
  readonly folder: string;
  /** By default a free one. */
  readonly port?: number;
  /** What its command begins with, such as `nsenter …`. */
  readonly enter?: string[];
}

/** One MiniStack, with the processes of its functions, on a port of 127.0.0.1. */
export class ServerProcess {
  public static async start(options: ServerOptions): Promise<ServerProcess> {
    const port = options.port ?? await freePort();
    const logFile = join(options.folder, `${options.role}.log`);
    const log = openSync(logFile, 'a');
    const [program, ...parameters] = [...options.enter ?? [], PYTHON, join(__dirname, 'server.py'), options.role];
    const child = spawn(program, parameters, {
      cwd: options.folder,
      env: { ...options.environment, BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port) },
      stdio: ['pipe', log, log], // the server stops when this end of its stdin closes
      detached: true, // a process group of its own, so that the functions' processes stop with it
    });
    closeSync(log);
    const server = new ServerProcess(options.role, `http://127.0.0.1:${port}`, logFile, child);
    try {
      await server.ready();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private readonly exited: Promise<unknown>;

  private constructor(
    private readonly role: string,
    public readonly endpoint: string,
    private readonly logFile: string,
    private readonly child: ChildProcess,
  ) {
    this.exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  }

  /** What went wrong lately, a function that does not start included: that is in no log group. */
  public get errors(): string[] {
    return readFileSync(this.logFile, 'utf8').split('\n').filter((line) => / (ERROR|CRITICAL) /.test(line)).slice(-5);
  }

  public async stop(): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), SECONDS_TO_STOP * 1000);
    await this.exited;
    clearTimeout(timer);
    this.signal('SIGKILL'); // what may be left of the group: functions in the middle of something
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid) process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // gone already
    }
  }

  private async ready(): Promise<void> {
    const until = Date.now() + SECONDS_TO_START * 1000;
    while (Date.now() < until) {
      if (this.child.exitCode !== null || this.child.pid === undefined) break;
      if (await answers(`${this.endpoint}/_ministack/ready`)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const state = this.child.exitCode === null ? `is not ready after ${SECONDS_TO_START} s` : `exited with ${this.child.exitCode}`;
    const end = readFileSync(this.logFile, 'utf8').slice(-2000);
    throw new Error(`the emulated ${this.role} at ${this.endpoint} ${state}; the end of its log:\n${end}`);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve((address as { port: number }).port));
    });
  });
}
