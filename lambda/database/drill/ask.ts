import { Deadline, deadlineOf, RunContext } from '../../shared/deadline';
import { awaitSettled, type Database } from '../rotation/database';
import { newPassword } from '../rotation/password';

interface AskDependencies {
  /** The throw-away one. */
  readonly database: Database;
  readonly query: (login: Login) => Promise<void>;
  readonly sleep: Deadline['sleep'];
}

export interface Login {
  readonly host: string;
  readonly password: string;
}

/** Rejects if the restored database does not answer as it should. */
export type Ask = (host: string, context: RunContext) => Promise<void>;

/** What the query takes, in milliseconds. */
const RESERVE = 365_000;

/**
 * Gives the restored database a password, and has it asked by a function that is given it. The password is in the memory of two functions, and
 * nowhere else: not in the state machine, whose executions can be read.
 */
export function createAsk({ database, query, sleep }: AskDependencies): Ask {
  return async (host, context) => {
    const password = newPassword();
    await database.setPassword(password);
    if (!await awaitSettled(database, deadlineOf(context, sleep), RESERVE)) throw new Error('RDS has not applied the password in time');
    await query({ host, password });
  };
}
