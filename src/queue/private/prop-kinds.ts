import { duration, kmsKey, made, number, PropKinds, removalPolicy, text, topic } from '../../shared/kinds';
import { QueueType } from '../queue-type';
import type { SecureQueueProps } from '../secure-queue-props';

export const PROP_KINDS: PropKinds<SecureQueueProps> = {
  alarmTopic: topic,
  encryptionKey: kmsKey,
  maximumMessageAge: duration,
  maxReceiveCount: number,
  queueName: text,
  queueType: made(QueueType, 'QueueType'),
  removalPolicy,
  retentionPeriod: duration,
  visibilityTimeout: duration,
};
