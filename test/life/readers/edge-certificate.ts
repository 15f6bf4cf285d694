import { DescribeCertificateCommand, ListTagsForCertificateCommand } from '@aws-sdk/client-acm';
import { Reader } from './reader';
import { recordsOf } from './record-set';

/** What the custom resource made, as ACM tells it in the region of the edge, and the zone that has ACM's record of the domain. */
export const readEdgeCertificate: Reader = async ({ physicalId: CertificateArn, properties }, { certificates, dns }) => {
  const { Certificate } = await certificates.send(new DescribeCertificateCommand({ CertificateArn }));
  const { Tags = [] } = await certificates.send(new ListTagsForCertificateCommand({ CertificateArn }));
  const owner = Tags.find(({ Key }) => Key === properties.OwnerTag);
  const { Name, Type, Value } = Certificate!.DomainValidationOptions![0].ResourceRecord!;
  const records = await recordsOf(properties.HostedZoneId, dns);
  const isInZone = records.some((record) => record.Name === Name && record.Type === Type && record.ResourceRecords?.[0].Value === Value);
  return {
    DomainName: Certificate!.Status === 'ISSUED' ? Certificate!.DomainName : Certificate!.Status,
    HostedZoneId: isInZone ? properties.HostedZoneId : undefined,
    Owner: owner?.Value,
    OwnerTag: owner?.Key,
  };
};
