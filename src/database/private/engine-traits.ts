import { IClusterEngine, IInstanceEngine } from 'aws-cdk-lib/aws-rds';

/** What differs between engines, besides their parameters: src/database/private/database-parameters.ts. */
export interface EngineTraits extends FamilyTraits {
  readonly name: string;
  /** What RDS is told. */
  readonly version: string;
  /** The same as `version`, unless that names a minor version. */
  readonly majorVersion: string;
  readonly standardSupportEnds?: string;
  /** One of the two. */
  readonly instanceEngine?: IInstanceEngine;
  readonly clusterEngine?: IClusterEngine;
}

interface FamilyTraits {
  readonly family: 'mysql' | 'mariadb' | 'postgres';
  readonly port: number;
  /** Of `DATABASE_URL`, as Django, Rails, SQLAlchemy and the drivers of Node.js read it: there is none of MariaDB's own. */
  readonly scheme: string;
  /** Says TLS to a driver of Java. All three encrypt and leave the certificate unchecked, which takes RDS's own authorities in a trust store. */
  readonly jdbc: { readonly scheme: string; readonly tls: string };
  /** What goes to CloudWatch Logs. */
  readonly logs: string[];
  readonly longestUserName: number;
}

export function namesMinorVersion({ version, majorVersion }: EngineTraits): boolean {
  return version !== majorVersion;
}

/** All that there are, as rules of AWS Config ask for. RDS writes the first by an option of an option group only, Aurora by a parameter; the third stays off. */
const MYSQL_LOGS = ['audit', 'error', 'general', 'slowquery'];

export const MYSQL: FamilyTraits = {
  family: 'mysql', port: 3306, scheme: 'mysql', jdbc: { scheme: 'mysql', tls: 'sslMode=REQUIRED' }, logs: MYSQL_LOGS, longestUserName: 16,
};

export const MARIADB: FamilyTraits = {
  ...MYSQL, family: 'mariadb', jdbc: { scheme: 'mariadb', tls: 'sslMode=trust' },
};

export const POSTGRES: FamilyTraits = {
  family: 'postgres', port: 5432, scheme: 'postgresql', jdbc: { scheme: 'postgresql', tls: 'sslmode=require' }, logs: ['postgresql'], longestUserName: 63,
};
