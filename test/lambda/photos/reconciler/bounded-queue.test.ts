import { BoundedQueue, Clock, MAX_WAITING, PAUSE_MS } from '../../../../lambda/photos/reconciler/bounded-queue';

/** A queue that is worked off while the clock is not looked at, and a run of five minutes. */
function setUp({ waiting = 0, doneInAPause = 0, timeLeftMs = 300_000 } = {}) {
  const state = { waiting, timeLeftMs, pauses: 0, sent: [] as string[] };
  const queue = {
    waiting: async () => state.waiting,
    send: async (bodies: string[]) => {
      state.sent.push(...bodies);
      state.waiting += bodies.length;
    },
  };
  const clock: Clock = {
    now: () => new Date(),
    timeLeftMs: () => state.timeLeftMs,
    pause: async (ms) => {
      state.pauses++;
      state.timeLeftMs -= ms;
      state.waiting = Math.max(0, state.waiting - doneInAPause);
    },
  };
  return { state, queue: new BoundedQueue(queue, clock) };
}

const messages = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

test('sends at once while there is room', async () => {
  const { state, queue } = setUp();
  expect(await queue.send(messages(MAX_WAITING - 1))).toBe(true);
  expect(await queue.send(messages(1))).toBe(true);
  expect(state).toMatchObject({ pauses: 0, waiting: MAX_WAITING });
});

test('what waits already counts', async () => {
  const { state, queue } = setUp({ waiting: MAX_WAITING, doneInAPause: 10 });
  await queue.send(messages(1));
  expect(state).toMatchObject({ pauses: 1, waiting: MAX_WAITING - 9 });
});

test('waits until others were taken out', async () => {
  const { state, queue } = setUp({ doneInAPause: 400 });
  for (let round = 0; round < 60; round++) expect(await queue.send(messages(50))).toBe(true);
  expect(state.sent).toHaveLength(3000);
  expect(state.pauses).toBe(5); // one for each 400 after the first thousand
});

test('never lets more than the bound and one chunk wait', async () => {
  const { state, queue } = setUp({ doneInAPause: 70 });
  while (await queue.send(messages(50))) expect(state.waiting).toBeLessThan(MAX_WAITING + 50);
  expect(state.sent.length).toBeGreaterThan(MAX_WAITING);
});

test('gives up when the run would end while it waits, and sends nothing', async () => {
  const { state, queue } = setUp({ waiting: MAX_WAITING + 1, timeLeftMs: 300_000 });
  expect(await queue.send(messages(1))).toBe(false);
  expect(state.sent).toEqual([]);
  expect(state.timeLeftMs).toBe(300_000 - 8 * PAUSE_MS); // a minute stays for the rest
});
