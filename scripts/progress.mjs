// What is under way, in one line that is drawn again and again on a terminal, and elsewhere, as in CI, a line each half minute.
const live = process.stdout.isTTY && !process.env.CI;
const SECONDS_BETWEEN_LINES = 30;

/** By name, in the order in which they began. */
const underWay = new Map();
let timer;

/** Shows how far something is, until `hide`. */
export function show(name, detail = '') {
  const { started = performance.now() } = underWay.get(name) ?? {};
  underWay.set(name, { started, detail });
  timer ??= setInterval(draw, live ? 1000 : SECONDS_BETWEEN_LINES * 1000).unref();
  if (live) draw();
}

/** @returns {number} the seconds since `show` */
export function hide(name) {
  const { started } = underWay.get(name);
  underWay.delete(name);
  if (underWay.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
  return (performance.now() - started) / 1000;
}

/** Prints whole lines, above the line of what is under way. */
export function print(text) {
  process.stdout.write(`${live ? '\r\x1b[2K' : ''}${text.replace(/\n?$/, '\n')}`);
  if (live && underWay.size > 0) draw();
}

/**
 * Runs one step and shows its name and, when done, its seconds.
 *
 * @template T
 * @param {string} name
 * @param {(show: (detail: string) => void) => T | Promise<T>} work gets a function that shows how far it is
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const finish = (mark) => {
    const seconds = hide(name);
    print(`  ${mark} ${name} (${seconds.toFixed(1)} s)`);
  };
  show(name);
  try {
    const result = await work((detail) => show(name, detail));
    finish('✓');
    return result;
  } catch (error) {
    finish('✗');
    throw error;
  }
}

function draw() {
  const line = [...underWay].map(([name, { started, detail }]) => [name, detail, `${Math.round((performance.now() - started) / 1000)} s`].filter(Boolean).join(' ')).join(' · ');
  const width = process.stdout.columns ?? 0;
  process.stdout.write(live ? `\r\x1b[2K  … ${line}`.slice(0, width + 4) : `  … ${line}\n`);
}
