import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EngineTraits } from './engine-traits';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

type Resolved =
  'backupRetention' | 'backupWindow' | 'deletionProtection' | 'maintenanceWindow' | 'masterUsername' | 'parameters' | 'port' | 'readers' | 'removalPolicy' |
  'rotateAfter' | 'standby' | 'vpcSubnets';

/** The props of a database, validated, and with the defaults of the engine, of the StageProfile and of this library. */
export interface DatabaseSettings extends Omit<EncryptedDatabaseProps, 'engine' | Resolved>, Required<Pick<EncryptedDatabaseProps, Resolved>> {
  readonly engine: EngineTraits;
  readonly kind: 'instance' | 'cluster';
  /** That of the stack, or a token. */
  readonly region: string;
  /** Without `db.`. Of instances that scale by themselves, `serverless`. */
  readonly instanceClass: string;
  /** Of an instance, in GiB: the storage of a cluster grows and shrinks by itself. */
  readonly storage?: { readonly allocated: number; readonly ceiling: number };
  /** Of logs, and of what CloudFormation cannot snapshot. */
  readonly retention: { readonly logs: RetentionDays; readonly policy: RemovalPolicy };
}
