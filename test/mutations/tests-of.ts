import { existsSync, readdirSync, readFileSync } from 'fs';
import { basename, dirname, join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** The tests that load a file of the source, by whatever way: those of its own name, the others, and the nets over all constructs. */
export function testsByNearness(file: string): [string[], string[], string[]] {
  const loading = TESTS.filter((test) => loadedBy(test).has(file));
  const own = loading.filter((test) => basename(test, '.test.ts') === basename(file, '.ts'));
  const nets = loading.filter((test) => test.startsWith('test/checks/'));
  return [own, loading.filter((test) => !own.includes(test) && !nets.includes(test)), nets];
}

/** The tests of the construct of a variant, which say how each of its resources shall be. */
export function testsOfConstruct(variant: string): string {
  return `test/${variant.split('-')[0].replace(/\B[A-Z]/g, '-$&').toLowerCase()}.test.ts`;
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

function loadedBy(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|requireActual\()\s*'(\.[^']*)'/g)) {
    const module = join(dirname(file), path);
    const source = [`${module}.ts`, `${module}/index.ts`].find((candidate) => existsSync(join(ROOT, candidate)));
    if (source) loadedBy(source, found);
  }
  return found;
}
