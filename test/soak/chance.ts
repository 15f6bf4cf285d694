import { createHash } from 'crypto';

/**
 * A number from 0 to below 1, by name: the same seed and name always give the same, in whichever order they are asked for. So what a seed
 * decides does not hang on which of two requests came first.
 */
export function chance(seed: number, ...name: (string | number)[]): number {
  return createHash('sha256').update([seed, ...name].join('\n')).digest().readUInt32BE() / 2 ** 32;
}

/** One of several, each as often as its weight says. */
export function pick<T extends string>(weights: Partial<Record<T, number>>, at: number): T {
  const all = Object.entries(weights) as [T, number][];
  let rest = at * all.reduce((sum, [, weight]) => sum + weight, 0);
  return all.find(([, weight]) => (rest -= weight) < 0)![0];
}
