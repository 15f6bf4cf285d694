import type { Logger } from '@aws-lambda-powertools/logger';
import { Certificates, DnsRecords, formatRecord, removeCertificate, requestCertificate, validate, waitUntilIssued } from './certificate';
import { Deliveries, deliverLogs, removeDelivery } from './log-delivery';
import { awaitedCertificateOf, certificateRequestOf, logDeliveryOf, recordToCreateOf } from './properties';
import { CustomResource, handleResource, OnEvent } from '../../shared/custom-resource';
import { Deadline, deadlineOf } from '../../shared/deadline';

export interface HandlerDependencies {
  readonly certificates: Certificates;
  readonly records: DnsRecords;
  readonly deliveries: Deliveries;
  readonly sleep: Deadline['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export function createHandler({ certificates, records, deliveries, sleep, logger }: HandlerDependencies): OnEvent {
  return async (event, context) => {
    const deadline = deadlineOf(context, sleep);
    switch (event.ResourceType) {
      case 'Custom::EdgeCertificate': return handleResource(event, edgeCertificate({ certificates, records, deadline, logger }));
      case 'Custom::DnsRecordToCreate': return handleResource(event, DNS_RECORD_TO_CREATE);
      case 'Custom::IssuedCertificate': return handleResource(event, issuedCertificate(certificates, deadline));
      case 'Custom::EdgeLogDelivery': return handleResource(event, edgeLogDelivery(deliveries));
      default: throw new Error(`'ResourceType' must be one that this function knows, got ${event.ResourceType}`);
    }
  };
}

type CertificateDependencies = Pick<HandlerDependencies, 'certificates' | 'records' | 'logger'> & { readonly deadline: Deadline };

function edgeCertificate({ certificates, records, deadline, logger }: CertificateDependencies): CustomResource {
  return {
    async createOrUpdate(event, formerArn) {
      const request = certificateRequestOf(event);
      const { domainName } = request;
      // Not by the properties of before: those of an update that failed are not what the certificate is for, which the rollback keeps.
      if (formerArn !== undefined && await certificates.domainOf(formerArn) === domainName) {
        const record = await validate(formerArn, request, certificates, records, deadline); // in the zone that it is in now
        return { PhysicalResourceId: formerArn, Data: { DnsRecord: formatRecord(record) } };
      }
      const { arn, record } = await requestCertificate(request, certificates, records, deadline);
      logger.info('certificate requested', { arn, domainName, record: formatRecord(record) });
      return { PhysicalResourceId: arn, Data: { DnsRecord: formatRecord(record) } };
    },
    async delete(arn) {
      // Never fails: a certificate too many costs nothing, and a stack whose teardown hangs on it could not be deleted.
      if (!await removeCertificate(arn, certificates, deadline)) logger.warn('certificate kept: it is still in use', { arn });
    },
  };
}

/** It is nothing but its id, which CloudFormation shows while the next one waits for somebody to create it. */
const DNS_RECORD_TO_CREATE: CustomResource = {
  createOrUpdate: async (event) => ({ PhysicalResourceId: recordToCreateOf(event) }),
};

function issuedCertificate(certificates: Certificates, deadline: Deadline): CustomResource {
  return {
    async createOrUpdate(event) {
      const { arn, domainName, record } = awaitedCertificateOf(event);
      await waitUntilIssued(arn, domainName, record, certificates, deadline);
      return { PhysicalResourceId: `${arn} is issued`, Data: { CertificateArn: arn } };
    },
  };
}

function edgeLogDelivery(deliveries: Deliveries): CustomResource {
  return {
    async createOrUpdate(event, formerName) {
      const delivery = logDeliveryOf(event);
      await deliverLogs(delivery, formerName, deliveries);
      return { PhysicalResourceId: delivery.name };
    },
    delete: (name) => removeDelivery(name, deliveries),
  };
}
