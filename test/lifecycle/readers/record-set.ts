import { ListResourceRecordSetsCommand, ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53';
import { Reader } from './reader';

export const readRecordSet: Reader = async ({ properties: { HostedZoneId, Name, Type } }, { dns }) => {
  const record = (await recordsOf(HostedZoneId, dns)).find((one) => one.Name === Name && one.Type === Type);
  return {
    AliasTarget: record?.AliasTarget && { ...record.AliasTarget, DNSName: record.AliasTarget.DNSName!.replace(/\.$/, '') }, // Route 53 ends what it aliases with a dot
    HostedZoneId: record && HostedZoneId,
    Name: record?.Name,
    Type: record?.Type,
  };
};

export async function recordsOf(HostedZoneId: string, dns: Route53Client): Promise<ResourceRecordSet[]> {
  const { IsTruncated, ResourceRecordSets = [] } = await dns.send(new ListResourceRecordSetsCommand({ HostedZoneId }));
  if (IsTruncated) throw new Error('a zone of several pages: read them all here');
  return ResourceRecordSets;
}
