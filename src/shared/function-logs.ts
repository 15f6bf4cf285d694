import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

/**
 * The logs of a function, which Lambda would otherwise create by itself and keep for ever.
 */
export function functionLogs(scope: IConstruct, retention: RetentionDays, removalPolicy: RemovalPolicy): LogGroup {
  const logGroup = new LogGroup(scope, 'Logs', { retention, removalPolicy });
  acknowledge(logGroup, {
    customerKeyOfLogs: 'CloudWatch Logs encrypts them with a key of its own, and they hold names, sizes and errors, but no contents and no credentials: ' +
      'for a key of yours, which must let CloudWatch Logs use it, set \'kmsKeyId\' of the log group',
  });
  return logGroup;
}
