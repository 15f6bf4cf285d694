import { existsSync, readdirSync, readFileSync } from 'fs';
import { basename, dirname, join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** The tests that load a file of the source, by whatever way: the one named, or those with its name or its users', or else its folder's; the others; and the nets over all constructs. */
export function testsByNearness(file: string, named?: string): [string[], string[], string[]] {
  const loading = TESTS.filter((test) => loadedBy(test).has(file));
  const withName = (names: Set<string>) => loading.filter((test) => names.has(basename(test, '.test.ts')));
  const namesakes = withName(namesOf(file));
  const own = named ? [named] : namesakes.length > 0 ? namesakes : withName(new Set([basename(dirname(file))]));
  const nets = loading.filter((test) => test.startsWith('test/checks/'));
  return [own, loading.filter((test) => !own.includes(test) && !nets.includes(test)), nets];
}

/** The tests of the construct of a variant, which say how each of its resources shall be: its own, and those that build it by the same helper. */
export function testsOfConstruct(variant: string): string[] {
  const name = variant.split('-')[0].replace(/\B[A-Z]/g, '-$&').toLowerCase();
  const own = `test/${name}.test.ts`;
  return [own, ...TESTS.filter((test) => test !== own && importedBy(test).includes(`test/${name}.ts`))];
}

/** What a report calls the net that a test belongs to. */
export function netOf(catcher: string): string {
  if (!catcher.startsWith('test/')) return catcher;
  if (catcher.startsWith('test/checks/')) return basename(catcher, '.test.ts');
  return catcher.startsWith('test/lambda/') ? 'tests of the functions' : 'tests of the constructs';
}

/** These have runners of their own, and ours are about the defects themselves. */
const NOT_ASKED = /^test\/(bench|consumers|databases|e2e|fuzz|life|mutations|newest|scripts|soak|terraform)\//;

const TESTS = (readdirSync(join(ROOT, 'test'), { recursive: true }) as string[])
  .map((name) => `test/${name}`).filter((test) => test.endsWith('.test.ts') && !NOT_ASKED.test(test)).sort();

const SOURCES = ['src', 'src/private'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.ts') && name !== 'index.ts').map((name) => `${folder}/${name}`));

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

function importedBy(file: string): string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|requireActual\()\s*'(\.[^']*)'/g)].flatMap(([, path]) => {
    const module = join(dirname(file), path);
    return [`${module}.ts`, `${module}/index.ts`].find((candidate) => existsSync(join(ROOT, candidate))) ?? [];
  });
}
