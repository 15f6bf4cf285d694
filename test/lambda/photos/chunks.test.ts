import { chunks } from '../../../lambda/photos/chunks';
import { collect } from '../fixtures/collect';

async function* numbers(count: number) {
  for (let number = 1; number <= count; number++) yield number;
}

test.each([
  [0, []],
  [1, [[1]]],
  [2, [[1, 2]]],
  [5, [[1, 2], [3, 4], [5]]],
])('%d items in twos', async (count, expected) => {
  expect(await collect(chunks(numbers(count), 2))).toEqual(expected);
});
