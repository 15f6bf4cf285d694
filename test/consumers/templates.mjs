import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SUFFIX = '.template.json';

/** The names of the stacks of a cloud assembly. */
export function stacksIn(assembly) {
  return readdirSync(assembly).filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).sort();
}

/**
 * Every stack of both, to the letter: the hashes of assets, too, as the same files ship in every language. Only the order of keys is free,
 * and the resource that CDK writes for its usage statistics, which names the language's runtime.
 *
 * @throws if anything else differs, with the lines that do
 */
export function assertSameTemplates(actual, expected) {
  assert.deepStrictEqual(stacksIn(actual), stacksIn(expected));
  assert.notEqual(stacksIn(expected).length, 0, `no templates in ${expected}`);
  for (const stack of stacksIn(expected)) {
    assert.deepStrictEqual(templateOf(actual, stack), templateOf(expected, stack), `${stack} differs`);
  }
}

function templateOf(assembly, stack) {
  const { Resources, Conditions, ...rest } = JSON.parse(readFileSync(join(assembly, stack + SUFFIX), 'utf8'));
  const { CDKMetadataAvailable: _, ...conditions } = Conditions ?? {};
  const resources = Object.entries(Resources ?? {}).filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata');
  return { ...rest, Conditions: conditions, Resources: Object.fromEntries(resources) };
}
