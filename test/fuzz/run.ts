import { fork } from 'child_process';
import { mkdirSync, writeFileSync } from 'fs';
import { availableParallelism } from 'os';
import { join } from 'path';
import { parseArgs } from 'util';
import { type Told } from './child';
import { corpus } from './corpus';
import { mutant } from './mutate';
import { Oracle } from './oracle';
import { ReferenceDecoder } from '../lambda/fixtures/reference-decoder';

const OPTIONS = { executions: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, from: { type: 'string', default: '0' } } as const;
let [executions, seed, from] = [0, 0, 0];

/** The function's, by default: one that needs more would be killed there. */
const MAX_MEGABYTES = 1536;
/** The core itself gives up after 30. */
const MAX_SECONDS = 60;
const FINDINGS = join(__dirname, '../../test-reports/fuzz');

interface Finding {
  readonly index: number;
  readonly what: string;
}

const outcomes = new Map<string, number>();
const findings: Finding[] = [];
const judged = new Map<string, number>();
const judgements: Promise<void>[] = [];
let files: Buffer[];
let oracle: Oracle;
let slowest = { index: -1, milliseconds: 0 };
let megabytes = 0;
let done = 0;

/** `npm run fuzz -- --executions N --seed S`: mutated pictures through the core, each in a process that may die of it, and what it makes of them compared with what Pillow sees. */
export async function run(parameters: string[]): Promise<boolean> {
  const { values } = parseArgs({ args: parameters, options: OPTIONS });
  [executions, seed, from] = [values.executions, values.seed, values.from].map(Number);
  const started = performance.now();
  files = await corpus();
  const reference = new ReferenceDecoder();
  oracle = new Oracle(reference);
  const processes = Math.min(availableParallelism(), executions);
  const shards = Array.from({ length: processes }, (_, shard) => fuzz(from + shard, processes));
  await Promise.all(shards);
  await Promise.all(judgements);
  reference.end();
  const seconds = (performance.now() - started) / 1000;

  if (findings.length > 0) save();
  console.log(`seed ${seed}, executions ${from} to ${from + executions - 1}, in ${seconds.toFixed(0)} s and ${processes} processes`);
  console.log(`outcomes: ${listed(outcomes)}`);
  console.log(`thumbnails that show what Pillow sees: ${listed(judged)}`);
  console.log(`slowest: ${slowest.milliseconds} ms (execution ${slowest.index}); peak memory of a process: ${megabytes} MB`);
  for (const { index, what } of findings.slice(0, 20)) {
    console.log(`finding: seed ${seed}, execution ${index}: ${what}\n  rerun: npm test -- fuzz --executions 1 --seed ${seed} --from ${index}`);
  }
  console.log(`${executions - findings.length} passed, ${findings.length} failed, 0 skipped`);
  return findings.length === 0;
}

/** Every so many executions, from one on; what kills the process is a finding, and the next process goes on behind it. */
async function fuzz(first: number, step: number): Promise<void> {
  const to = from + executions;
  for (let next = first; next < to;) next = await inProcess(next, step, to) + step;
}

/** Answers with the last execution that it came to. */
function inProcess(first: number, step: number, to: number): Promise<number> {
  return new Promise((resolve) => {
    const child = fork(join(__dirname, 'child.ts'), [seed, first, step, to].map(String), {
      execArgv: ['--require', join(__dirname, '../setup/esbuild-register.js')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced', // bytes as bytes
    });
    let underWay: number | undefined;
    let last = first;
    let words = '';
    let ended: 'by its time' | 'by its memory' | undefined;
    const end = (reason: typeof ended) => {
      ended = reason;
      child.kill('SIGKILL');
    };
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(end, MAX_SECONDS * 1000, 'by its time');
    };
    watch();
    child.stderr!.on('data', (chunk) => { words = (words + chunk).slice(-1000); });
    child.on('message', (told: Told) => {
      if (ended) return;
      watch();
      if ('started' in told) {
        underWay = last = told.started;
      } else {
        underWay = undefined;
        account(told);
        if (told.megabytes > MAX_MEGABYTES) end('by its memory'); // so that the next ones are not blamed
      }
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (underWay !== undefined) {
        count(ended ? 'hang' : 'crash');
        findings.push({ index: underWay, what: ended ? `not done after ${MAX_SECONDS} s` : `the process ended with ${signal ?? code}: ${words}` });
      } else if (code !== 0 && !ended) {
        throw new Error(`the process of executions ${first}, ${first + step}, … ended between two of them, with ${signal ?? code}: ${words}`);
      }
      resolve(last);
    });
  });
}

function account(told: Extract<Told, { ended: number }>): void {
  count(told.outcome);
  if (told.milliseconds > slowest.milliseconds) slowest = { index: told.ended, milliseconds: told.milliseconds };
  megabytes = Math.max(megabytes, told.megabytes);
  if (told.error) findings.push({ index: told.ended, what: told.error });
  else if (told.megabytes > MAX_MEGABYTES) findings.push({ index: told.ended, what: `the process has taken ${told.megabytes} MB` });
  if (told.thumbnails) judgements.push(judge(told.ended, told.thumbnails));
}

async function judge(index: number, thumbnails: Uint8Array[]): Promise<void> {
  const { rule, finding } = await oracle.judge({ mutant: mutant(files, seed, index), sound: files[index % files.length] }, thumbnails);
  if (finding !== undefined) findings.push({ index, what: finding });
  else judged.set(rule, (judged.get(rule) ?? 0) + thumbnails.length);
}

function listed(counts: Map<string, number>): string {
  return [...counts].sort(([, one], [, other]) => other - one).map(([name, times]) => `${name} ${times}`).join(', ');
}

function count(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (++done % 50 === 0) process.send?.({ done, total: executions }); // to scripts/runners.mjs
}

function save(): void {
  mkdirSync(FINDINGS, { recursive: true });
  for (const { index } of findings) writeFileSync(join(FINDINGS, `seed-${seed}-execution-${index}`), mutant(files, seed, index));
  console.log(`the files of ${findings.length} findings are in ${FINDINGS}`);
}
