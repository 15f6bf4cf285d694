import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { AaaaRecord, ARecord, IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';

/**
 * Lets a domain lead to a distribution, by IPv4 and IPv6.
 */
export function aliasRecords(scope: Construct, domainName: string, zone: IHostedZone, distribution: Distribution): void {
  const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
  new ARecord(scope, 'AliasRecord', { zone, recordName: `${domainName}.`, target });
  new AaaaRecord(scope, 'AliasRecordIpv6', { zone, recordName: `${domainName}.`, target });
}
