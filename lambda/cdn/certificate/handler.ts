import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { awaitIssue, Certificates, Clock, DnsRecords, inWords, newCertificate, removeCertificate, validate } from './certificate';
import { Deliveries, deliverLogs, removeDelivery } from './log-delivery';
import { awaitedCertificateOf, certificateRequestOf, logDeliveryOf, recordToCreateOf } from './properties';

export interface HandlerDependencies {
  readonly certificates: Certificates;
  readonly records: DnsRecords;
  readonly deliveries: Deliveries;
  readonly sleep: Clock['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface OnEventResponse {
  readonly PhysicalResourceId: string;
  readonly Data?: Record<string, string>;
}

type OnEvent = (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<OnEventResponse>;

/**
 * The `onEvent` of CDK's Provider framework:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#handling-lifecycle-events-onevent
 */
export function createHandler({ certificates, records, deliveries, sleep, logger }: HandlerDependencies): OnEvent {
  return async (event, context) => {
    const clock = { sleep, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
    switch (event.ResourceType) {
      case 'Custom::EdgeCertificate': return onCertificate(event, { certificates, records, clock, logger });
      case 'Custom::DnsRecordToCreate': return onRecord(event);
      case 'Custom::IssuedCertificate': return onIssue(event, { certificates, clock });
      case 'Custom::EdgeLogDelivery': return { PhysicalResourceId: await onLogDelivery(event, deliveries) };
      default: throw new Error(`'ResourceType' must be one that this function knows, got ${event.ResourceType}`);
    }
  };
}

type OfCertificates = Pick<HandlerDependencies, 'certificates' | 'records' | 'logger'> & { readonly clock: Clock };

async function onCertificate(
  event: CloudFormationCustomResourceEvent, { certificates, records, clock, logger }: OfCertificates,
): Promise<OnEventResponse> {
  if (event.RequestType === 'Delete') {
    const { PhysicalResourceId: arn } = event;
    // Never fails: a certificate too many costs nothing, and a stack whose teardown hangs on it could not be deleted.
    if (!await removeCertificate(arn, certificates, clock)) logger.warn('certificate kept: it is still in use', { arn });
    return { PhysicalResourceId: arn };
  }
  const request = certificateRequestOf(event);
  const { domainName } = request;
  // Not by the properties of before: those of an update that failed are not what the certificate is for, which the rollback keeps.
  if (event.RequestType === 'Update' && await certificates.domainOf(event.PhysicalResourceId) === domainName) {
    const record = await validate(event.PhysicalResourceId, request, certificates, records, clock); // in the zone that it is in now
    return { PhysicalResourceId: event.PhysicalResourceId, Data: { DnsRecord: inWords(record) } };
  }
  const { arn, record } = await newCertificate(request, certificates, records, clock);
  logger.info('certificate requested', { arn, domainName, record: inWords(record) });
  return { PhysicalResourceId: arn, Data: { DnsRecord: inWords(record) } };
}

/** It is nothing but its id, which CloudFormation shows while the next one waits for somebody to create it. */
function onRecord(event: CloudFormationCustomResourceEvent): OnEventResponse {
  return { PhysicalResourceId: event.RequestType === 'Delete' ? event.PhysicalResourceId : recordToCreateOf(event) };
}

async function onIssue(
  event: CloudFormationCustomResourceEvent, { certificates, clock }: Pick<OfCertificates, 'certificates' | 'clock'>,
): Promise<OnEventResponse> {
  if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId };
  const { arn, domainName, record } = awaitedCertificateOf(event);
  await awaitIssue(arn, domainName, record, certificates, clock);
  return { PhysicalResourceId: `${arn} is issued`, Data: { CertificateArn: arn } };
}

async function onLogDelivery(event: CloudFormationCustomResourceEvent, deliveries: Deliveries): Promise<string> {
  if (event.RequestType === 'Delete') {
    await removeDelivery(event.PhysicalResourceId, deliveries);
    return event.PhysicalResourceId;
  }
  const delivery = logDeliveryOf(event);
  await deliverLogs(delivery, deliveries);
  return delivery.name;
}
