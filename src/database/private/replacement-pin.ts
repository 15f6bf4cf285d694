import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * The properties whose change replaces a database, but for those of `NOT_IN_PIN`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
 */
export const REPLACED_BY: Record<string, string[]> = {
  'AWS::RDS::DBCluster': [
    'Engine', 'DatabaseName', 'MasterUsername', 'KmsKeyId', 'SnapshotIdentifier', 'SourceDBClusterIdentifier', 'SourceDbClusterResourceId', 'RestoreToTime',
    'RestoreType', 'EngineMode', 'AvailabilityZones', 'ClusterScalabilityType', 'DBSystemId', 'PubliclyAccessible', 'SourceRegion',
  ],
  'AWS::RDS::DBInstance': [
    'Engine', 'DBName', 'MasterUsername', 'Port', 'KmsKeyId', 'DBSnapshotIdentifier', 'SourceDBInstanceIdentifier', 'SourceDbiResourceId',
    'SourceDBInstanceAutomatedBackupsArn', 'RestoreTime', 'CharacterSetName', 'Timezone', 'BackupTarget', 'CustomIAMInstanceProfile', 'DBSystemId',
    'NcharCharacterSetName', 'SourceRegion',
  ],
};

/** What replaces a database, too, and would say nothing in a pin: why. */
export const NOT_IN_PIN: Record<string, string> = {
  DBClusterIdentifier: 'it is made of the construct, whose id is in the pin, and of the stack',
  DBInstanceIdentifier: 'the same, of an instance',
  DBSubnetGroupName: 'its group is one of the construct, of the same name with other subnets',
  StorageEncrypted: 'it is always on, but for what is restored, of which the pin says from what',
  UseLatestRestorableTime: 'it is there where a source is and no time, and both are in the pin',
};

/** What a database is, in the words of its template: another id, or another of these properties, is another database, and an empty one. */
export function pinOf(data: CfnResource): string {
  const stack = Stack.of(data);
  const [[id, { Type, Properties }]] = Object.entries<any>(stack.resolve(data._toCloudFormation()).Resources);
  const properties = REPLACED_BY[Type].filter((name) => Properties[name] !== undefined).map((name) => `${name}=${inWords(Properties[name])}`);
  return [`id=${stack.resolve(id)}`, ...properties].join('; ');
}

function inWords(value: any): string {
  if (typeof value !== 'object') return `${value}`;
  return value.Ref ?? value['Fn::GetAtt']?.join('.') ?? JSON.stringify(value);
}

/** Fails synthesis when a database is no longer what it was pinned as. */
export function requirePinnedIdentity(pin: string, scope: Construct, data: CfnResource): void {
  scope.node.addValidation({
    validate: () => {
      const [before, now] = [Stack.of(data).resolve(pin), pinOf(data)];
      if (typeof before !== 'string') return ["'replacementPin' must be known at synthesis, got a token: the database is compared with it then"];
      if (!before.startsWith('id=')) return [`'replacementPin' must say what the database is${before && `, got '${before}'`}: set it to '${now}'`];
      if (before === now) return [];
      return [`an empty database would take the place of this one: ${changes(before, now).join(', ')}. If that is meant, set 'replacementPin' to '${now}'`];
    },
  });
}

function changes(before: string, now: string): string[] {
  const [were, are] = [before, now].map((pin) => new Map(pin.split('; ').map((part) => [part.split('=', 1)[0], part.slice(part.indexOf('=') + 1)])));
  return [...new Set([...were.keys(), ...are.keys()])].filter((name) => were.get(name) !== are.get(name))
    .map((name) => `${name} was ${were.get(name) ?? 'not set'} and is ${are.get(name) ?? 'not set'}`);
}
