import { writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { REGISTER } from './register';

/**
 * What holds data, and the properties whose change replaces it.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const REPLACED_BY: Record<string, string[]> = {
  'AWS::RDS::DBCluster': ['DatabaseName', 'DBClusterIdentifier', 'DBSubnetGroupName', 'EngineMode', 'KmsKeyId', 'MasterUsername', 'SnapshotIdentifier', 'SourceDBClusterIdentifier', 'StorageEncrypted'],
  'AWS::RDS::DBInstance': [
    'CharacterSetName', 'DBClusterIdentifier', 'DBInstanceIdentifier', 'DBName', 'DBSnapshotIdentifier', 'DBSubnetGroupName', 'Engine', 'KmsKeyId', 'MasterUsername', 'Port',
    'SourceDBInstanceIdentifier', 'StorageEncrypted', 'Timezone',
  ],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::KMS::Key': [],
  'Custom::WasabiBucket': ['BucketName', 'Endpoint', 'ServiceToken'],
};

/** By variant and logical id: the type, and the values of the properties that replace it. */
export type StatefulResources = Record<string, Record<string, { type: string; replacedBy: Record<string, unknown> }>>;

export const RECORD = join(__dirname, 'stateful-resources.json');

export function statefulResources(): StatefulResources {
  return Object.fromEntries(REGISTER.map(({ name, build }) => {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    const resources = Object.entries<any>(Template.fromStack(stack).toJSON().Resources).filter(([, { Type }]) => Type in REPLACED_BY);
    return [name, Object.fromEntries(resources.map(([id, { Type, Properties = {} }]) => {
      const given = REPLACED_BY[Type].filter((property) => Properties[property] !== undefined);
      return [id, { type: Type, replacedBy: Object.fromEntries(given.map((property) => [property, Properties[property]])) }];
    }))];
  }));
}

if (require.main === module) writeFileSync(RECORD, `${JSON.stringify(statefulResources(), undefined, 2)}\n`);
