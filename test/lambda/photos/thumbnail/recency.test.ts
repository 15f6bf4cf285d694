import { isNewer } from '../../../../lambda/photos/thumbnail/recency';

const bucket = 'dropbox';
const EARLY = new Date('2026-01-01T00:00:00Z');
const LATE = new Date('2026-01-01T00:00:01Z');

test.each([
  ['the greater sequencer', '0055AED6DCD90281E6', '0055AED6DCD90281E5'],
  ['the greater sequencer, whatever the case of its digits', '00AB', '00aa'],
  ['a shorter sequencer whose digits are greater: it is padded on the right', '01', '00FF'],
  ['a longer sequencer that adds to the shorter', '0101', '01'],
])('%s is newer', (_, newer, older) => {
  const one = { bucket, sequencer: newer, lastModified: EARLY };
  const other = { bucket, sequencer: older, lastModified: LATE };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([true, false]);
});

test('a sequencer that differs in its padding only is not newer', () => {
  const one = { bucket, sequencer: '0100', lastModified: LATE };
  const other = { bucket, sequencer: '01', lastModified: EARLY };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([false, false]);
});

test('without a sequencer on both sides, the time decides', () => {
  const one = { bucket, lastModified: LATE };
  const other = { bucket, sequencer: 'FF', lastModified: EARLY };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([true, false]);
});

test('between two dropboxes, whose sequencers have nothing to do with each other, the time decides', () => {
  const one = { bucket: 'north', sequencer: '01', lastModified: LATE };
  const other = { bucket: 'south', sequencer: '02', lastModified: EARLY };
  expect([isNewer(one, other), isNewer(other, one)]).toEqual([true, false]);
});

test('an upload is not newer than itself', () => {
  expect(isNewer({ bucket, sequencer: '01', lastModified: LATE }, { bucket, sequencer: '01', lastModified: LATE })).toBe(false);
  expect(isNewer({ bucket, lastModified: LATE }, { bucket, lastModified: LATE })).toBe(false);
});
