import type { RunQuery } from './clients';
import type { Config } from './config';

export interface HandlerDependencies {
  readonly config: Config;
  readonly ask: RunQuery;
}

/** As drivers give NULL, false, zero and nothing, and numbers that they do not trust JavaScript with. */
const NO = ['', '0', 'f', 'false', 'null', 'undefined'];

class UnconvincingAnswer extends Error {
  public readonly name = 'UnconvincingAnswer';
}

/**
 * Asks the restored database. What it answers goes nowhere: it may be data.
 */
export function createHandler({ config: { port, user, database, query }, ask }: HandlerDependencies) {
  return async ({ host, password }: { host: string; password: string }): Promise<void> => {
    const answer = String(await ask({ host, port, user, password, database }, query));
    if (NO.includes(answer)) throw new UnconvincingAnswer(`the restored database answered '${answer}' to: ${query}`);
  };
}
