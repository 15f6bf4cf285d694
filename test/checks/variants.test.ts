import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Construct } from 'constructs';
import * as ts from 'typescript';
import { filesBesideTests } from './beside-tests';
import { synthesized, templateOf } from './variant-template';
import { VARIANTS } from './variants';
import * as mainstay from '../../src';

const SRC = join(__dirname, '..', '..', 'src');
const sourceOf = (file: string) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

/** The props of each public construct, by its name: with those of the interfaces that they extend, and without internal ones. */
function propsByConstruct(): Map<string, string[]> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    sourceOf(join(SRC, file)).forEachChild((node) => {
      if (ts.isInterfaceDeclaration(node)) found.set(node.name.text, node);
    });
  }
  const propsOf = (name: string): string[] => {
    const { members = [], heritageClauses = [] } = found.get(name) ?? {};
    const inherited = heritageClauses.flatMap(({ types }) => types).flatMap(({ expression }) => propsOf(expression.getText()));
    return [...members.map((member) => member.name!.getText()), ...inherited].filter((prop) => !prop.startsWith('_'));
  };
  return new Map([...found.keys()].filter((name) => name.endsWith('Props')).map((name) => [name.replace(/Props$/, ''), propsOf(name)]));
}

/** The names of all properties that the variants give to anything. */
function propertiesInVariants(): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'update') return; // for test/lifecycle, and not for the other checks
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) names.add(node.name.getText());
    node.forEachChild(visit);
  };
  for (const file of filesBesideTests('variants')) visit(sourceOf(file));
  return names;
}

/** Those that users create. Others are created by a method of these, such as `app.addWorker()`, which tells by `_create`. */
const constructs = Object.entries(mainstay)
  .filter(([, exported]) => exported.prototype instanceof Construct && !('_create' in exported)).map(([name]) => name);

test.each(constructs)('%s has a variant with its defaults, and one under an ephemeral profile', (name) => {
  const variants = VARIANTS.map((variant) => variant.name);
  expect(variants).toContain(name);
  expect(variants).toContain(`${name}-ephemeral`);
});

test.each(constructs)('every prop of %s is given by a variant', (name) => {
  const given = propertiesInVariants();
  expect(propsByConstruct().get(name)!.filter((prop) => !given.has(prop))).toEqual([]);
});

test.each(VARIANTS)('the update of $name changes its template', (variant) => {
  expect(synthesized((stack) => variant.build(stack, variant.update))).not.toEqual(templateOf(variant));
});

test('constructs and props are found at all', () => {
  expect(constructs).toEqual(expect.arrayContaining(['SecureQueue', 'ThumbnailToWasabi']));
  expect(propsByConstruct().get('SecureQueue')).toContain('maxReceiveCount');
  expect(propsByConstruct().get('GithubOidcRole')).toEqual(expect.arrayContaining(['subjects', 'audience'])); // its own, and one of those that it extends
  expect(propertiesInVariants()).not.toContain('nobodyGivesThis');
});

test('variants have names of their own', () => {
  expect(new Set(VARIANTS.map(({ name }) => name)).size).toBe(VARIANTS.length);
});
