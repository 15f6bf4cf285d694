import { Environment, oneOf, positiveInteger, text } from '../../shared/environment';

export interface Config {
  readonly family: Family;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly query: string;
}

export type Family = 'mysql' | 'mariadb' | 'postgres';

/** Asks whether there is anything: a restored database without tables is not what was backed up. */
const TABLES: Record<Family, string> = {
  mysql: 'SELECT count(*) FROM information_schema.tables WHERE table_schema = database()',
  mariadb: 'SELECT count(*) FROM information_schema.tables WHERE table_schema = database()',
  postgres: "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
};

export function readConfig(env: Environment): Config {
  const family = oneOf(env, 'DATABASE_FAMILY', ['mysql', 'mariadb', 'postgres']);
  return {
    family,
    port: positiveInteger(env, 'DATABASE_PORT'),
    user: text(env, 'DATABASE_USER', 'the name of the master user'),
    database: text(env, 'DATABASE_NAME', 'the name of a database'),
    query: env.QUERY || TABLES[family],
  };
}
