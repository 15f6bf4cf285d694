import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { SOURCE_DEFECTS, TEMPLATE_DEFECTS } from './defects';
import { render } from './report';

/** What caught each defect, by its name: checks by theirs, tests by their files. */
export interface MutationRecord {
  readonly templates: Record<string, string[]>;
  readonly sources: Record<string, string[]>;
  /** How long the last complete run took, by its part. */
  readonly seconds: Record<string, number>;
}

const DOCS = join(__dirname, '..', '..', 'docs');
const RECORD = join(DOCS, 'mutation-report.json');
const REPORT = join(DOCS, 'mutation-report.md');

export function recorded(): MutationRecord {
  return JSON.parse(readFileSync(RECORD, 'utf8'));
}

export function write(record: MutationRecord): void {
  writeFileSync(RECORD, `${JSON.stringify(record, undefined, 2)}\n`);
  writeFileSync(REPORT, render(record));
}

/** @throws if the record is not of the defects that there are, or the report not of the record */
export function requireFresh(record: MutationRecord): void {
  const isOf = (defects: { name: string }[], caught: object) => defects.map(({ name }) => name).join('\n') === Object.keys(caught).join('\n');
  const isComplete = isOf(TEMPLATE_DEFECTS, record.templates) && isOf(SOURCE_DEFECTS, record.sources);
  if (isComplete && readFileSync(REPORT, 'utf8') === render(record)) return;
  throw new Error('docs/mutation-report.md is not of these defects: `npm run mutate`, or `npm run mutate -- WORD` for those that have the word in their names');
}
