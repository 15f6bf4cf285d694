import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { REJECTION_REASONS } from '../../lambda/photos/thumbnail/rejection';
import { profileTable, tables, withTable } from '../../projenrc/readme-tables';
import { HaVpc } from '../../src';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the README shows the profiles as the code has them', () => {
  expect(withTable(readme, 'profiles', profileTable())).toBe(readme);
  expect(profileTable()).toContain('| `backupRetention` | 7 days | 3 days | 1 day |');
});

test.each(Object.entries(tables()))('the README shows the table of %s as the code has it', (name, table) => {
  expect(withTable(readme, name, table)).toBe(readme);
  expect(table.split('\n').length).toBeGreaterThan(3);
});

test('a README without a place for its table is an error', () => {
  expect(() => withTable('nothing', 'profiles', 'table')).toThrow('the README must have <!-- table:profiles --> and, after it, <!-- /table:profiles -->');
});

test.each(REJECTION_REASONS)('the README says what a rejection as %s means', (reason) => {
  expect(readme).toMatch(new RegExp(`^\\|.*\`${reason}\`.*\\|`, 'm'));
});

test('the README has absolute links only, since Construct Hub shows it elsewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((target) => !target.startsWith('https://'))).toEqual([]);
});

test('the version of sharp that is tested is the one that ships', () => {
  const lock = JSON.parse(readFileSync(join(root, 'lambda/photos/thumbnail/native/package-lock.json'), 'utf8'));
  const installed = JSON.parse(readFileSync(join(root, 'node_modules/sharp/package.json'), 'utf8'));
  expect(installed.version).toBe(lock.packages['node_modules/sharp'].version);
});

test('the README shows what the default network says of itself', () => {
  const said = new HaVpc(new Stack(new App(), 'Stack'), 'Network').explain();
  expect(withTable(readme, 'network', `\`\`\`text\n${said}\n\`\`\``)).toBe(readme);
});
