import { CHECKS } from './checks';
import { SOURCE_DEFECTS, TEMPLATE_DEFECTS } from './defects';
import { MutationRecord } from './record';
import { checkOf } from './tests-of';

interface Defect {
  readonly name: string;
  readonly where: string;
  readonly wouldBeCaughtBy?: string;
  readonly checks: string[];
}

/** The page that says which check caught which defect. */
export function render({ templates, sources }: MutationRecord, seconds: Record<string, number>): string {
  const checksOf = (catchers: string[] = []) => [...new Set(catchers.map(checkOf))];
  const inTemplates = TEMPLATE_DEFECTS.map((defect) => ({ ...defect, where: `${defect.variant}: \`${defect.at}\``, checks: checksOf(templates[defect.name]) }));
  const inSources = SOURCE_DEFECTS.map((defect) => ({ ...defect, where: `\`${defect.file}\``, checks: checksOf(sources[defect.name]) }));
  const all = [...inTemplates, ...inSources];
  const slipped = all.filter(({ checks }) => checks.length === 0);
  const unnoticed = slipped.map(({ name, where, wouldBeCaughtBy }) => [name, where, wouldBeCaughtBy ?? '']);
  const times = Object.entries(seconds).map(([part, time]) => `${time} s for ${part}`).join(', ');
  const byKind = [totals('in templates', inTemplates), totals('in the source', inSources), totals('**all**', all)];
  const byCheck = checkNames(all).map((check) => [
    check,
    count(inTemplates, ({ checks }) => checks.includes(check)),
    count(inSources, ({ checks }) => checks.includes(check)),
    count(all, ({ checks }) => checks.length === 1 && checks[0] === check),
  ]);
  const minutes = Object.values(seconds).reduce((sum, part) => sum + part, 0) / 60;

  return `<!-- Written by \`npm run mutate\`. -->
# Mutation tests: which check catches which defect

\`npm run mutate\` puts one defect at a time into the resources of a construct, or into the source, and runs the checks. This page lists which check caught which
defect. \`npm test\` repeats, for each defect, the quick ones among the checks that caught it. For a sixth of the defects that only tests catch, another sixth in
each commit, it repeats the first of these tests. So a check that no longer catches its defects fails the build.

A defect in a template is put into the construct tree before it is synthesized: into a variant of \`test/checks/variants.ts\`, on the newest aws-cdk-lib, and
into whatever the tests of the construct build, on the oldest. One in the source is put in while it is compiled.
Tests are slow: that of the file or construct itself is asked about all defects (in templates: that no other check caught), the others that load the file about
what it missed, and the checks over all constructs about what those missed.
Not tried here: the apps of four languages and the emulated account.

## Totals

${table(['defects', 'tried', 'caught', 'caught by one check only'], byKind)}

${table(['check', 'of templates', 'of the source', 'alone'], byCheck)}

- *synthesis*: CDK itself, which checks types where it makes a template, and the constructs, which report what overrides their guarantees.
- *cfn-lint* and *cloudformation*, which is CDK's own validator with its strict flag: schema, enums, bounds, references.
- *posture*: rule packs on the security of what is there. What the rules hold for good by default, such as S3's own encryption, they do not miss.
- *least-privilege*: every sentence on who may do what, decided by a simulator on the policies.
- *stability* and *partition-and-names*: what would be replaced, and what could not be deployed twice or elsewhere.
- *tests of the constructs* and *of the functions*: what is meant. A setting that is valid, safe and not what was promised is caught by nothing else.

This run took ${minutes.toFixed(0)} minutes on two processors: ${times}.

## What slipped

${slipped.length === 0 ? 'Nothing.' : table(['defect', 'where', 'what would catch it'], unnoticed)}

## In templates

${listed(inTemplates)}

## In the source

${listed(inSources)}
`;
}

function totals(title: string, defects: Defect[]): string[] {
  const caught = defects.filter(({ checks }) => checks.length > 0);
  const share = `${caught.length} (${(Math.floor((caught.length / defects.length) * 1000) / 10).toFixed(1)} %)`;
  return [title, `${defects.length}`, share, count(defects, ({ checks }) => checks.length === 1)];
}

/** In the order in which checks are asked, and then those that are tests only. */
function checkNames(defects: Defect[]): string[] {
  return [...new Set([...CHECKS.map(({ name }) => name), ...defects.flatMap(({ checks }) => checks).sort()])];
}

function listed(defects: Defect[]): string {
  return table(['defect', 'where', 'caught by'], defects.map(({ name, where, checks }) => [name, where, checks.join(', ') || '**nothing**']));
}

function count(defects: Defect[], isCounted: (defect: Defect) => boolean): string {
  return `${defects.filter(isCounted).length}`;
}

function table(columns: string[], rows: string[][]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
