import { Audit } from './audit';
import { SoakReport } from './soak';

interface Soaked {
  readonly seed: number;
  readonly photos: number;
  readonly report: SoakReport;
}

/** What must not be, in words; dead letters have to be archived, too, once they were sent again. */
export function violationsOf({ underFaults, afterRedrive }: SoakReport): string[] {
  const found = (when: string, { violations }: Audit) =>
    Object.entries(violations).flatMap(([kind, places]: [string, string[]]) => places.map((place) => `${kind}, ${when}: ${place}`));
  const waiting = afterRedrive.counts.waiting > 0 ? [`${afterRedrive.counts.waiting} photos wait after the redrive`] : [];
  return [...found('under faults', underFaults), ...found('after the redrive', afterRedrive), ...waiting];
}

const ROWS: [string, (soaked: Soaked) => number | string][] = [
  ['seed', ({ seed }) => seed],
  ['uploads', ({ photos }) => photos],
  ['requests', ({ report }) => report.requests],
  ['of them with a fault', ({ report }) => Object.values(report.faults).reduce((sum, count) => sum + count, 0)],
  ['runs', ({ report }) => report.runs],
  ['of them killed', ({ report }) => report.killedRuns],
  ['messages repeated', ({ report }) => report.repeatedMessages],
  ['dead letters, sent again', ({ report }) => report.deadLetters],
  ['archived', ({ report }) => report.afterRedrive.counts.archived],
  ['rejected', ({ report }) => report.afterRedrive.counts.rejected],
  ['removed by their user before', ({ report }) => report.afterRedrive.counts.removedByUser],
  ['**lost originals**', violation('lostOriginals')],
  ['**unreported originals**', violation('unreportedOriginals')],
  ['**photos rejected wrongly**', violation('wrongRejections')],
  ['**rejected photos archived**', violation('archivedRejections')],
  ['**unverified removals**', violation('unverifiedRemovals')],
  ['**wrong archives**', violation('wrongArchives')],
  ['**wrong thumbnails**', violation('wrongThumbnails')],
  ['**duplicates without a reason**', violation('unexplainedDuplicates')],
  ['**abandoned multipart uploads**', violation('abandonedUploads')],
  ['copies to repair the order', ({ report }) => report.afterRedrive.counts.orderRepaired],
  ['copies that the store damaged', ({ report }) => report.afterRedrive.counts.damagedByStore],
  ['copies stored at the same time', ({ report }) => report.afterRedrive.counts.storedAtTheSameTime],
  ['multipart uploads left by the last run', ({ report }) => report.afterRedrive.counts.multipartUploads],
  ['seconds', ({ report }) => report.seconds.toFixed(0)],
];

/** In Markdown, a column for each run. */
export function table(soaks: Soaked[]): string {
  const rows = ROWS.map(([name, value]) => `| ${[name, ...soaks.map(value)].join(' | ')} |`);
  return [rows[0], `|---|${soaks.map(() => '---:|').join('')}`, ...rows.slice(1)].join('\n');
}

/** Found at either audit. */
function violation(kind: keyof Audit['violations']): (soaked: Soaked) => number {
  return ({ report: { underFaults, afterRedrive } }) => new Set([...underFaults.violations[kind], ...afterRedrive.violations[kind]]).size;
}
