import { EngineTraits } from './engine-traits';
import { Checks, isUnknown } from '../../shared/checks';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

type ParameterProps = Pick<EncryptedDatabaseProps, 'characterSet' | 'collation' | 'parameters'> & { readonly engine: EngineTraits };

/**
 * The parameter group: TLS only, the character set, and logs in files, which alone go to CloudWatch Logs. Given parameters win, but over TLS.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Security.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 */
export function databaseParameters(checks: Checks, { engine, characterSet, collation, parameters = {} }: ParameterProps): Record<string, string> {
  const tls = requiredTls(engine);
  for (const [name, value] of Object.entries(tls)) {
    if (parameters[name] !== undefined && parameters[name] !== value) {
      throw checks.error(`'parameters' must leave ${name} at ${value}, got '${parameters[name]}': connections are encrypted, or refused`);
    }
  }
  const text = engine.family === 'postgres' ? postgresText(checks, characterSet, collation) : mysqlText(checks, engine, characterSet, collation, parameters);
  return { ...logging(engine), ...text, ...parameters, ...tls };
}

function requiredTls({ family, clusterEngine }: EngineTraits): Record<string, string> {
  if (family === 'postgres') return { 'rds.force_ssl': '1' };
  return { require_secure_transport: clusterEngine ? 'ON' : '1' }; // Aurora and RDS spell it differently
}

/** Statements that take longer than two seconds, and, where a parameter does it, who connects. */
function logging({ family, clusterEngine }: EngineTraits): Record<string, string> {
  if (family === 'postgres') return { log_connections: '1', log_disconnections: '1', log_min_duration_statement: '2000' };
  const audit: Record<string, string> = clusterEngine ? { server_audit_logging: '1', server_audit_events: 'CONNECT' } : {};
  return { ...audit, log_output: 'FILE', long_query_time: '2', slow_query_log: '1' };
}

/** RDS creates databases in UTF8, and takes no word on it. */
function postgresText(checks: Checks, characterSet?: string, collation?: string): Record<string, string> {
  if (characterSet !== undefined && characterSet !== 'UTF8') {
    throw checks.error(`'characterSet' of PostgreSQL must be UTF8, got '${characterSet}': RDS creates no database in another`);
  }
  if (collation !== undefined) {
    throw checks.error(`'collation' must be left out for PostgreSQL, got '${collation}': it is said in CREATE DATABASE, CREATE TABLE or a query`);
  }
  return {};
}

function mysqlText(
  checks: Checks, engine: EngineTraits, characterSet = 'utf8mb4', given: string | undefined, parameters: Record<string, string>,
): Record<string, string> {
  for (const [name, prop] of [['character_set_server', 'characterSet'], ['collation_server', 'collation']]) {
    if (name in parameters) throw checks.error(`'parameters' must not have ${name}, which is said by '${prop}'`);
  }
  if (given !== undefined && !isUnknown(given) && !isUnknown(characterSet) && given !== 'binary' && !given.startsWith(`${characterSet}_`)) {
    throw checks.error(`'collation' must be one of the character set ${characterSet}, got '${given}': MySQL refuses to start with the two`);
  }
  const collation = given ?? (characterSet === 'utf8mb4' ? defaultCollation(engine) : undefined);
  return { character_set_server: characterSet, ...(collation !== undefined && { collation_server: collation }) };
}

/**
 * MySQL 5.7, and Aurora MySQL 2 with it, would not start with that of 8.0, which it does not have.
 *
 * @see https://dev.mysql.com/doc/refman/5.7/en/charset-connection.html
 */
function defaultCollation({ family, version }: EngineTraits): string | undefined {
  if (family === 'mariadb') return 'utf8mb4_unicode_ci';
  return version.startsWith('5.') ? undefined : 'utf8mb4_0900_ai_ci';
}
