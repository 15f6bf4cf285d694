import { createHash } from 'crypto';
import { CertificateRequest } from './certificate';
import { LogDelivery } from './log-delivery';
import { CreateOrUpdateEvent, requiredText } from '../../shared/custom-resource';

export function certificateRequestOf({ ResourceProperties: given, RequestId }: CreateOrUpdateEvent): CertificateRequest {
  return {
    domainName: requiredText(given, 'DomainName'),
    hostedZoneId: given.HostedZoneId === undefined ? undefined : requiredText(given, 'HostedZoneId'),
    tag: { key: requiredText(given, 'OwnerTag'), value: requiredText(given, 'Owner') },
    token: createHash('sha256').update(RequestId).digest('hex').slice(0, 32), // the most that ACM takes; Lambda may try a request twice
  };
}

export function recordToCreateOf({ ResourceProperties: given }: CreateOrUpdateEvent): string {
  return requiredText(given, 'DnsRecord');
}

export function awaitedCertificateOf({ ResourceProperties: given }: CreateOrUpdateEvent) {
  return { arn: requiredText(given, 'CertificateArn'), domainName: requiredText(given, 'DomainName'), record: requiredText(given, 'DnsRecord') };
}

export function logDeliveryOf({ ResourceProperties: given }: CreateOrUpdateEvent): LogDelivery {
  return {
    name: requiredText(given, 'Name'),
    distributionArn: requiredText(given, 'DistributionArn'),
    bucketArn: requiredText(given, 'BucketArn'),
    format: requiredText(given, 'Format'),
    fields: texts(given, 'Fields'),
    ownerTag: requiredText(given, 'OwnerTag'),
  };
}

function texts(given: CreateOrUpdateEvent['ResourceProperties'], name: string): string[] {
  const value: unknown = given[name];
  if (!Array.isArray(value) || value.length === 0) throw new Error(`'${name}' must be a list, got ${JSON.stringify(value)}`);
  return value.map(String);
}
