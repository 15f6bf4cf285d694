import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { addWarning } from '../../shared/warning';
import type { SecureQueueProps } from '../secure-queue-props';

type Settings = SecureQueueProps & Required<Pick<SecureQueueProps, 'visibilityTimeout' | 'retentionPeriod' | 'maxReceiveCount'>>;

/** Bounds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export function validate(check: Checks, settings: Settings, fifo: boolean): void {
  const { visibilityTimeout, retentionPeriod, maxReceiveCount, maximumMessageAge, queueName } = settings;
  check.seconds('visibilityTimeout', visibilityTimeout, { least: 0, most: 43_200 });
  check.seconds('retentionPeriod', retentionPeriod, { least: 60, most: 1_209_600 });
  check.wholeNumber('maxReceiveCount', maxReceiveCount, { least: 1, most: 1000 });
  check.seconds('maximumMessageAge', maximumMessageAge, { least: 60 });
  const allowed = 'at most 80 letters, digits, hyphens and underscores';
  if (fifo) check.matches('queueName', queueName, /^[\w-]{1,75}\.fifo$/, `${allowed}, the last five characters being .fifo`, { of: 'a FIFO queue' });
  else check.matches('queueName', queueName, /^[\w-]{1,80}$/, allowed, { of: 'a standard queue' });
}

export function minutesToDeadLetter(visibilityTimeout: Duration, maxReceiveCount: number): number | undefined {
  if (visibilityTimeout.isUnresolved() || Token.isUnresolved(maxReceiveCount)) return undefined;
  return (visibilityTimeout.toSeconds() * maxReceiveCount) / 60;
}

export function warnIfRetentionIsTooShort(owner: Construct, retentionPeriod: Duration, minutesToFail: number | undefined, fifo: boolean): void {
  if (retentionPeriod.isUnresolved() || minutesToFail === undefined) return;
  const minutes = retentionPeriod.toMinutes({ integral: false });
  if (minutes <= minutesToFail) {
    addWarning(
      owner, 'cdk-mainstay:SecureQueue.ExpiresBeforeDeadLetter',
      `retentionPeriod is ${minutes} minutes, but a message that fails takes ${minutesToFail} minutes to reach the dead-letter queue, ` +
      'so it expires unseen: lengthen retentionPeriod or lower maxReceiveCount or visibilityTimeout',
    );
  } else if (!fifo && minutes >= Duration.days(14).toMinutes()) {
    addWarning(
      owner, 'cdk-mainstay:SecureQueue.ExpiresInDeadLetter',
      'retentionPeriod is as long as the dead-letter queue\'s 14 days, and a standard queue\'s messages keep their age when they move there, ' +
      'so one that fails late is gone at once: shorten retentionPeriod',
    );
  }
}
