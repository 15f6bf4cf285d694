// Writes src/database/private/support-calendar.ts: until when RDS and Aurora support which major version without a surcharge.
//
//     node scripts/support-calendar.mjs
//
// Source: https://endoflife.date, whose pages of RDS and Aurora are read from AWS's release calendars every day. Run it before each release.
// `--print URL` prints the file instead, made of what is at another URL, such as file:///tmp/api.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PRODUCTS = ['amazon-rds-mysql', 'amazon-rds-mariadb', 'amazon-rds-postgresql', 'amazon-aurora-mysql', 'amazon-aurora-postgresql'];
const FILE = new URL('../src/database/private/support-calendar.ts', import.meta.url);
/** What ended before is "older than all that are known". */
const SINCE = '2024-01-01';

const [, , print, source = 'https://endoflife.date/api'] = process.argv;

async function cyclesOf(product) {
  const url = `${source}/${product}.json`;
  if (url.startsWith('file:')) return JSON.parse(await readFile(fileURLToPath(url), 'utf8'));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** An end that is `false`, or `true`, is not known. */
async function rowOf(product) {
  const known = (await cyclesOf(product)).filter(({ eol }) => typeof eol === 'string' && eol >= SINCE);
  if (known.length === 0) throw new Error(`${source} has no end of support for ${product}`);
  const ends = known.map(({ cycle, eol }) => [cycle, eol]).sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }));
  return `  '${product}': {\n${ends.map(([cycle, eol]) => `    '${cycle}': '${eol}',\n`).join('')}  },\n`;
}

const rows = await Promise.all(PRODUCTS.map(rowOf));
const text = `// By scripts/support-calendar.mjs, from https://endoflife.date. Do not edit.

/** The last day of standard support by major version, the oldest first. */
export const SUPPORT_CALENDAR: Record<string, Record<string, string>> = {
${rows.join('')}};
`;
if (print === '--print') process.stdout.write(text);
else await writeFile(FILE, text);
