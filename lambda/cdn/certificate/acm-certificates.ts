import { ACMClient, DeleteCertificateCommand, DescribeCertificateCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { Certificates, CertificateState } from './certificate';
import { serviceAnswer } from '../../shared/service-answer';

/**
 * IAM allows the function what it does to a certificate by the tag of that certificate. One that is gone has no tag, so that ACM answers that access is denied, and not
 * that there is none.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const GONE = ['ResourceNotFoundException', 'AccessDeniedException'];

export class AcmCertificates implements Certificates {
  constructor(private readonly acm: ACMClient) {}

  async request(domainName: string, { key, value }: { readonly key: string; readonly value: string }, token: string): Promise<string> {
    const { CertificateArn } = await this.acm.send(new RequestCertificateCommand({
      DomainName: domainName,
      ValidationMethod: 'DNS',
      IdempotencyToken: token,
      Tags: [{ Key: key, Value: value }],
    }));
    return CertificateArn!;
  }

  async describe(arn: string): Promise<CertificateState> {
    const { Certificate } = await this.acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
    const record = Certificate!.DomainValidationOptions?.[0]?.ResourceRecord;
    return {
      status: Certificate!.Status!,
      reason: Certificate!.FailureReason,
      record: record && { name: record.Name!, value: record.Value! },
    };
  }

  async domainOf(arn: string): Promise<string | undefined> {
    try {
      const { Certificate } = await this.acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
      return Certificate!.DomainName;
    } catch (error) {
      if (GONE.includes(serviceAnswer(error).code)) return undefined;
      throw error;
    }
  }

  async delete(arn: string): Promise<'deleted' | 'in-use'> {
    try {
      await this.acm.send(new DeleteCertificateCommand({ CertificateArn: arn }));
      return 'deleted';
    } catch (error) {
      const { code } = serviceAnswer(error);
      if (GONE.includes(code)) return 'deleted';
      if (code === 'ResourceInUseException') return 'in-use';
      throw error;
    }
  }
}
