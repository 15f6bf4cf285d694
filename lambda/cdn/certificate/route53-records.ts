import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { DnsRecords } from './certificate';

const TTL_SECONDS = 300;

export class Route53Records implements DnsRecords {
  constructor(private readonly route53: Route53Client) {}

  async upsertCname(hostedZoneId: string, name: string, value: string): Promise<void> {
    await this.route53.send(new ChangeResourceRecordSetsCommand({
      HostedZoneId: hostedZoneId,
      ChangeBatch: {
        Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name: name, Type: 'CNAME', TTL: TTL_SECONDS, ResourceRecords: [{ Value: value }] } }],
      },
    }));
  }
}
