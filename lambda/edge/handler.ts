import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { CertificateRequest, Certificates, Clock, DnsRecords, issueCertificate, removeCertificate, validate } from './certificate';
import { Deliveries, deliverLogs, removeDelivery } from './log-delivery';
import { certificateRequestOf, logDeliveryOf } from './properties';

export interface HandlerDependencies {
  readonly certificates: Certificates;
  readonly records: DnsRecords;
  readonly deliveries: Deliveries;
  readonly sleep: Clock['sleep'];
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export interface OnEventResponse {
  readonly PhysicalResourceId: string;
}

type OnEvent = (event: CloudFormationCustomResourceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<OnEventResponse>;

/**
 * The `onEvent` of CDK's Provider framework:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#handling-lifecycle-events-onevent
 */
export function createHandler({ certificates, records, deliveries, sleep, logger }: HandlerDependencies): OnEvent {
  return async (event, context) => {
    switch (event.ResourceType) {
      case 'Custom::EdgeCertificate': {
        const clock = { sleep, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
        return { PhysicalResourceId: await onCertificate(event, { certificates, records, clock, logger }) };
      }
      case 'Custom::EdgeLogDelivery': return { PhysicalResourceId: await onLogDelivery(event, deliveries) };
      default: throw new Error(`'ResourceType' must be Custom::EdgeCertificate or Custom::EdgeLogDelivery, got ${event.ResourceType}`);
    }
  };
}

type OfCertificates = Pick<HandlerDependencies, 'certificates' | 'records' | 'logger'> & { readonly clock: Clock };

async function onCertificate(event: CloudFormationCustomResourceEvent, { certificates, records, clock, logger }: OfCertificates): Promise<string> {
  if (event.RequestType === 'Delete') {
    const { PhysicalResourceId: arn } = event;
    // Never fails: a certificate too many costs nothing, and a stack whose teardown hangs on it could not be deleted.
    if (!await removeCertificate(arn, certificates, clock)) logger.warn('certificate kept: it is still in use', { arn });
    return arn;
  }
  const request: CertificateRequest = certificateRequestOf(event);
  if (event.RequestType === 'Update' && event.OldResourceProperties.DomainName === request.domainName) {
    await validate(event.PhysicalResourceId, request, certificates, records, clock); // into the zone that it is in now
    return event.PhysicalResourceId;
  }
  const arn = await issueCertificate(request, certificates, records, clock);
  logger.info('certificate issued', { arn, domainName: request.domainName });
  return arn;
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
