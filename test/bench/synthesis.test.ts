import { readFileSync } from 'fs';
import { join } from 'path';
import { Construct } from 'constructs';
import { contenders } from '../../bench/synthesis/contenders';
import { type Figures, isMissed, type Measurement, report } from '../../bench/synthesis/report';
import { resourcesOf, synthesize } from '../../bench/synthesis/synthesize';
import * as library from '../../src';

const folder = join(__dirname, '..', '..', 'bench');
const figures: Figures = JSON.parse(readFileSync(join(folder, 'synthesis.json'), 'utf8'));
const all = contenders(library);

test.each(Object.entries(all))('%s by hand has the same resources, with the same properties', (_, { ours, byHand }) => {
  const [one, other] = [ours, byHand].map((build) => resourcesOf(synthesize(build, 1)));
  expect(other).toEqual(one);
});

test('each construct of the library is measured', () => {
  const constructs = Object.entries(library).filter(([, exported]) => Object.prototype.isPrototypeOf.call(Construct, exported) && !('_create' in exported)).map(([name]) => name);
  expect(Object.keys(all).sort()).toEqual(constructs.sort());
  expect(figures.constructs.map(({ name }) => name)).toEqual(Object.keys(all));
});

test('the report is what its figures make it', () => {
  expect(readFileSync(join(folder, 'synthesis.md'), 'utf8')).toBe(report(figures));
});

describe('a goal', () => {
  const measured = (ours: number[], byHand = [1, 10, 100]): Measurement => ({
    name: 'Subject',
    resources: 1,
    runs: [1, 10, 100].map((size, index) => ({
      size, milliseconds: { ours: [ours[index], 1000, ours[index]], byHand: [byHand[index], byHand[index], 0] },
    })),
    templateBytes: { ours: 2, byHand: 1, withoutMetadata: 1 },
    costs: [{ what: 'seal (shared/guards.ts)', share: 0.25 }],
  });

  test.each<[string, number[], boolean]>([
    ['met by medians at the limit', [1.15, 11.5, 115], false],
    ['missed by one size', [1.16, 10, 100], true],
    ['missed by another', [1, 10, 116], true],
    ['missed by a time that grows too quickly', [0.8, 8, 92], true],
  ])('is %s', (_, ours, expected) => {
    expect(isMissed(measured(ours))).toBe(expected);
  });

  test('that is missed is reported with where the time goes', () => {
    const text = report({ ...figures, constructs: [measured([1, 12, 100])] });
    expect(text).toContain('**missed** by `Subject`');
    expect(text).toContain('| `seal (shared/guards.ts)` | 25.0 % |');
    expect(text).toContain('| `Subject` | 1 | 1.00 | 1.20 | 1.00 | 0.92 | 1.00 | **missed** |');
    expect(report({ ...figures, constructs: [measured([1, 10, 100])] })).toContain('**all met**');
  });
});
