import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { SOURCE_DEFECTS, TEMPLATE_DEFECTS } from './defects';
import { render } from './report';

/** What caught each defect, by its name: checks by theirs, tests by their files. */
export interface MutationRecord {
  readonly templates: Record<string, string[]>;
  readonly sources: Record<string, string[]>;
}

/** In git: what the runner asks of each check again. */
const RECORD = join(__dirname, 'catches.json');
/** The page of it, which the nightly run on GitHub keeps. */
export const REPORT = 'test-reports/mutations.md';

export function recorded(): MutationRecord {
  return JSON.parse(readFileSync(RECORD, 'utf8'));
}

/** @param seconds how long the run took, by its part */
export function write({ templates, sources }: MutationRecord, seconds: Record<string, number>): void {
  writeFileSync(RECORD, `{\n"templates": ${inLines(templates)},\n"sources": ${inLines(sources)}\n}\n`);
  const report = join(__dirname, '..', '..', REPORT);
  mkdirSync(dirname(report), { recursive: true });
  writeFileSync(report, render({ templates, sources }, seconds));
}

/** A defect a line, for a review. */
function inLines(caught: Record<string, string[]>): string {
  return `{\n${Object.entries(caught).map(([name, catchers]) => `  ${JSON.stringify(name)}: ${JSON.stringify(catchers)}`).join(',\n')}\n}`;
}

/** @throws if the record is not of the defects that there are */
export function requireFresh(record: MutationRecord): void {
  const isOf = (defects: { name: string }[], caught: object) => defects.map(({ name }) => name).join('\n') === Object.keys(caught).join('\n');
  const isComplete = isOf(TEMPLATE_DEFECTS, record.templates) && isOf(SOURCE_DEFECTS, record.sources);
  if (isComplete) return;
  throw new Error('test/mutations/catches.json is not of these defects: `npm run mutate`, or `npm run mutate -- WORD` for those that have the word in their names');
}
