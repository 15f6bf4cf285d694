import { EngineTraits } from './engine-traits';

export interface ConnectionParts {
  readonly engine: EngineTraits;
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
}

/**
 * The fields of the secret that applications read. The same texts go to the rotation, with a placeholder for the password, so that both halves
 * write the same. Nothing is encoded: user, password and database consist of letters, digits, underscores and, if restored, hyphens.
 */
export function connectionFields({ engine, user, password, host, port, databaseName }: ConnectionParts): Record<string, string> {
  const place = `${host}:${port}`;
  return {
    username: user,
    password,
    url: `${engine.scheme}://${user}:${password}@${place}/${databaseName}`,
    jdbcUrl: `jdbc:${engine.jdbc.scheme}://${place}/${databaseName}?user=${user}&password=${password}&${engine.jdbc.tls}`,
    uri: `${user}:${password}@${place}`,
  };
}
