import { writeFileSync } from 'fs';
import { join } from 'path';
import { replacedBy } from './replaced-by';
import { templateOf } from './variant-template';
import { VARIANTS, Variant } from './variants';

/** The types of resources that hold data, or addresses and networks that others rely on. */
export const STATEFUL = [
  'AWS::Backup::BackupVault', 'AWS::DynamoDB::Table', 'AWS::EC2::EIP', 'AWS::EC2::Subnet', 'AWS::EC2::VPC', 'AWS::EFS::FileSystem',
  'AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::ServerlessCache', 'AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::S3::Bucket',
  'AWS::SQS::Queue', 'AWS::SecretsManager::Secret', 'Custom::SigningKeys', 'Custom::WasabiBucket',
];

/** By variant and logical id: the type, and the values of the properties that replace it, in words. */
export type StatefulResources = Record<string, Record<string, string>>;

export const RECORD = join(__dirname, 'stateful-resources.json');

export function statefulResources(variants: Variant[] = VARIANTS): StatefulResources {
  return Object.fromEntries(variants.map((variant) => {
    const resources = Object.entries<any>(templateOf(variant).Resources).filter(([, { Type }]) => STATEFUL.includes(Type));
    return [variant.name, Object.fromEntries(resources.map(([id, { Type, Properties = {} }]) => {
      const given = replacedBy(Type).filter((property) => Properties[property] !== undefined);
      return [id, [Type, given.map((property) => `${property}=${inWords(Properties[property])}`).join('; ')].join(' ').trimEnd()];
    }))];
  }));
}

/** References in braces, which no value has that replaces anything. */
function inWords(value: any): string {
  if (typeof value !== 'object') return `${value}`;
  if (value.Ref) return `{${value.Ref}}`;
  if (value['Fn::GetAtt']) return `{${value['Fn::GetAtt'].join('.')}}`;
  if (value['Fn::Join']?.[0] === '' && Array.isArray(value['Fn::Join'][1])) return value['Fn::Join'][1].map(inWords).join('');
  return JSON.stringify(value);
}

/** What would be lost in the accounts of users, in words. */
export function losses(before: StatefulResources, now: StatefulResources): string[] {
  const typeOf = (resource: string) => resource.split(' ', 1)[0];
  return Object.entries(before).flatMap(([variant, resources]) => Object.entries(resources).flatMap(([id, resource]) => {
    const present = now[variant]?.[id];
    if (!present || typeOf(present) !== typeOf(resource)) {
      return [`${variant}: ${typeOf(resource)} ${id} is gone. CloudFormation would drop it and what it holds from every user's stack. Keep the ids of the ` +
        'constructs above it, or make it a breaking change with a migration note: how to import the old one, or to keep its id by overrideLogicalId().'];
    }
    if (present !== resource) {
      return [`${variant}: ${id} would be replaced by an empty one: ${resource} became ${present}. Keep the value, or make it a breaking change with a migration note.`];
    }
    return [];
  }));
}

if (require.main === module) writeFileSync(RECORD, `${JSON.stringify(statefulResources(), undefined, 2)}\n`);
