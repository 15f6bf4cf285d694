import { Logger } from '@aws-lambda-powertools/logger';
import { ACMClient } from '@aws-sdk/client-acm';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { Route53Client } from '@aws-sdk/client-route-53';
import { AcmCertificates } from './acm-certificates';
import { CloudWatchDeliveries } from './cloudwatch-deliveries';
import { createHandler } from './handler';
import { Route53Records } from './route53-records';
import { sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

/** From where CloudFront takes certificates and logs, whatever the region of the stack. */
const region = 'us-east-1';

export const handler = createHandler({
  certificates: new AcmCertificates(new ACMClient({ region, requestHandler: REQUEST_TIMEOUTS })),
  records: new Route53Records(new Route53Client({ region, requestHandler: REQUEST_TIMEOUTS })),
  deliveries: new CloudWatchDeliveries(new CloudWatchLogsClient({ region, requestHandler: REQUEST_TIMEOUTS })),
  sleep,
  logger: new Logger(),
});
