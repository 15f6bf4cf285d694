import type { Cost } from './profile';

/** How many of a construct are in an app. */
export const SIZES = [1, 10, 100];
export const GOALS = { ratio: 1.15, growth: 1.05 };

export type Way = 'ours' | 'byHand';

/** Milliseconds of processor time, of each run. */
type Runs = Record<Way, number[]>;

export interface Measurement {
  readonly name: string;
  /** In an app of one. */
  readonly resources: number;
  readonly runs: { readonly size: number; readonly milliseconds: Runs }[];
  readonly templateBytes: Record<Way | 'withoutMetadata', number>;
  /** Where the time goes, if it is too much. */
  readonly costs: Cost[];
}

/** bench/synthesis.json */
export interface Figures {
  readonly takenOn: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly node: string;
    readonly cdk: string;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
  readonly rounds: number;
  readonly constructs: Measurement[];
  /** Of an app of one, by the name of the construct. */
  readonly fresh: Record<string, Runs>;
  readonly imports: Record<string, number[]>;
}

type Measured = Omit<Measurement, 'costs'>;

export function isMissed(measured: Measured): boolean {
  return SIZES.some((size) => ratio(measured, size) > GOALS.ratio) || growth(measured, 'ours') > GOALS.growth;
}

function ratio(measured: Measured, size: number): number {
  return medianOf(measured, size, 'ours') / medianOf(measured, size, 'byHand');
}

/** The power of the number of constructs by which the time grows: 1 if each takes the same. */
function growth(measured: Measured, way: Way): number {
  return Math.log10(medianOf(measured, 100, way) / medianOf(measured, 10, way));
}

function medianOf({ runs }: Measured, wanted: number, way: Way): number {
  return median(runs.find(({ size }) => size === wanted)!.milliseconds[way]);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

type Row = (string | number)[];

export function report({ takenOn, machine, rounds, constructs, fresh, imports }: Figures): string {
  const missed = constructs.filter(isMissed);
  return [
    '# What synthesis costs',
    'Written by `npm run bench:synthesis`, with its figures in `synthesis.json`; no test depends on how fast it is. Each construct, with the fewest props, against the ' +
    'same resources by hand: the L2s of the AWS CDK, and L1s where there are none, in [by-hand](by-hand). Both have the same types of resources, with the same names of properties: ' +
    'the benchmark compares them before it measures, and a test does.',
    `${takenOn}. ${machine.processor}, ${machine.cores} cores, Node.js ${machine.node}, aws-cdk-lib ${machine.cdk} with all recommended feature flags, without its CloudFormation validator ` +
    `and without copies of assets. Load average ${machine.loadBefore.toFixed(1)} before and ${machine.loadAfter.toFixed(1)} after. Milliseconds of processor time, from \`new App()\` to the ` +
    `template: medians of ${rounds} runs in which the two take turns, in a process of its own for each construct, two of them at a time. A run of one construct is the mean of five apps.`,
    '## Goals',
    `At most ${GOALS.ratio} times the time by hand, for 1, 10 and 100 in one stack, and a time that grows with at most the power ${GOALS.growth} of their number, from 10 to 100: ` +
    (missed.length === 0 ? '**all met**.' : `**missed** by ${missed.map(({ name }) => `\`${name}\``).join(', ')}: their costs are below.`),
    table(
      ['construct', 'resources', ...SIZES.map((size) => `${size} ×: ours / by hand`), 'growth: ours', 'by hand', ''],
      constructs.map((each) => [
        `\`${each.name}\``, each.resources, ...SIZES.map((size) => ratio(each, size).toFixed(2)), growth(each, 'ours').toFixed(2), growth(each, 'byHand').toFixed(2),
        isMissed(each) ? '**missed**' : 'met',
      ]),
    ),
    ...missed.map(costs),
    '## Milliseconds',
    'Ours, and by hand.',
    table(['construct', ...SIZES.map((size) => `${size} ×`)], constructs.map((each) => [
      `\`${each.name}\``, ...SIZES.map((size) => `${medianOf(each, size, 'ours').toFixed(0)}, ${medianOf(each, size, 'byHand').toFixed(0)}`),
    ])),
    '## Templates',
    'Bytes of the template of one. `Metadata` has the paths that the AWS CDK writes, and ours has the reasons for rule packs in it, too.',
    table(['construct', 'ours', 'by hand', 'ratio', 'ours without `Metadata`'], constructs.map(({ name, templateBytes: { ours, byHand, withoutMetadata } }) => [
      `\`${name}\``, ours, byHand, (ours / byHand).toFixed(2), withoutMetadata,
    ])),
    '## A fresh process',
    'From the first `import` to the template of one; medians.',
    table(['construct', 'ours', 'by hand', 'ratio'], Object.entries(fresh).map(([name, { ours, byHand }]) => [
      `\`${name}\``, median(ours).toFixed(0), median(byHand).toFixed(0), (median(ours) / median(byHand)).toFixed(2),
    ])),
    table(['import', 'ms'], Object.entries(imports).map(([what, runs]) => [what, median(runs).toFixed(0)])),
    '## Not compared',
    '`aws-ecs-patterns` has nothing near these constructs: all of it is services of Amazon ECS. AWS Solutions Constructs are no dependency of this project.',
  ].join('\n\n') + '\n';
}

function costs({ name, costs: found }: Measurement): string {
  return [
    `### Where \`${name}\` spends its time`,
    'Fifty of them. The share of each function of ours, with what it has the AWS CDK do; resolving and writing the template is in none.',
    table(['function', 'share'], found.map(({ what, share }) => [`\`${what}\``, `${(share * 100).toFixed(1)} %`])),
  ].join('\n\n');
}

function table(header: string[], rows: Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
