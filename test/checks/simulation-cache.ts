import { createHash } from 'crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'fs';
import { dirname, join } from 'path';

const NODE_MODULES = join(__dirname, '..', '..', 'node_modules');
const SIMULATOR = '@cloud-copilot';
const FOLDER = join(NODE_MODULES, '.cache', 'cdk-mainstay', 'simulations');

/**
 * Keeps what the policy simulator decided, on disk, by everything that the decision depends on: the simulator with its data about AWS, the code that
 * asks it, and the request with all policies. So the tests on the newest aws-cdk-lib, a second run, and the check of a defect simulate only what differs.
 * Nothing is kept of a request that the simulator refuses.
 */
export class SimulationCache {
  private readonly file: string;
  private results?: Map<string, string>;

  /** @param code the file that asks the simulator, whose every change makes all of its results invalid */
  constructor(code: string, folder: string = FOLDER) {
    this.file = join(folder, `${hash([readFileSync(code, 'utf8'), readFileSync(__filename, 'utf8'), simulatorVersions()])}.jsonl`);
  }

  /** @param inputs all that `simulate` depends on; JSON has to tell different ones apart, so `undefined` is no input */
  async get<T>(inputs: unknown, simulate: () => Promise<T>): Promise<T> {
    this.results ??= this.read();
    const key = hash(inputs);
    const known = this.results.get(key);
    if (known !== undefined) return JSON.parse(known);

    const result = JSON.stringify(await simulate());
    this.results.set(key, result);
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${key} ${result}\n`); // one write, so that lines of two processes do not mix
    return JSON.parse(result);
  }

  private read(): Map<string, string> {
    const lines = existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n') : [];
    const complete = lines.slice(0, -1); // the last one is empty, or another process is writing it
    return new Map(complete.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  }
}

function simulatorVersions(): string[] {
  return readdirSync(join(NODE_MODULES, SIMULATOR)).sort().map((name) => readFileSync(join(NODE_MODULES, SIMULATOR, name, 'package.json'), 'utf8'));
}

function hash(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}
