import { createHash } from 'crypto';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { CertificateRequest } from './certificate';
import { LogDelivery } from './log-delivery';

type Properties = CloudFormationCustomResourceEvent['ResourceProperties'];

export function certificateRequestOf({ ResourceProperties: given, RequestId }: CloudFormationCustomResourceEvent): CertificateRequest {
  return {
    domainName: text(given, 'DomainName'),
    hostedZoneId: given.HostedZoneId === undefined ? undefined : text(given, 'HostedZoneId'),
    tag: { key: text(given, 'OwnerTag'), value: text(given, 'Owner') },
    token: createHash('sha256').update(RequestId).digest('hex').slice(0, 32), // the most that ACM takes; Lambda may try a request twice
  };
}

export function recordToCreateOf({ ResourceProperties: given }: CloudFormationCustomResourceEvent): string {
  return text(given, 'DnsRecord');
}

export function awaitedCertificateOf({ ResourceProperties: given }: CloudFormationCustomResourceEvent) {
  return { arn: text(given, 'CertificateArn'), domainName: text(given, 'DomainName'), record: text(given, 'DnsRecord') };
}

export function logDeliveryOf({ ResourceProperties: given }: CloudFormationCustomResourceEvent): LogDelivery {
  return {
    name: text(given, 'Name'),
    distributionArn: text(given, 'DistributionArn'),
    bucketArn: text(given, 'BucketArn'),
    format: text(given, 'Format'),
    fields: texts(given, 'Fields'),
    ownerTag: text(given, 'OwnerTag'),
  };
}

function text(given: Properties, name: string): string {
  const value: unknown = given[name];
  if (typeof value !== 'string' || value === '') throw new Error(`'${name}' must be given, got ${JSON.stringify(value)}`);
  return value;
}

function texts(given: Properties, name: string): string[] {
  const value: unknown = given[name];
  if (!Array.isArray(value) || value.length === 0) throw new Error(`'${name}' must be a list, got ${JSON.stringify(value)}`);
  return value.map(String);
}
