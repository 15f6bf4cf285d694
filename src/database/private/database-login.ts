import { Token } from 'aws-cdk-lib';
import { EngineTraits } from './engine-traits';

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
export function requireIamLogin(where: string, prop: string, engine: EngineTraits, user: string): void {
  if (!hasIamLogin(engine)) throw new Error(`${where} must be left out for ${engine.name} ${engine.version}: RDS has login by IAM for MariaDB 10.11 and later`);
  if (Token.isUnresolved(user) || /^[\w.@$-]+$/.test(user)) return;
  throw new Error(`${where}: '${prop}' must be the name of one user, of letters, digits and _ . @ $ -, got '${user}': a pattern would let in as any that it matches`);
}
