import { existsSync, readdirSync, readFileSync } from 'fs';
import { basename, dirname, join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** The tests that load a file of the source, by whatever way: those of its own name first, the nets over all constructs last. */
export function testsThatLoad(file: string): string[] {
  return TESTS.filter((test) => loadedBy(test).has(file)).sort((one, other) => rank(one, file) - rank(other, file));
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
const NOT_ASKED = /^test\/(bench|consumers|e2e|fuzz|life|mutations|newest|scripts|soak)\//;

const TESTS = (readdirSync(join(ROOT, 'test'), { recursive: true }) as string[])
  .map((name) => `test/${name}`).filter((test) => test.endsWith('.test.ts') && !NOT_ASKED.test(test)).sort();

function rank(test: string, file: string): number {
  if (basename(test, '.test.ts') === basename(file, '.ts')) return 0;
  return test.startsWith('test/checks/') ? 2 : 1;
}

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
