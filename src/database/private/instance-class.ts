import { Token } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';

/** RDS calls its classes `db.…`; CDK, and the restore drill, put that before what is given. Of `db.db.…` nobody would know the memory, either. */
export function requireInstanceClass(where: string, prop: string, type: InstanceType | undefined): void {
  const given = type?.toString();
  const [, prefix, bare] = (given !== undefined && !Token.isUnresolved(given) && /^(db|cache)\.(.+)$/.exec(given)) || [];
  if (bare) throw new Error(`${where}: ${prop} must be without '${prefix}.', got '${given}': new ec2.InstanceType('${bare}')`);
}
