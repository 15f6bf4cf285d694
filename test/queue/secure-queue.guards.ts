import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueue, CfnQueuePolicy, Queue } from 'aws-cdk-lib/aws-sqs';
import { admitEverybody, Change, Injection, inVariant, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('SecureQueue', [
    { what: 'drops the encryption', change: new ResourceChange(CfnQueue, (queue) => queue.sqsManagedSseEnabled = false), property: 'sqsManagedSseEnabled' },
    { what: 'lets anybody send', change: new ResourceChange(CfnQueuePolicy, admitEverybody), property: 'policyDocument' },
    { what: 'hides messages for another time', change: new ResourceChange(CfnQueue, (queue) => queue.visibilityTimeout = 60), property: 'visibilityTimeout', isWarning: true },
    { what: 'raises the threshold of alarms', change: new ResourceChange(CfnAlarm, (alarm) => alarm.threshold = 1000), property: 'threshold', isWarning: true },
    { what: 'disables alarms', change: new ResourceChange(CfnAlarm, (alarm) => alarm.actionsEnabled = false), property: 'actionsEnabled', isWarning: true },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('SecureQueue', [
    { what: 'queues without TLS', of: Queue, props: () => ({ enforceSSL: false }) },
  ]),
];
