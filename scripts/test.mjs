// `npm test`: what shows that this checkout works on this machine. `npm run test:all`: everything. `npm test -- unit e2e`: these runners only, and
// `npm test -- unit test/queue/secure-queue.test.ts`: one runner, with parameters of its own. Without what a runner needs of the machine, it is skipped.
import { ensureNodeModules, hasGo, lacksChromium, lacksContainers, MissingToolchain } from './install.mjs';
import { hide, print, show } from './progress.mjs';
import { runners } from './runners.mjs';

const LANES = ['processors', 'waiting'];
const SETS = {
  '--quick': ({ quick }) => quick, // `npm test`
  '--all': () => true, // `npm run test:all`
  '--rest': ({ quick }) => !quick, // `npm run test:rest`: all that `npm test` does not run
};

const ci = process.env.CI === 'true';
const { chosen, parameters } = chosenBy(process.argv.slice(2));
// Ctrl-C goes to the whole process group: the runners under way clean up and end, and then so do we.
let interrupted = false;
process.on('SIGINT', () => interrupted = true);

const started = performance.now();
const lacking = await install();
const installed = new Map(); // by the function that installs
const background = installInBackground(chosen.filter((runner) => !missingFor(runner)));
const results = (await Promise.all(LANES.map((lane) => runLane(chosen.filter((runner) => runner.lane === lane))))).flat();
if (interrupted) process.exit(130);
await background;
conclude(runners.flatMap(({ name }) => results.find((result) => result.name === name) ?? []));

/** A set by its option, or names of runners; what follows the name of a single one is for it. */
function chosenBy(words) {
  const set = SETS[words[0] ?? '--quick'];
  if (set) return { chosen: runners.filter(set), parameters: [] };
  const isRunner = (word) => runners.some(({ name }) => name === word);
  const first = words.findIndex((word) => !isRunner(word));
  const names = first === -1 ? words : words.slice(0, first);
  if (names.length === 0 || (names.length > 1 && first !== -1)) {
    console.error(`no such runner: ${words[first]}; there are ${runners.map(({ name }) => name).join(', ')}. Parameters follow the name of a single one`);
    process.exit(1);
  }
  return { chosen: runners.filter(({ name }) => names.includes(name)), parameters: first === -1 ? [] : words.slice(first) };
}

/** @returns {Promise<Record<string, string>>} why a tool that some runners need is not there */
async function install() {
  const lacking = {};
  try {
    await ensureNodeModules();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  if (process.platform !== 'linux') lacking.linux = `the functions' zips hold Linux binaries, and this is ${process.platform}`;
  if (!hasGo()) lacking.go = 'Go is needed to build OpenTofu';
  if (process.platform === 'linux' && chosen.some(({ needs }) => needs.includes('containers'))) lacking.containers = lacksContainers();
  if (chosen.some(({ needs }) => needs.includes('chromium'))) lacking.chromium = lacksChromium();
  return lacking;
}

function missingFor({ needs }) {
  return needs.map((tool) => lacking[tool]).find(Boolean);
}

/** What the chosen runners need, two at a time, in the order in which they need it: the first of each lane first. */
async function installInBackground(wanting) {
  const ofLanes = LANES.map((lane) => wanting.filter((runner) => runner.lane === lane).map(({ after }) => after));
  const inOrder = wanting.flatMap((_, index) => ofLanes.flatMap((lane) => lane[index] ?? []));
  const queue = [...new Set(inOrder)].map((work) => {
    const job = { work };
    job.done = new Promise((resolve) => job.resolve = resolve);
    installed.set(work, job.done);
    return job;
  });
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      const error = interrupted ? new Error('interrupted') : await Promise.resolve().then(job.work).then(() => undefined, (reason) => reason);
      if (error instanceof MissingToolchain) lacking.python ??= error.message;
      job.resolve(error);
    }
  };
  await Promise.all([worker(), worker()]);
}

/** One after the other. */
async function runLane(lane) {
  const results = [];
  for (const runner of lane) if (!interrupted) results.push(await runOne(runner));
  return results;
}

/** The output of one that runs alone is shown as it comes, and that of one among others in one piece when it is done. */
async function runOne(runner) {
  const { name, title, after, run } = runner;
  const heading = `\n── ${name}: ${title} ${'─'.repeat(Math.max(0, 100 - name.length - title.length))}\n\n`;
  let output = heading;
  const alone = chosen.length === 1;
  const write = alone ? (text) => process.stdout.write(text) : (text) => output += text;

  const errors = (await Promise.all(after.map((work) => installed.get(work)))).filter(Boolean);
  const missing = missingFor(runner);
  if (missing) {
    print(`${heading}${ci ? 'Failed, as CI=true allows no skip' : 'SKIPPED'}: ${missing}`);
    return { name, seconds: 0, passed: 0, failed: ci ? 1 : 0, skipped: ci ? 0 : 1, note: ci ? 'tools missing' : 'tools missing, skipped' };
  }
  if (alone) print(heading);
  else show(name);
  const began = performance.now();
  const counts = await (errors.length > 0 ? Promise.reject(errors[0]) : run(runner, { parameters, write, show: (detail) => !alone && show(name, detail) })).catch((error) => {
    write(`${error.message}\n`);
    return { passed: 0, failed: 1, skipped: 0, note: 'could not run' };
  });
  if (!alone) {
    hide(name);
    print(output);
  }
  if (ci && counts.skipped > 0 && parameters.length === 0) { // a part of a runner skips the rest of it
    counts.note = `${counts.skipped} skipped, which CI=true does not allow`;
    counts.failed += counts.skipped;
    counts.skipped = 0;
  }
  return { name, seconds: (performance.now() - began) / 1000, ...counts, reruns: counts.reruns?.length ? counts.reruns : counts.failed > 0 ? [`npm test -- ${name}`] : [] };
}

function conclude(results) {
  const total = (count) => results.reduce((sum, result) => sum + result[count], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  console.log('\n  runner          passed  failed  skipped  seconds');
  for (const result of results) {
    const numbers = [[result.passed, 6], [result.failed, 6], [result.skipped, 7], [result.seconds.toFixed(1), 7]];
    const row = numbers.map(([value, width]) => String(value).padStart(width));
    console.log(['', result.name.padEnd(14), ...row, result.note ?? ''].join('  ').trimEnd());
  }
  if (results.length > 1) console.log(`\n  ${((performance.now() - started) / 60_000).toFixed(1)} minutes, with installations; runners run side by side`);
  const reruns = results.flatMap((result) => result.reruns ?? []);
  if (reruns.length > 0) console.log(['', 'What failed, run alone:', ...reruns.slice(0, 30).map((command) => `  ${command}`), ...reruns.length > 30 ? [`  … and ${reruns.length - 30} more, above`] : []].join('\n'));
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
