import { DatabaseSettings } from './database-settings';
import { EngineTraits } from './engine-traits';
import { Checks } from '../../shared/checks';

/**
 * Whether users can log in by a token of IAM. Of the engines here, all that RDS has in any support can, but MariaDB before 10.11.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.IamDatabaseAuthentication.html
 */
export function hasIamLogin({ family, version }: EngineTraits): boolean {
  return family !== 'mariadb' || !/^10\.\d(\.|$)/.test(version);
}

/**
 * The name goes into the resource of a policy, where `*` and `?` stand for other users, and `${` begins a variable.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
 */
export function requireIamLogin(method: string, prop: string, engine: EngineTraits, user: string): void {
  if (!hasIamLogin(engine)) throw new Error(`${method} must be left out for ${engine.name} ${engine.version}: RDS has login by IAM for MariaDB 10.11 and later`);
  const hint = 'a pattern would let in as any that it matches';
  new Checks(method).matches(prop, user, /^[\w.@$-]+$/, 'the name of one user, of letters, digits and _ . @ $ -', { hint });
}

interface Endpoint {
  readonly host: string;
  readonly port: string;
}

/**
 * The fields of the secret that applications read. The same texts go to the rotation, with a placeholder for the password, so that both halves
 * write the same. Nothing is encoded: user, password and database consist of letters, digits, underscores and, if restored, hyphens.
 */
export function connectionFields(
  { engine, masterUsername: user, databaseName }: Pick<DatabaseSettings, 'engine' | 'masterUsername' | 'databaseName'>, { host, port }: Endpoint, password: string,
): Record<string, string> {
  const place = `${host}:${port}`;
  return {
    username: user,
    password,
    url: `${engine.scheme}://${user}:${password}@${place}/${databaseName}`,
    jdbcUrl: `jdbc:${engine.jdbc.scheme}://${place}/${databaseName}?user=${user}&password=${password}&${engine.jdbc.tls}`,
    uri: `${user}:${password}@${place}`,
  };
}
