// `npm run bench:synthesis`: what each construct costs to synthesize, against the same resources by hand. Writes bench/synthesis.json and .md;
// `npm run bench:synthesis -- --rounds 1` goes through all of it quickly, `--dry` writes nothing, and names measure these constructs only, dry.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureBundles, ensureLibrary, ensureNodeModules, ROOT } from '../scripts/install.mjs';
import { step } from '../scripts/progress.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true, options: { rounds: { type: 'string', default: '9' }, dry: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const isDry = values.dry || positionals.length > 0;

await ensureNodeModules();
await ensureBundles();
await ensureLibrary();
const require = createRequire(import.meta.url);
require('./synthesis/register.cjs');
const { contenders } = require('./synthesis/contenders.ts');
const { report } = require('./synthesis/report.ts');
const all = Object.keys(contenders({}));
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(' and no ')}: use ${all.join(', ')}`);
const names = positionals.length > 0 ? positionals : all;

const loadBefore = loadavg()[0];
const measured = {};
const waiting = [...names];
// Two at a time on two cores or more: what disturbs one contender disturbs the other, whose turn is next.
await Promise.all(Array.from({ length: Math.min(2, cpus().length) }, async () => {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    const subject = name;
    measured[subject] = JSON.parse(await step(`measuring ${subject}`, () => run('measure', subject, `${rounds}`)));
  }
}));
const constructs = names.map((name) => measured[name]);
const { fresh, imports } = await step('measuring fresh processes', () => freshProcesses(Math.ceil(rounds / 2)));
const figures = {
  takenOn: new Date().toISOString().slice(0, 10),
  machine: { processor: cpus()[0].model.trim(), cores: cpus().length, node: process.versions.node, cdk: cdkVersion(), loadBefore, loadAfter: loadavg()[0] },
  rounds,
  constructs,
  fresh,
  imports,
};
console.log(`\n${report(figures)}`);
if (!isDry) {
  writeFileSync(join(ROOT, 'bench/synthesis.json'), `${JSON.stringify(figures, rounded, 1)}\n`);
  writeFileSync(join(ROOT, 'bench/synthesis.md'), report(JSON.parse(JSON.stringify(figures, rounded))));
}

async function freshProcesses(times) {
  const fresh = Object.fromEntries(names.map((name) => [name, { ours: [], byHand: [] }]));
  const imports = { '`aws-cdk-lib`': [], '`cdk-mainstay`': [], '`cdk-mainstay`, every name of it': [] };
  for (let round = 0; round < times; round++) {
    for (const name of names) for (const way of ['ours', 'byHand']) fresh[name][way].push(Number(await run('fresh', way, name)));
    for (const [index, runs] of Object.values(imports).entries()) runs.push(Number(await run('fresh', 'import', ['aws-cdk-lib', 'cdk-mainstay', 'every name'][index])));
  }
  return { fresh, imports };
}

/** In a process of its own. */
async function run(script, ...parameters) {
  const here = join(ROOT, 'bench', 'synthesis');
  const command = ['--require', join(here, 'register.cjs'), join(here, `${script}.ts`), ...parameters];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 26 });
  return stdout;
}

function cdkVersion() {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules/aws-cdk-lib/package.json'), 'utf8')).version;
}

/** No more digits than mean something. */
function rounded(_, value) {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
