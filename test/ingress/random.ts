/** Whole numbers below another, the same sequence in each run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) % 2 ** 32;
    if (state < 0) state += 2 ** 32;
    return Math.floor(state / 2 ** 32 * below);
  };
}
