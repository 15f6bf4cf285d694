import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { pathToFileURL } from 'url';
import { ENGINES } from './encrypted-database';
import { SUPPORT_CALENDAR } from '../../src/database/private/support-calendar';

const ROOT = join(__dirname, '..', '..');

/** Prints the calendar that the script makes of these answers. */
function made(answers: Record<string, { cycle: string; eol: string | boolean }[]>): string {
  const folder = mkdtempSync(join(tmpdir(), 'support-calendar-'));
  Object.entries(answers).forEach(([product, cycles]) => writeFileSync(join(folder, `${product}.json`), JSON.stringify(cycles)));
  return execFileSync(process.execPath, [join(ROOT, 'scripts', 'support-calendar.mjs'), '--print', pathToFileURL(folder).href], { encoding: 'utf8', stdio: 'pipe' });
}

const answers = Object.fromEntries(Object.entries(SUPPORT_CALENDAR).map(([product, ends]) => [
  product, Object.entries(ends).map(([cycle, eol]) => ({ cycle, eol })).reverse(),
]));

test('the calendar is as the script writes it', () => {
  expect(made(answers)).toBe(readFileSync(join(ROOT, 'src', 'database', 'private', 'support-calendar.ts'), 'utf8'));
});

test('the script leaves out what ended long ago, and what has no date', () => {
  const more = [...answers['amazon-rds-mysql'], { cycle: '5.5', eol: '2021-05-25' }, { cycle: '9.7', eol: false }];
  expect(made({ ...answers, 'amazon-rds-mysql': more })).toBe(made(answers));
});

test('the script fails where a product has no date at all', () => {
  expect(() => made({ ...answers, 'amazon-aurora-mysql': [{ cycle: '8.0', eol: false }] })).toThrow(/has no end of support for amazon-aurora-mysql/);
});

/** Then the default is to be another one, in a major release. */
test.each(ENGINES)('the default version of %s has a year of standard support left when this is built', (_, engine) => {
  expect(Date.parse(engine().standardSupportEnds!) - Date.now()).toBeGreaterThan(365 * 86_400_000);
});
