import { appendFileSync, mkdtempSync, readdirSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { call } from './access-rules';
import { ANYBODY, decide } from './policies';
import { SimulationCache } from './simulation-cache';

let folder: string;
let code: string;
let simulations = 0;
const ask = (inputs: unknown, result: unknown = 'Allowed') => new SimulationCache(code, folder).get(inputs, async () => {
  simulations++;
  return result;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulations-'));
  code = join(folder, 'code.ts');
  writeFileSync(code, 'asks the simulator');
});

test('another run knows what one has simulated, as it was', async () => {
  const answer = { allowed: true, uses: [{ action: 's3:GetObject' }] };
  expect(await ask(['a request'], answer)).toEqual(answer);
  expect(await ask(['a request'], 'another answer')).toEqual(answer);
});

test.each<[string, unknown]>([
  ['another request', ['request']],
  ['another policy', ['request', { Statement: [{ Effect: 'Allow' }] }]],
  ['a key that the caller leaves out on purpose', ['request', [['s3:prefix', undefined]]]],
])('%s is simulated', async (_, inputs) => {
  const before = simulations;
  await ask(['request', []]); // with nothing in it
  await ask(inputs);
  await ask(inputs);
  expect(simulations).toBe(before + 2);
});

test('other code, which may ask otherwise, is not told what this one was', async () => {
  expect(await ask(['of the code'], 'before')).toBe('before');
  writeFileSync(code, 'asks the simulator otherwise');
  expect(await ask(['of the code'], 'after')).toBe('after');
});

test('a line that another process is writing is not read', async () => {
  const cache = new SimulationCache(code, folder);
  await cache.get(['complete'], async () => true);
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  appendFileSync(join(folder, file), 'ab12 {"allowed":tr');
  expect(await ask(['complete'], false)).toBe(true);
});

test('what the simulator refuses is refused each time', async () => {
  const refused = () => new SimulationCache(code, folder).get(['refused'], () => Promise.reject(new Error('no decision')));
  await expect(refused()).rejects.toThrow('no decision');
  await expect(refused()).rejects.toThrow('no decision');
});

test('a request that does not say a key is not decided as one that leaves it out on purpose', async () => {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: '*', Condition: { StringLike: { 's3:prefix': 'a' } } }] };
  const asking = (context: Record<string, undefined>) => decide({ ...call('s3:ListBucket', 'arn:aws:s3:::uploads'), principal: ANYBODY, context }, {}, 'arn:aws:s3:::uploads', policy);
  expect((await asking({ 's3:prefix': undefined })).allowed).toBe(false);
  await expect(asking({})).rejects.toThrow('of which the request says nothing');
});
