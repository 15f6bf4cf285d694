import { readAlarm } from './alarm';
import { readArchiveBucket } from './archive-bucket';
import { readBucket, readBucketPolicy } from './bucket';
import { readCachePolicy, readDistribution, readEdgeFunction, readOriginAccessControl, readResponseHeadersPolicy } from './cloudfront';
import { readEdgeCertificate, readIssuedCertificate, readRecordToCreate } from './edge-certificate';
import { readEdgeLogDelivery } from './edge-log-delivery';
import { readCacheParameterGroup, readCacheSubnetGroup, readCacheUser, readCacheUserGroup, readReplicationGroup } from './elasticache';
import { readEventSourceMapping, readFunction } from './function';
import { readKey } from './key';
import { readLogGroup } from './log-group';
import { readOidcProvider } from './oidc-provider';
import { readParameter } from './parameter';
import { readPermission } from './permission';
import { readQueue, readQueuePolicy } from './queue';
import { Reader } from './reader';
import { readRecordSet } from './record-set';
import { readPolicy, readRole } from './role';
import { readRule } from './rule';
import { readSecret } from './secret';
import { readSecurityGroup } from './security-group';
import { readStaticFiles } from './static-files';
import { readTable } from './table';
import { readTopic } from './topic';
import { readAccessKey } from './user';

export const READERS: Record<string, Reader> = {
  'AWS::CloudFront::CachePolicy': readCachePolicy,
  'AWS::CloudFront::Distribution': readDistribution,
  'AWS::CloudFront::Function': readEdgeFunction,
  'AWS::CloudFront::OriginAccessControl': readOriginAccessControl,
  'AWS::CloudFront::ResponseHeadersPolicy': readResponseHeadersPolicy,
  'AWS::CloudWatch::Alarm': readAlarm,
  'AWS::DynamoDB::Table': readTable,
  'AWS::EC2::SecurityGroup': readSecurityGroup,
  'AWS::ElastiCache::ParameterGroup': readCacheParameterGroup,
  'AWS::ElastiCache::ReplicationGroup': readReplicationGroup,
  'AWS::ElastiCache::SubnetGroup': readCacheSubnetGroup,
  'AWS::ElastiCache::User': readCacheUser,
  'AWS::ElastiCache::UserGroup': readCacheUserGroup,
  'AWS::Events::Rule': readRule,
  'AWS::IAM::AccessKey': readAccessKey,
  'AWS::IAM::OIDCProvider': readOidcProvider,
  'AWS::IAM::Policy': readPolicy,
  'AWS::IAM::Role': readRole,
  'AWS::KMS::Key': readKey,
  'AWS::Lambda::EventSourceMapping': readEventSourceMapping,
  'AWS::Lambda::Function': readFunction,
  'AWS::Lambda::Permission': readPermission,
  'AWS::Logs::LogGroup': readLogGroup,
  'AWS::Route53::RecordSet': readRecordSet,
  'AWS::S3::Bucket': readBucket,
  'AWS::S3::BucketPolicy': readBucketPolicy,
  'AWS::SNS::Topic': readTopic,
  'AWS::SecretsManager::Secret': readSecret,
  'AWS::SQS::Queue': readQueue,
  'AWS::SQS::QueuePolicy': readQueuePolicy,
  'AWS::SSM::Parameter': readParameter,
  'Custom::DnsRecordToCreate': readRecordToCreate,
  'Custom::EdgeCertificate': readEdgeCertificate,
  'Custom::EdgeLogDelivery': readEdgeLogDelivery,
  'Custom::IssuedCertificate': readIssuedCertificate,
  'Custom::StaticFiles': readStaticFiles,
  'Custom::WasabiBucket': readArchiveBucket,
};
