import type { Context } from 'aws-lambda';
import type { Database } from '../rotation/database';
import { newPassword } from '../rotation/password';

export interface HandlerDependencies {
  /** The throw-away one. */
  readonly database: Database;
  readonly query: (login: Login) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface Login {
  readonly host: string;
  readonly password: string;
}

type Handler = (event: { host: string }, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void>;

const POLL_EVERY = 5_000;
const NOT_SETTLED_BEFORE = 10_000;
const FOR_THE_QUERY = 360_000;

/**
 * Gives the restored database a password, and has it asked by who knows it. The password is in the memory of two functions, and nowhere else:
 * not in the state machine, whose executions can be read.
 */
export function createHandler({ database, query, wait }: HandlerDependencies): Handler {
  return async ({ host }, context) => {
    const password = newPassword();
    await database.setPassword(password);
    await wait(NOT_SETTLED_BEFORE); // before, RDS may still say that nothing is to be applied
    while (!await database.isSettled()) {
      if (context.getRemainingTimeInMillis() < FOR_THE_QUERY + 2 * POLL_EVERY) throw new Error('RDS has not applied the password in time');
      await wait(POLL_EVERY);
    }
    await query({ host, password });
  };
}
