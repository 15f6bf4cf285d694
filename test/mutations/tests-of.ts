import { existsSync, readdirSync, readFileSync } from 'fs';
import { basename, dirname, join, relative } from 'path';
import { filesBesideTests } from '../checks/beside-tests';

const ROOT = join(__dirname, '..', '..');

/** The tests that load a file of the source, by whatever way: the one named, or those with its name or its users', or else its folder's; the others; and the checks over all constructs. */
export function testsByNearness(file: string, named?: string): [string[], string[], string[]] {
  const loading = TESTS.filter((test) => loadedBy(test).has(file));
  const withName = (names: Set<string>) => loading.filter((test) => names.has(basename(test, '.test.ts')));
  const namesakes = withName(namesOf(file));
  const own = named ? [named] : namesakes.length > 0 ? namesakes : withName(new Set([basename(dirname(file))]));
  const checks = loading.filter((test) => test.startsWith('test/checks/'));
  return [own, loading.filter((test) => !own.includes(test) && !checks.includes(test)), checks];
}

/** The tests of the construct of a variant, which say how each of its resources shall be: its own, and those that build it by the same helper. */
export function testsOfConstruct(variant: string): string[] {
  const name = variant.split('-')[0].replace(/\B[A-Z]/g, '-$&').toLowerCase();
  const own = TESTS.filter((test) => basename(test) === `${name}.test.ts`);
  return [...own, ...TESTS.filter((test) => !own.includes(test) && importedBy(test).some((file) => basename(file) === `${name}.ts` && file.startsWith('test/')))];
}

/** What a report calls the check that a test belongs to. */
export function checkOf(catcher: string): string {
  if (!catcher.startsWith('test/')) return catcher;
  if (catcher.startsWith('test/checks/')) return basename(catcher, '.test.ts');
  return catcher.startsWith('test/lambda/') ? 'tests of the functions' : 'tests of the constructs';
}

/** These have runners of their own, and ours are about the defects themselves. */
const NOT_ASKED = /^test\/(bench|consumers|database-servers|e2e|fuzz|lifecycle|mutations|newest|opentofu|scripts|soak)\//;

const TESTS = (readdirSync(join(ROOT, 'test'), { recursive: true }) as string[])
  .map((name) => `test/${name}`).filter((test) => test.endsWith('.test.ts') && !NOT_ASKED.test(test)).sort();

const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && basename(name) !== 'index.ts').map((name) => `src/${name}`);

/** Its own, and, where no test has that, those of its users. */
function namesOf(file: string, found = new Set<string>()): Set<string> {
  const name = basename(file, '.ts');
  if (found.has(name)) return found;
  found.add(name);
  if (!TESTS.some((test) => basename(test, '.test.ts') === name)) SOURCES.filter((source) => importedBy(source).includes(file)).forEach((source) => namesOf(source, found));
  return found;
}

function loadedBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  importedBy(file).forEach((source) => loadedBy(source, found));
  return found;
}

/** What a file imports, and what a check finds beside the tests. */
function importedBy(file: string): string[] {
  const kinds = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/listedBesideTests<\w+>\('([^']*)'/g)];
  const found = kinds.flatMap(([, kind]) => filesBesideTests(kind).map((path) => relative(ROOT, path)));
  return [...found, ...importedByName(file)];
}

function importedByName(file: string): string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|requireActual\()\s*'(\.[^']*)'/g)].flatMap(([, path]) => {
    const module = join(dirname(file), path);
    return [`${module}.ts`, `${module}/index.ts`].find((candidate) => existsSync(join(ROOT, candidate))) ?? [];
  });
}
