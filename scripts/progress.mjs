const live = process.stdout.isTTY && !process.env.CI;

/**
 * Runs one step and shows its name and, when done, its seconds.
 *
 * @template T
 * @param {string} name
 * @param {(show: (detail: string) => void) => T | Promise<T>} work gets a function that shows how far it is
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const started = performance.now();
  const show = (detail) => live && process.stdout.write(`\r\x1b[2K  … ${name} ${detail}`);
  const finish = (mark) => console.log(`${live ? '\r\x1b[2K' : ''}  ${mark} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  show('');
  try {
    const result = await work(show);
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}
