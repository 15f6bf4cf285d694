import { ChildProcess, execFileSync, spawn } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
/** It takes 3 seconds on an idle machine. */
const DEADLINE = 30_000;
const FIND = 'import(\'./scripts/install.mjs\').then(({ findChromium }) => console.log(JSON.stringify(findChromium() ?? null)))';

/**
 * A headless Chromium that opens a page. It visits nothing but what this machine serves, so that it needs no sandbox, which containers do not allow.
 *
 * @throws if there is none, with what to do
 */
export class Chromium {
  public static open(url: string): Chromium {
    const found = JSON.parse(execFileSync(process.execPath, ['--eval', FIND], { cwd: ROOT, encoding: 'utf8' }));
    if (!found) throw new Error('there is no Chromium: `node scripts/install.mjs chromium` unpacks that of Debian, or install one, or set CHROMIUM to the path of one');
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const unthrottled = ['disable-background-timer-throttling', 'disable-backgrounding-occluded-windows', 'disable-renderer-backgrounding']; // as it opens windows before its own
    const options = [...unthrottled, 'headless', 'no-sandbox', 'disable-gpu', 'disable-dev-shm-usage', 'disable-popup-blocking', 'no-first-run', 'disable-background-networking', `user-data-dir=${profile}`];
    const environment = { ...process.env, ...found.libraries && { LD_LIBRARY_PATH: found.libraries } };
    return new Chromium(spawn(found.program, [...options.map((option) => `--${option}`), url], { env: environment, stdio: ['ignore', 'ignore', 'pipe'], detached: true }), profile);
  }

  private words = '';

  private constructor(private readonly process: ChildProcess, private readonly profile: string) {
    process.stderr!.setEncoding('utf8').on('data', (chunk) => this.words += chunk);
  }

  /** What comes of the page, unless the browser ends before or takes too long: its last words are in the error. */
  public async until<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout;
    const failed = new Promise<never>((_, reject) => {
      const fail = (why: string) => reject(new Error(`Chromium ${why}: ${this.words.slice(-2000)}`));
      timer = setTimeout(() => fail(`did not answer in ${DEADLINE / 1000} seconds`), DEADLINE);
      this.process.once('exit', (code, signal) => fail(`ended (${signal ?? code})`)).once('error', ({ message }) => fail(`did not start, ${message}`));
    });
    return Promise.race([answer, failed]).finally(() => clearTimeout(timer));
  }

  /** With all its processes, which are a group, as they would write into the profile for a while. */
  public async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.process;
    const gone = new Promise((resolve) => this.process.once('close', resolve));
    if (pid !== undefined) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // all of them have ended
      }
      if (exitCode === null && signalCode === null) await gone;
    }
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
