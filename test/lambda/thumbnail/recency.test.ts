import { isNewer } from '../../../lambda/thumbnail/recency';

const EARLY = new Date('2026-01-01T00:00:00Z');
const LATE = new Date('2026-01-01T00:00:01Z');

test.each([
  ['the greater sequencer', '0055AED6DCD90281E6', '0055AED6DCD90281E5'],
  ['the greater sequencer, whatever the case of its digits', '00AB', '00aa'],
  ['a shorter sequencer whose digits are greater: it is padded on the right', '01', '00FF'],
  ['a longer sequencer that adds to the shorter', '0101', '01'],
])('%s is newer', (_, newer, older) => {
  const one = { sequencer: newer, lastModified: EARLY };
  const other = { sequencer: older, lastModified: LATE };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([true, false]);
});

test('a sequencer that differs in its padding only is not newer', () => {
  const one = { sequencer: '0100', lastModified: LATE };
  const other = { sequencer: '01', lastModified: EARLY };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([false, false]);
});

test('without a sequencer on both sides, the time decides', () => {
  const one = { lastModified: LATE };
  const other = { sequencer: 'FF', lastModified: EARLY };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([true, false]);
});

test('an upload is not newer than itself', () => {
  expect(isNewer({ sequencer: '01', lastModified: LATE }, { sequencer: '01', lastModified: LATE })).toBe(false);
  expect(isNewer({ lastModified: LATE }, { lastModified: LATE })).toBe(false);
});
