// Puts each defect into the templates and the source, and sees which checks catch it. Without a parameter: all of them, and writes
// test/mutations/catches.json and a page of it. With words: those whose names contain one, and the others stay on record as they were. With --on-record: asks only
// those that have caught them before, and tests only about a share of them, as `npm run test:all` does, and closes with a line that scripts/test.mjs adds up.
import '../setup/environment';
import './on-newest';
import { spawnSync } from 'child_process';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { CHECKS } from './checks';
import { SOURCE_DEFECTS, TEMPLATE_DEFECTS } from './defects';
import { MutationRecord, recorded, REPORT, requireFresh, write } from './record';
import { requireSound } from './soundness';
import { testsByNearness, testsOfConstruct } from './tests-of';
import { Catches, isTest, Trial, tryAll } from './trials';

const ENOUGH = 0.95;
/** Of what only tests catch, `npm run test:all` asks about one of so many: another one in each commit, and the same in each run of it. */
const SHARES = 6;

if (require.main === module) {
  run(process.argv.slice(2)).then((succeeded) => process.exit(succeeded ? 0 : 1), (error) => {
    console.error(error);
    process.exit(1);
  });
}

export async function run(words: string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-mutations-'));
  process.env.TMPDIR = folder; // what is synthesized goes with the folder
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // a banner about Node.js 20, which is tested and works
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 })); // interrupted child processes may write for a moment yet

  requireSound(TEMPLATE_DEFECTS, SOURCE_DEFECTS);
  return words.includes('--on-record') ? repeatRecord() : makeRecord(words);
}

/**
 * All checks are asked about a defect in a template. Tests are slow: first those of the very file or construct, then, about what none of these
 * has caught, the other tests that load the file, and at last those over all constructs.
 */
async function makeRecord(words: string[]): Promise<boolean> {
  const isWanted = ({ name }: { name: string }) => words.length === 0 || words.some((word) => name.includes(word));
  const checks = CHECKS.map(({ name }) => name);
  const [templateDefects, sourceDefects] = [TEMPLATE_DEFECTS.filter(isWanted), SOURCE_DEFECTS.filter(isWanted)];
  const caughtIn = { templates: new Map<string, string[]>(), sources: new Map<string, string[]>() };
  const seconds: Record<string, number> = {};
  const before: MutationRecord = words.length === 0 ? { templates: {}, sources: {} } : recorded();
  const merged = (defects: { name: string }[], old: Record<string, string[]>, fresh: Catches) =>
    Object.fromEntries(defects.map(({ name }) => [name, fresh.get(name) ?? old[name] ?? []]));
  for (const round of [0, 1, 2]) {
    const results = await tryAll(
      slippedAmong(templateDefects, caughtIn.templates).map((defect) => ({ defect, asked: [checks, testsOfConstruct(defect.variant), []][round] })),
      slippedAmong(sourceDefects, caughtIn.sources).map((defect) => ({ defect, asked: testsByNearness(defect.file, defect.test)[round] })),
    );
    results.ofTemplates.forEach((catchers, name) => caughtIn.templates.set(name, catchers));
    results.ofSources.forEach((catchers, name) => caughtIn.sources.set(name, catchers));
    for (const [part, count] of Object.entries(results.seconds)) seconds[part] = (seconds[part] ?? 0) + count;
    // After each round, which takes minutes: what ends a later one does not take it away.
    write({
      templates: merged(TEMPLATE_DEFECTS, before.templates, caughtIn.templates),
      sources: merged(SOURCE_DEFECTS, before.sources, caughtIn.sources),
    }, seconds);
  }
  const { templates, sources } = recorded();
  const total = TEMPLATE_DEFECTS.length + SOURCE_DEFECTS.length;
  const slipped = [
    ...slippedAmong(TEMPLATE_DEFECTS, new Map(Object.entries(templates))), ...slippedAmong(SOURCE_DEFECTS, new Map(Object.entries(sources))),
  ];
  for (const { name, wouldBeCaughtBy } of slipped) console.log(`✗ ${name}: not caught; ${wouldBeCaughtBy ?? 'say in its wouldBeCaughtBy what would'}`);
  console.log(`${total - slipped.length} of ${total} defects caught: ${REPORT}`);
  return slipped.length <= total * (1 - ENOUGH) && slipped.every(({ wouldBeCaughtBy }) => wouldBeCaughtBy !== undefined);
}

function slippedAmong<T extends { name: string }>(defects: T[], caught: Catches): T[] {
  return defects.filter(({ name }) => (caught.get(name) ?? []).length === 0);
}

/**
 * Of the tests, which are slow, only the first is asked, which is that of the construct or function itself; none where other checks are; and only about a
 * share of the defects. `npm run mutate` asks about all.
 */
async function repeatRecord(): Promise<boolean> {
  const record = recorded();
  requireFresh(record);
  const templates = TEMPLATE_DEFECTS.map((defect) => {
    const checks = record.templates[defect.name].filter((catcher) => !isTest(catcher));
    return { defect, asked: checks.length > 0 ? checks : record.templates[defect.name] };
  });
  const sources = SOURCE_DEFECTS.map((defect) => ({ defect, asked: record.sources[defect.name].slice(0, 1) }));
  const share = shareOfCommit();
  const isInShare = ({ asked }: Trial<object>, index: number) => !asked.every(isTest) || index % SHARES === share;
  const [templatesNow, sourcesNow] = [templates.filter(isInShare), sources.filter(isInShare)];
  console.log(`share ${share + 1} of ${SHARES}: ${templatesNow.length + sourcesNow.length} of ${templates.length + sources.length} defects`);
  const { ofTemplates, ofSources } = await tryAll(templatesNow, sourcesNow);

  const lost = ({ defect: { name }, asked }: Trial<{ name: string }>, catches: Catches) => {
    const missing = asked.filter((catcher) => !catches.get(name)!.includes(catcher));
    if (missing.length > 0) console.log(`✗ ${name}: not caught any more by ${missing.join(', ')}\n  rerun: npm run mutate -- '${name.replaceAll('\'', '\'\\\'\'')}'`);
    return missing.length > 0;
  };
  const failed = [...templatesNow.filter((trial) => lost(trial, ofTemplates)), ...sourcesNow.filter((trial) => lost(trial, ofSources))].length;
  console.log(`${templatesNow.length + sourcesNow.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0;
}

function shareOfCommit(): number {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  return stdout ? Number.parseInt(stdout.slice(0, 6), 16) % SHARES : 0; // none: not a clone
}
