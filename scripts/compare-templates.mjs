// `node scripts/compare-templates.mjs BEFORE AFTER`: what is different in the templates of two folders, as `test/checks/templates.ts FOLDER` writes
// them; asset hashes and `Metadata` aside. `node scripts/compare-templates.mjs v0.1.0`: the templates of that commit and of the working tree.
// With --no-names, the words and hashes in generated names with the id of the stack do not count.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './install.mjs';
import { TYPESCRIPT } from './runners.mjs';

const ASSET = /\b[0-9a-f]{64}\b/g;

/** `WORDS-HASH-`, before the id of the stack. */
const NAME = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-[0-9A-Fa-f]{6,8}-(?=",\{"Fn::Select")/g;

const withNames = !process.argv.includes('--no-names');
const [first, second] = process.argv.slice(2).filter((parameter) => parameter !== '--no-names');
if (!first) {
  console.error('usage: compare-templates.mjs COMMIT, or compare-templates.mjs BEFORE AFTER with two folders of templates');
  process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), 'compare-templates-'));
try {
  const before = second ? first : templatesOf(checkOut(first), 'before');
  const after = second ?? templatesOf(ROOT, 'after');
  process.exitCode = report(before, after) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}

/** The commit in a folder of its own, with the packages and the zips of this one. */
function checkOut(commit) {
  const folder = join(work, 'commit');
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', ROOT, folder]);
  execFileSync('git', ['-C', folder, 'checkout', '--quiet', commit]);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(join(ROOT, 'node_modules/.bin/ts-node'), ['--project', 'projenrc/tsconfig.json', 'projenrc/bundle-lambdas.ts'], { cwd: folder, stdio: 'ignore' });
  return folder;
}

function templatesOf(checkout, name) {
  const folder = join(work, name);
  const switches = { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:disable-creation-stack-traces': true };
  const [command, ...parameters] = TYPESCRIPT;
  execFileSync(command, [...parameters, 'test/checks/templates.ts', folder], {
    cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(switches), CDK_VALIDATION: 'false' },
  });
  return folder;
}

function report(before, after) {
  const [was, is] = [before, after].map((folder) => new Set(readdirSync(folder)));
  const gone = [...was].filter((name) => !is.has(name));
  const added = [...is].filter((name) => !was.has(name));
  const common = [...was].filter((name) => is.has(name));
  let same = 0;
  const kinds = new Map();
  for (const name of common) {
    const differences = differencesOf(read(join(before, name)), read(join(after, name)));
    if (differences.length === 0) same += 1;
    for (const { what, text } of differences) kinds.set(what, [...kinds.get(what) ?? [], `${name}: ${text}`]);
  }
  for (const [what, places] of kinds) {
    console.log(`${what}: ${places.length}`);
    places.slice(0, 3).forEach((place) => console.log(`  ${place}`));
  }
  if (gone.length > 0) console.log(`gone: ${gone.join(', ')}`);
  if (added.length > 0) console.log(`new: ${added.join(', ')}`);
  console.log(`${common.length} templates compared, ${same} the same, ${common.length - same} different, ${gone.length} gone, ${added.length} new`);
  return same === common.length && gone.length === 0;
}

function read(file) {
  const written = JSON.stringify(JSON.parse(readFileSync(file, 'utf8'), (key, value) => (key === 'Metadata' ? undefined : value))).replace(ASSET, 'asset');
  return JSON.parse(withNames ? written : written.replace(NAME, 'name-'));
}

/** By type of resource and property: where the property differs, or only the order in a list. */
function differencesOf(before, after) {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((section) => section !== 'Resources');
  const others = sections.filter((section) => text(before[section]) !== text(after[section])).map((section) => ({ what: section, text: `${text(before[section])} -> ${text(after[section])}` }));
  const ids = [...new Set([...Object.keys(before.Resources), ...Object.keys(after.Resources)])];
  return [...others, ...ids.flatMap((id) => {
    const [was, is] = [before.Resources[id], after.Resources[id]];
    if (!was || !is) return [{ what: `${(was ?? is).Type} ${was ? 'gone' : 'new'}`, text: id }];
    const keys = new Set([...Object.keys(was), ...Object.keys(is), ...Object.keys(was.Properties ?? {}), ...Object.keys(is.Properties ?? {})]);
    keys.delete('Properties');
    return [...keys].flatMap((key) => {
      const [old, now] = [was, is].map((resource) => resource[key] ?? resource.Properties?.[key]);
      if (text(old) === text(now)) return [];
      const only = text(sorted(old)) === text(sorted(now)) ? ' (order only)' : '';
      return [{ what: `${was.Type} ${key}${only}`, text: only ? id : `${id}: ${text(old)} -> ${text(now)}` }];
    });
  })];
}

function text(value) {
  return JSON.stringify(value) ?? 'nothing';
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted).sort((one, other) => (text(one) < text(other) ? -1 : 1));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
