import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { REJECTION_REASONS } from '../../lambda/photos/thumbnail/rejection';
import { withTable } from '../../projenrc/page-tables';

const ROOT = join(__dirname, '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** In this order on each page, so that readers find what they know from another. */
const HEADINGS = [
  'Minimal example', 'Architecture', 'What it creates', 'Defaults by profile', 'Options, by task', 'Permissions and bindings', 'Costs',
  'Alarms, and what to do when they fire', 'Limits and quotas', 'Warnings', 'Escape hatches', 'Migrating to it',
];

/** The classes that users make by `new`, of a folder per construct. Others are made by their methods. */
const constructs = Object.values<any>(JSON.parse(read('.jsii')).types)
  .filter(({ kind, base, initializer }) => kind === 'class' && base === 'constructs.Construct' && initializer !== undefined)
  .map(({ name }) => name as string);
const pageOf = (construct: string) => `docs/constructs/${construct.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;
const headingsOf = (page: string) => [...page.replace(/^```[^]*?^```$/gm, '').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

/** The ids of warnings in the source: whole ones, those of `addOrWarn()`, and those to which a function adds the construct's name. */
function idsIn(source: string): string[] {
  const prefix = /`(cdk-mainstay:\w+\.)\$\{id\}`/.exec(source)?.[1];
  const whole = [...source.matchAll(/'(cdk-mainstay:[\w.]+)'/g)].map(([, id]) => id).filter((id) => /:[A-Z]/.test(id));
  const ofPolicies = [...source.matchAll(/\bid: '([A-Z][\w.]*)', otherwise/g)].map(([, id]) => `cdk-mainstay:${id}`);
  const prefixed = prefix === undefined ? [] : [...source.matchAll(/\bwarn\(\s*'(\w+)'/g)].map(([, id]) => `${prefix}${id}`);
  return [...whole, ...ofPolicies, ...prefixed];
}

const idsInText = (text: string) => [...new Set([...text.matchAll(/^\| (?:`cdk-mainstay:[\w.]+`(?:, )?)+/gm)].flatMap(([cell]) => [...cell.matchAll(/`(cdk-mainstay:[\w.]+)`/g)].map(([, id]) => id)))];
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => read(join('src', file)));
const ids = [...new Set(sources.flatMap(idsIn))].filter((id) => !['cdk-mainstay:rejected'].includes(id)).sort();

test('there are constructs and warnings to look for', () => {
  expect(constructs).toEqual(expect.arrayContaining(['HaVpc', 'ContainerAppWithAlb', 'TerraformStateBackend']));
  expect(ids.length).toBeGreaterThan(50);
  expect(idsIn("addWarning(this, 'cdk-mainstay:A.B', '')")).toEqual(['cdk-mainstay:A.B']);
  expect(idsIn("owner, id: 'A.KeyPolicyUnchanged', otherwise: ''")).toEqual(['cdk-mainstay:A.KeyPolicyUnchanged']);
  expect(idsIn("addWarning(scope, `cdk-mainstay:A.${id}`, text); warn(\n 'B', '')")).toEqual(['cdk-mainstay:A.B']);
});

test.each(constructs)('%s has a page with all headings in order, and a row of the README leads there', (construct) => {
  const page = pageOf(construct);
  expect(existsSync(join(ROOT, page))).toBe(true);
  expect(headingsOf(read(page))).toEqual(HEADINGS);
  expect(read('README.md')).toContain(`| [\`${construct}\`](https://github.com/cdk-mainstay/cdk-mainstay/blob/main/${page}) |`);
});

test('docs/warnings.md has every warning of the source, and no other', () => {
  expect(idsInText(read('docs/warnings.md')).sort()).toEqual(ids);
});

test.each(constructs)('the page of %s lists every warning that has its name, and none that is not there', (construct) => {
  const listed = idsInText(read(pageOf(construct)));
  expect(listed.filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => id.startsWith(`cdk-mainstay:${construct}.`) && !listed.includes(id))).toEqual([]);
});

test.each(REJECTION_REASONS)('the page of the photos says what a rejection as %s means', (reason) => {
  expect(read('docs/constructs/thumbnail-to-wasabi.md')).toMatch(new RegExp(`^\\|.*\`${reason}\`.*\\|`, 'm'));
});

test('a page without a place for its table is an error', () => {
  expect(() => withTable('nothing', 'profiles', 'table')).toThrow('the page must have <!-- table:profiles --> and, after it, <!-- /table:profiles -->');
});
