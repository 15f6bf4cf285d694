import { Audit, audit } from './audit';
import { chance } from './chance';
import { EventSourceMapping } from './event-source-mapping';
import { Fault, seededFaults } from './faults';
import { NOTHING_FAILS, PhotoSystem, RUN_SECONDS } from './photo-system';
import { Troubles } from './troubles';
import { uploadAll } from './uploads';
import { Emulators } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

export interface SoakOptions {
  readonly emulators: Emulators;
  /** The function, unpacked. */
  readonly bundle: string;
  readonly photos: number;
  readonly seed: number;
  /** The share of requests that something goes wrong with, from 0 to 1. */
  readonly faults: number;
  /** That run at the same time. */
  readonly functions: number;
  readonly show?: (state: string) => void;
}

export interface SoakReport {
  /** When no message was left in the queue. */
  readonly underFaults: Audit;
  /** After what had become dead letters was sent back to the queue, and nothing went wrong any more. */
  readonly afterRedrive: Audit;
  readonly deadLetters: number;
  readonly runs: number;
  readonly killedRuns: number;
  readonly repeatedMessages: number;
  readonly requests: number;
  readonly faults: Partial<Record<Fault, number>>;
  readonly seconds: number;
}

const VISIBILITY_SECONDS = RUN_SECONDS + 1;
const SHARE_OF_REPEATS = 0.1;
/** The upload waits for the functions, so that whatever happens happens while there is something to do. */
const MAX_WAITING_PER_FUNCTION = 30;

/** Many photos, little peace: users upload, overwrite and delete while whatever can go wrong does. */
export async function soak({ emulators, bundle, photos, seed, faults, functions, show = () => undefined }: SoakOptions): Promise<SoakReport> {
  const started = performance.now();
  const system = await PhotoSystem.create({ name: `soak-${seed}`, emulators, bundle, visibilitySeconds: VISIBILITY_SECONDS });
  const troubles = new Troubles(system, seededFaults(seed, faults), 2 * VISIBILITY_SECONDS * 1000);
  const repeated = new Set<string>();
  const mapping = EventSourceMapping.start(system, {
    concurrency: functions,
    repeats: (body) => {
      const { etag } = JSON.parse(body).detail.object;
      if (repeated.has(etag) || chance(seed, 'repeat', etag) >= SHARE_OF_REPEATS) return false;
      repeated.add(etag);
      return true;
    },
  });
  const uploads = await uploadAll(system, seed, photos, async (done) => {
    troubles.at(done / photos);
    show(`${done} of ${photos} uploaded`);
    if (done % 10 > 0) return;
    await eventually('the functions keep up', async () => await system.queueSize() < MAX_WAITING_PER_FUNCTION * functions || undefined, 600);
  });
  await emptied(system, show);
  await mapping.stop();
  await troubles.over();

  const deadLetters = await system.drain(system.deadLetterQueueUrl);
  const underFaults = await audit(system, uploads, deadLetters);
  system.plan = NOTHING_FAILS;
  const again = EventSourceMapping.start(system, { concurrency: functions });
  for (const { Body } of deadLetters) await system.send(Body!);
  await emptied(system, show);
  await again.stop();
  const afterRedrive = await audit(system, uploads, await system.drain(system.deadLetterQueueUrl));

  const count: Partial<Record<Fault, number>> = {};
  for (const { fault } of system.journal.exchanges) if (fault) count[fault] = (count[fault] ?? 0) + 1;
  return {
    underFaults,
    afterRedrive,
    deadLetters: deadLetters.length,
    runs: mapping.runs.length,
    killedRuns: mapping.killedRuns,
    repeatedMessages: repeated.size,
    requests: system.journal.exchanges.length,
    faults: count,
    seconds: (performance.now() - started) / 1000,
  };
}

async function emptied(system: PhotoSystem, show: (state: string) => void): Promise<void> {
  await eventually('the queue becomes empty', async () => {
    const size = await system.queueSize();
    show(`${size} messages left`);
    return size === 0 || undefined;
  }, 1800);
}
