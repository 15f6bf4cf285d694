import { Size, Token } from 'aws-cdk-lib';
import { fargateSize } from '../../src/container-app/private/fargate-size';
import { Checks } from '../../src/shared/checks';

const checks = new Checks('App/Web');

/** Row by row as the table of "Task size" in the developer guide has it: what stands there is what is accepted. */
const DOCUMENTED: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: [1, 2, 3, 4].map((gib) => gib * 1024),
  1024: [2, 3, 4, 5, 6, 7, 8].map((gib) => gib * 1024),
  2048: Array.from({ length: 13 }, (_, index) => (4 + index) * 1024),
  4096: Array.from({ length: 23 }, (_, index) => (8 + index) * 1024),
  8192: Array.from({ length: 12 }, (_, index) => (16 + 4 * index) * 1024),
  16384: Array.from({ length: 12 }, (_, index) => (32 + 8 * index) * 1024),
};
const CPU_UNITS = Object.keys(DOCUMENTED).map(Number);

function sizeOf(cpu: number | undefined, mebibytes?: number) {
  return fargateSize(checks, { cpu, memory: mebibytes === undefined ? undefined : Size.mebibytes(mebibytes) });
}

test('accepts exactly the sizes that AWS documents', () => {
  const tried = Array.from({ length: 4 * 128 }, (_, index) => (index + 1) * 256); // to 128 GiB, in quarters of a GiB
  for (const cpu of CPU_UNITS) {
    const accepted = tried.filter((mebibytes) => {
      try {
        return sizeOf(cpu, mebibytes).memoryMiB === mebibytes;
      } catch {
        return false;
      }
    });
    expect({ cpu, accepted }).toEqual({ cpu, accepted: DOCUMENTED[cpu] });
  }
});

test('has the smallest size by default', () => {
  expect(sizeOf(undefined)).toEqual({ cpu: 256, memoryMiB: 512 });
});

test.each(CPU_UNITS)('for %d CPU units, has the least memory by default', (cpu) => {
  expect(sizeOf(cpu)).toEqual({ cpu, memoryMiB: DOCUMENTED[cpu][0] });
});

test.each([
  [256, 16 * 1024, "512 MiB, 1 GiB, 2 GiB for a 'cpu' of 256, got 16 GiB: 'cpu' of 2048 accepts 16 GiB"],
  [256, 1536, 'got 1536 MiB: 2 GiB is the nearest that is larger'],
  [1024, 1024, "2 GiB to 8 GiB in steps of 1 GiB for a 'cpu' of 1024, got 1 GiB: 2 GiB is the nearest that is larger, and 'cpu' of 512 accepts 1 GiB"],
  [8192, 18 * 1024, "got 18 GiB: 20 GiB is the nearest that is larger, and 'cpu' of 4096 accepts 18 GiB"],
  [16384, 121 * 1024, "got 121 GiB: no 'cpu' accepts it; 120 GiB is the nearest for this one"],
])('for %d CPU units and %d MiB, names the nearest sizes', (cpu, mebibytes, text) => {
  expect(() => sizeOf(cpu, mebibytes)).toThrow(text);
});

test.each([
  [300, 256], [0, 256], [1500, 1024], [99_999, 16384],
])('refuses %d CPU units, and names the nearest', (cpu, nearest) => {
  expect(() => sizeOf(cpu)).toThrow(`App/Web: 'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 CPU units, got ${cpu}: the nearest is ${nearest}`);
});

test('tokens pass', () => {
  const token = Token.asNumber({ Ref: 'Parameter' });
  expect(fargateSize(checks, { cpu: 256, memory: Size.mebibytes(token) })).toEqual({ cpu: 256, memoryMiB: token });
  expect(fargateSize(checks, { cpu: token, memory: Size.mebibytes(777) })).toEqual({ cpu: token, memoryMiB: 777 });
});

test('a number of CPU units that is a token has no default for the memory', () => {
  expect(() => fargateSize(checks, { cpu: Token.asNumber({ Ref: 'Parameter' }) })).toThrow("'cpu' must be known at synthesis, got a token: the default of 'memory' depends on it");
});
