import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { Family } from './config';

export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Logs in, runs one statement, logs out; the first value of the first row, if there is one. */
export type RunQuery = (settings: ConnectionSettings, query: string) => Promise<unknown>;

const CONNECT_WITHIN = 30_000;
const ANSWER_WITHIN = 240_000;

/** Encrypted, from an authority that Node.js trusts, and for the name that was asked for. */
const TLS = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;

export const CLIENTS: Record<Family, RunQuery> = { mysql: queryMysql, mariadb: queryMysql, postgres: queryPostgres };

async function queryPostgres(settings: ConnectionSettings, query: string): Promise<unknown> {
  const client = new Client({ ...settings, ssl: TLS, connectionTimeoutMillis: CONNECT_WITHIN, query_timeout: ANSWER_WITHIN });
  try {
    await client.connect();
    const { rows } = await client.query({ text: query, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function queryMysql(settings: ConnectionSettings, query: string): Promise<unknown> {
  const connection = await createConnection({ ...settings, ssl: { ...TLS, verifyIdentity: true }, connectTimeout: CONNECT_WITHIN });
  try {
    const [rows] = await connection.query({ sql: query, rowsAsArray: true, timeout: ANSWER_WITHIN });
    return (rows as unknown[][])[0]?.[0];
  } finally {
    connection.destroy();
  }
}
