import { readFileSync } from 'fs';
import { join } from 'path';
import { functionEnvironment } from '../../bench/photos/environment';
import { interleaved } from '../../bench/photos/interleaved';
import { MEMORY_SIZES, otherCosts, prices, recommendedMemory } from '../../bench/photos/price';
import { type Figures, report } from '../../bench/photos/report';
import { requestsByKind } from '../../bench/photos/traffic';
import { readConfig } from '../../lambda/photos/thumbnail/config';

const folder = join(__dirname, '..', '..', 'bench');
const figures: Figures = JSON.parse(readFileSync(join(folder, 'photos.json'), 'utf8'));
const sample = (wallMs: number, cpuMs = wallMs) => ({ wallMs, cpuMs });

test('the report is what its figures make it', () => {
  expect(readFileSync(join(folder, 'photos.md'), 'utf8')).toBe(report(figures));
});

test('a goal is met when every picture meets it, and says how many do not', () => {
  const [quick, slow] = [{ picture: 'a', ours: sample(10), vips: sample(10) }, { picture: 'b', ours: sample(12), vips: sample(10) }];
  expect(report({ ...figures, thumbnails: [quick] })).toContain('| ≤ 1.05 × | 1.00 × | met |');
  expect(report({ ...figures, thumbnails: [quick, slow] })).toContain('| ≤ 1.05 × | 1.00 – 1.20 × | **missed** by 1 of 2 pictures |');
  expect(report({ ...figures, thumbnails: [slow] })).toContain('| ≤ 1.05 × | 1.20 × | **missed** |');
});

test('the time to a thumbnail has a goal: 1.1 times that of bare sharp and SDK', () => {
  const latency = (wallMs: number) => [{ picture: 'a', ours: sample(wallMs), bare: sample(100) }];
  const verdictOf = (wallMs: number) => /\| time to thumbnail.*\|/.exec(report({ ...figures, latency: latency(wallMs) }))![0];
  expect(verdictOf(110)).toContain('| ≤ 1.1 × | 1.10 × | met |');
  expect(verdictOf(112)).toContain('| ≤ 1.1 × | 1.12 × | **missed** |');
});

test('the costs beside Lambda are those of requests to S3 and SQS and of bytes to the archive', () => {
  const costs = otherCosts({
    aws: { requests: { GET: 2, HEAD: 1, PUT: 1, LIST: 1, DELETE: 1 }, up: 1e6, down: 2 ** 30 },
    wasabi: { requests: { PUT: 1, GET: 1, LIST: 2 }, up: 2 ** 20, down: 2 ** 20 },
  });
  expect(costs.s3Requests).toBeCloseTo(2 * 5 + 3 * 0.4);
  expect(costs.sqsRequests).toBeCloseTo(1.2 * 0.4);
  expect(costs.dataOut).toBeCloseTo(1e6 / 1024 * 0.09);
});

test('a listing is told from other GETs', () => {
  const request = (method: string, query = '') => ({ method, query: new URLSearchParams(query) });
  expect(requestsByKind([request('GET'), request('GET', 'versions&prefix=a'), request('PUT'), request('GET')])).toEqual({ GET: 2, LIST: 1, PUT: 1 });
});

test('the function reads the settings that the benchmark gives it', () => {
  expect(() => readConfig(functionEnvironment({ aws: 'https://aws', wasabi: 'https://wasabi', services: 'https://services' }))).not.toThrow();
});

test('contenders take turns, and the round that warms up does not count', async () => {
  const turns: string[] = [];
  const contender = (name: string, ...taken: number[]) => async () => {
    turns.push(name);
    return sample(taken.shift()!);
  };
  const medians = await interleaved(3, { one: contender('one', 1000, 1, 9, 2), other: contender('other', 1000, 4, 5, 6) });
  expect(medians).toEqual({ one: sample(2), other: sample(5) });
  expect(turns.join(' ')).toBe('one other other one one other other one');
});

test('at half a core, what the processor takes is twice as long, and what the network takes the same', () => {
  const all = prices({ oneCore: sample(300, 200), twoCores: sample(200, 200) });
  expect(all.map(({ memoryMiB }) => memoryMiB)).toEqual(MEMORY_SIZES);
  const at = (memory: number) => all.find(({ memoryMiB }) => memoryMiB === memory)!;
  expect(at(1769).msPerPhoto).toBeCloseTo(30);
  expect(at(1024).msPerPhoto).toBeCloseTo(10 + 20 * 1769 / 1024);
  expect(at(3538).msPerPhoto).toBeCloseTo(20);
  // 30 ms of 1769 MiB, a million times, and a request for each ten.
  expect(at(1769).perMillion.x64).toBeCloseTo(30e-3 * 1769 / 1024 * 1e6 * 0.0000166667 + 0.02);
});

test('recommended is the cheapest size with twice the memory of the largest peak', () => {
  const all = prices({ oneCore: sample(300, 200), twoCores: sample(200, 200) });
  expect(recommendedMemory(all, [100, 300]).memoryMiB).toBe(768);
  expect(recommendedMemory(all, [400]).memoryMiB).toBe(1024);
});
