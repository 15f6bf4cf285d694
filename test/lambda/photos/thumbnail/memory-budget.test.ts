import { MemoryBudget } from '../../../../lambda/photos/thumbnail/memory-budget';

/** The most that was held at a time. */
async function most(amounts: number[], hold: (amount: number, work: () => Promise<void>) => Promise<void>): Promise<number> {
  let [held, peak] = [0, 0];
  await Promise.all(amounts.map((amount) => hold(amount, async () => {
    held += amount;
    peak = Math.max(peak, held);
    await new Promise((resolve) => setTimeout(resolve, 2));
    held -= amount;
  })));
  return peak;
}

test('photos are held side by side as far as their bytes fit together', async () => {
  const memory = new MemoryBudget(100, 1);
  expect(await most([40, 40, 40, 40], (bytes, work) => memory.withBytes(bytes, work))).toBe(80);
});

test('photos are decoded side by side as far as their pixels fit together', async () => {
  const memory = new MemoryBudget(1, 100);
  expect(await most([60, 30, 60, 30], (pixels, work) => memory.withPixels(pixels, work))).toBe(90);
});

test('one that is larger than all the room, or of unknown size, has it to itself', async () => {
  const memory = new MemoryBudget(100, 100);
  const rooms: number[] = [];
  await Promise.all([500, undefined, 0].map((bytes) => memory.withBytes(bytes, async (room) => { rooms.push(room); })));
  expect(rooms).toEqual([1, 100, 100]);
  expect(await most([150, 10], (bytes, work) => memory.withBytes(bytes, work))).toBe(150);
});

test('the small go before the large of their batch, which may take longer than a run may last', async () => {
  const memory = new MemoryBudget(100, 100);
  const begun: number[] = [];
  await Promise.all([500, 60, 50, 10].map((bytes) => memory.withBytes(bytes, async () => { begun.push(bytes); })));
  expect(begun).toEqual([60, 10, 50, 500]);
});

test('the room of one that failed is free again', async () => {
  const memory = new MemoryBudget(100, 100);
  await expect(memory.withBytes(100, () => Promise.reject(new Error('slow down')))).rejects.toThrow('slow down');
  expect(await memory.withBytes(100, async () => 'done')).toBe('done');
});

test('how much room there is takes no time', async () => {
  const memory = new MemoryBudget(2 ** 30, 10 ** 9);
  const started = performance.now();
  for (let photo = 0; photo < 20; photo++) await memory.withBytes(1, () => memory.withPixels(1, async () => undefined));
  expect(performance.now() - started).toBeLessThan(1000); // counted one by one, a minute
});
