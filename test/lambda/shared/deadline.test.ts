import { deadlineOf, poll, pollUntilTrue } from '../../../lambda/shared/deadline';

const POLLING = { every: 10, reserve: 50 };

/** A run of a hundred milliseconds, in which only sleeping takes time. */
function run() {
  let left = 100;
  return deadlineOf({ getRemainingTimeInMillis: () => left }, async (milliseconds) => void (left -= milliseconds));
}

test('answers the first result', async () => {
  const results = [undefined, undefined, 'a', 'b'];
  const deadline = run();
  expect(await poll(deadline, POLLING, async () => results.shift())).toBe('a');
  expect(deadline.remainingMilliseconds()).toBe(80);
});

test('gives up while there is time for the reserve', async () => {
  const deadline = run();
  expect(await poll(deadline, POLLING, async () => undefined)).toBeUndefined();
  expect(deadline.remainingMilliseconds()).toBe(50);
});

test('an error of an attempt ends the polling', async () => {
  const deadline = run();
  await expect(poll(deadline, POLLING, async () => { throw new Error('refused'); })).rejects.toThrow('refused');
  expect(deadline.remainingMilliseconds()).toBe(100);
});

test.each([[3, true], [1000, false]])('a check that succeeds after %p attempts: %p', async (attempts, expected) => {
  let count = 0;
  expect(await pollUntilTrue(run(), POLLING, async () => ++count >= attempts)).toBe(expected);
});
