import { writeFileSync } from 'fs';
import { join } from 'path';
import { templateOf } from './variant-template';
import { VARIANTS, Variant } from './variants';

/**
 * What holds data, and the properties whose change replaces it.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const REPLACED_BY: Record<string, string[]> = {
  'AWS::Backup::BackupVault': ['BackupVaultName', 'EncryptionKeyArn'],
  'AWS::DynamoDB::Table': ['KeySchema', 'TableName'],
  'AWS::EC2::EIP': ['Domain', 'NetworkBorderGroup', 'PublicIpv4Pool', 'TransferAddress'],
  'AWS::EC2::Subnet': ['AvailabilityZone', 'CidrBlock', 'VpcId'],
  'AWS::EC2::VPC': ['CidrBlock', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  'AWS::ElastiCache::ReplicationGroup': [
    'AtRestEncryptionEnabled', 'CacheSubnetGroupName', 'DataTieringEnabled', 'GlobalReplicationGroupId', 'KmsKeyId', 'NetworkType', 'Port',
    'PreferredCacheClusterAZs', 'ReplicationGroupId', 'SnapshotArns', 'SnapshotName',
  ],
  'AWS::ElastiCache::ServerlessCache': ['KmsKeyId', 'ServerlessCacheName', 'SnapshotArnsToRestore', 'SubnetIds'],
  'AWS::RDS::DBCluster': [
    'DatabaseName', 'DBClusterIdentifier', 'DBSubnetGroupName', 'Engine', 'EngineMode', 'KmsKeyId', 'MasterUsername', 'RestoreToTime', 'RestoreType',
    'SnapshotIdentifier', 'SourceDBClusterIdentifier', 'SourceDbClusterResourceId', 'StorageEncrypted', 'UseLatestRestorableTime',
  ],
  'AWS::RDS::DBInstance': [
    'CharacterSetName', 'DBClusterIdentifier', 'DBInstanceIdentifier', 'DBName', 'DBSnapshotIdentifier', 'DBSubnetGroupName', 'Engine', 'KmsKeyId',
    'MasterUsername', 'Port', 'RestoreTime', 'SourceDBInstanceAutomatedBackupsArn', 'SourceDBInstanceIdentifier', 'SourceDbiResourceId',
    'StorageEncrypted', 'Timezone', 'UseLatestRestorableTime',
  ],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::KMS::Key': [],
  'Custom::SigningKeys': ['SecretArn', 'ServiceToken'],
  'Custom::WasabiBucket': ['BucketName', 'Endpoint', 'ServiceToken'],
};

/** By variant and logical id: the type, and the values of the properties that replace it. */
export type StatefulResources = Record<string, Record<string, { type: string; replacedBy: Record<string, unknown> }>>;

export const RECORD = join(__dirname, 'stateful-resources.json');

export function statefulResources(variants: Variant[] = VARIANTS): StatefulResources {
  return Object.fromEntries(variants.map((variant) => {
    const resources = Object.entries<any>(templateOf(variant).Resources).filter(([, { Type }]) => Type in REPLACED_BY);
    return [variant.name, Object.fromEntries(resources.map(([id, { Type, Properties = {} }]) => {
      const given = REPLACED_BY[Type].filter((property) => Properties[property] !== undefined);
      return [id, { type: Type, replacedBy: Object.fromEntries(given.map((property) => [property, Properties[property]])) }];
    }))];
  }));
}

/** What would be lost in the accounts of users, in words. */
export function losses(before: StatefulResources, now: StatefulResources): string[] {
  return Object.entries(before).flatMap(([variant, resources]) => Object.entries(resources).flatMap(([id, { type, replacedBy }]) => {
    const present = now[variant]?.[id];
    if (!present || present.type !== type) {
      return [`${variant}: ${type} ${id} is gone. CloudFormation would drop it and what it holds from every user's stack. Keep the ids of the constructs above ` +
        'it, or make it a breaking change with a migration note: how to import the old one, or to keep its id by overrideLogicalId().'];
    }
    if (JSON.stringify(present.replacedBy) !== JSON.stringify(replacedBy)) {
      return [`${variant}: ${type} ${id} would be replaced by an empty one: ${JSON.stringify(replacedBy)} became ${JSON.stringify(present.replacedBy)}. ` +
        'Keep the value, or make it a breaking change with a migration note.'];
    }
    return [];
  }));
}

if (require.main === module) writeFileSync(RECORD, `${JSON.stringify(statefulResources(), undefined, 2)}\n`);
