import { CertificateDetail, DescribeCertificateCommand, ListCertificatesCommand, ListTagsForCertificateCommand } from '@aws-sdk/client-acm';
import { Reader, Services } from './reader';
import { recordsOf } from './record-set';

async function described(CertificateArn: string, { certificates }: Pick<Services, 'certificates'>): Promise<CertificateDetail> {
  return (await certificates.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate!;
}

const recordOf = ({ DomainValidationOptions }: CertificateDetail) => DomainValidationOptions![0].ResourceRecord!;
const inWords = ({ Name, Value }: ReturnType<typeof recordOf>) => `${Name} CNAME ${Value}`;
const domainIfIssued = ({ Status, DomainName }: CertificateDetail) => (Status === 'ISSUED' ? DomainName : Status);

/** What the custom resource made, as ACM tells it in the region of the edge, and the zone, if there is one, that has ACM's record of the domain. */
export const readEdgeCertificate: Reader = async ({ physicalId: CertificateArn, properties: { OwnerTag, HostedZoneId } }, services) => {
  const certificate = await described(CertificateArn, services);
  const { Tags = [] } = await services.certificates.send(new ListTagsForCertificateCommand({ CertificateArn }));
  const owner = Tags.find(({ Key }) => Key === OwnerTag);
  const { Name, Type, Value } = recordOf(certificate);
  const records = HostedZoneId === undefined ? [] : await recordsOf(HostedZoneId, services.dns);
  const isInZone = records.some((record) => record.Name === Name && record.Type === Type && record.ResourceRecords?.[0].Value === Value);
  return { DomainName: domainIfIssued(certificate), HostedZoneId: isInZone ? HostedZoneId : undefined, Owner: owner?.Value, OwnerTag: owner?.Key };
};

/** Its id is a record that ACM wants to see for one of the certificates. */
export const readRecordToCreate: Reader = async ({ physicalId }, services) => {
  const { CertificateSummaryList = [] } = await services.certificates.send(new ListCertificatesCommand({}));
  const certificates = await Promise.all(CertificateSummaryList.map(({ CertificateArn }) => described(CertificateArn!, services)));
  return { DnsRecord: certificates.map((certificate) => inWords(recordOf(certificate))).find((record) => record === physicalId) };
};

export const readIssuedCertificate: Reader = async ({ physicalId }, services) => {
  const certificate = await described(physicalId.replace(/ is issued$/, ''), services);
  return { CertificateArn: certificate.CertificateArn, DomainName: domainIfIssued(certificate), DnsRecord: inWords(recordOf(certificate)) };
};
