import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal } from 'aws-cdk-lib/aws-iam';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { added, override, statements, unset, withoutDenial, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'a queue is not encrypted', variant: 'SecureQueue', at: 'Queue/Resource', change: override('SqsManagedSseEnabled', false) },
  { name: 'a queue loses its customer-managed key', variant: 'SecureQueue-producers', at: 'Queue/Resource', change: unset('kmsMasterKeyId') },
  { name: 'a queue takes plain HTTP', variant: 'SecureQueue-producers', at: 'Queue/Policy/Resource', change: withoutDenial },
  { name: 'a dead-letter queue takes plain HTTP', variant: 'SecureQueue-producers', at: 'DeadLetterQueue/Policy/Resource', change: withoutDenial },
  {
    name: 'anybody may send to a queue',
    variant: 'SecureQueue',
    at: 'Queue/Policy',
    change: added({ principals: [new AnyPrincipal()], actions: ['sqs:SendMessage'], resources: ['*'] }),
  },
  {
    name: 'a service may do anything with a queue',
    variant: 'SecureQueue-producers',
    at: 'Queue/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Action: 'sqs:*' } : statement)),
  },
  {
    name: 'a service may send for any account',
    variant: 'SecureQueue-producers',
    at: 'Queue/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Condition: { ArnLike: statement.Condition?.ArnLike } } : statement)),
  },
  { name: 'a message is never received before it is parked', variant: 'SecureQueue', at: 'Queue/Resource', change: override('RedrivePolicy.maxReceiveCount', 0) },
  { name: 'messages are kept for longer than SQS can', variant: 'SecureQueue', at: 'Queue/Resource', change: override('MessageRetentionPeriod', 1_209_601) },
  { name: 'messages are hidden for longer than SQS can', variant: 'SecureQueue', at: 'Queue/Resource', change: override('VisibilityTimeout', 43_201) },
  { name: 'a number is text', variant: 'SecureQueue', at: 'Queue/Resource', change: override('VisibilityTimeout', 'soon') },
  { name: 'a property does not exist', variant: 'SecureQueue', at: 'Queue/Resource', change: override('Retention', 60) },
  { name: 'a queue has no dead-letter queue', variant: 'SecureQueue', at: 'Queue/Resource', change: unset('redrivePolicy') },
  { name: 'dead letters are kept no longer than messages', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('MessageRetentionPeriod', 345_600) },
  { name: 'any queue may use a dead-letter queue', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('RedriveAllowPolicy', { redrivePermission: 'allowAll' }) },
  { name: 'a redrive permission does not exist', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('RedriveAllowPolicy.redrivePermission', 'byQueues') },
  {
    name: 'a reference leads nowhere',
    variant: 'SecureQueue',
    at: 'Queue/Resource',
    change: override('RedrivePolicy.deadLetterTargetArn', { 'Fn::GetAtt': ['Missing', 'Arn'] }),
  },
  { name: 'a queue has a fixed name', variant: 'SecureQueue', at: 'Queue/Resource', change: override('QueueName', 'jobs') },
  { name: 'a FIFO queue has the name of a standard one', variant: 'SecureQueue-fifo', at: 'Queue/Resource', change: override('QueueName', 'jobs') },
  { name: 'a dead-letter queue is not FIFO, as its queue is', variant: 'SecureQueue-fifo', at: 'DeadLetterQueue/Resource', change: unset('fifoQueue') },
  { name: 'the logical id of a queue moves', variant: 'SecureQueue', at: 'Queue/Resource', change: (queue: CfnResource) => queue.overrideLogicalId('Moved') },
  { name: 'a queue goes with its stack', variant: 'SecureQueue', at: 'Queue/Resource', change: (queue: CfnResource) => queue.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'an alarm tells nobody', variant: 'SecureQueue-producers', at: 'DeadLetterAlarm/Resource', change: unset('alarmActions') },
  { name: 'an alarm compares as nothing does', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('ComparisonOperator', 'Above') },
  { name: 'an alarm never fires', variant: 'SecureQueue', at: 'DeadLetterAlarm/Resource', change: override('Threshold', 1_000_000) },
  { name: 'an alarm fires while nothing happens', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('TreatMissingData', 'breaching') },
  { name: 'an alarm watches a metric that SQS has not', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('MetricName', 'AgeOfOldestMessage') },
  { name: 'the alarm on dead letters watches the other queue', variant: 'SecureQueue', at: 'DeadLetterAlarm/Resource', change: watchTheOtherQueue },
];

function watchTheOtherQueue(alarm: any): void {
  const { queueName } = alarm.node.scope.node.scope.queue;
  alarm.dimensions = [{ name: 'QueueName', value: queueName }];
}

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/queue/secure-queue.ts', [
    { name: 'the queues take plain HTTP', find: 'enforceSSL: true,', replace: '' },
    { name: 'a message is tried once more than said', find: 'maxReceiveCount = 3', replace: 'maxReceiveCount = 4' },
    { name: 'any queue may use the dead-letter queue', find: 'RedrivePermission.BY_QUEUE', replace: 'RedrivePermission.ALLOW_ALL' },
    { name: 'a worker may purge the queue', find: "'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'", replace: "'sqs:ChangeMessageVisibilityBatch', 'sqs:PurgeQueue'" },
    { name: 'a worker may purge all queues', find: "actions: ['sqs:ListQueues']", replace: "actions: ['sqs:ListQueues', 'sqs:PurgeQueue']" },
    { name: 'an ephemeral queue is kept', find: 'keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy)', replace: 'RemovalPolicy.RETAIN' },
    { name: 'the profile wins over a prop', find: 'props.alarmTopic ?? profile.alarmTopic', replace: 'profile.alarmTopic ?? props.alarmTopic' },
    { name: 'a producer is not given the key', find: 'if (this.encryptionKey) this.senders', replace: 'if (this.encryptionKey && false as boolean) this.senders' },
    { name: 'what EventBridge cannot deliver to a FIFO queue goes to its FIFO dead-letter queue', find: 'this.queue.fifo ? this.undeliveredEvents().queue : this.deadLetterQueue', replace: 'this.deadLetterQueue' },
    { name: 'EventBridge may not park what it cannot deliver', find: 'this.senders.allowSend(producer, undeliverable);', replace: '' },
    { name: 'the redrive has no destination', find: '--source-arn ${this.deadLetterQueue.queueArn} --destination-arn ${this.queue.queueArn}`', replace: '--source-arn ${this.deadLetterQueue.queueArn}`' },
    { name: 'who redrives may send over the dead-letter queue', find: "actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], resourceArns: [this.queue.queueArn]", replace: "actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], resourceArns: [this.queue.queueArn, this.deadLetterQueue.queueArn]" },
    { name: 'the customer-managed key is not used', find: 'encryptionMasterKey: props.encryptionKey,', replace: '' },
    { name: 'the name is the same in every life of the stack', find: ': stackScopedName(this, { maxLength: 80 })', replace: ': this.node.addr' },
    { name: 'a queue of a moved id', find: "new sqs.Queue(this, 'Queue', {", replace: "new sqs.Queue(this, 'Main', {" },
    { name: 'injectors take promises of a queue back', find: 'preferOwnProps(this, OWN_PROPS);', replace: '' },
    { name: 'mixins override guarantees of a queue', test: 'test/checks/guards.test.ts', find: 'seal(this, SEALED);', replace: '' },
    { name: 'a bound is widened', find: 'least: 1, most: 1000 }', replace: 'least: 1, most: 1001 }' },
  ]),
  ...inFile('src/queue/private/sender-statements.ts', [
    { name: 'the services of other accounts may publish', find: "...(producer._sendsItsAccount && { StringEquals: { 'aws:SourceAccount': producer._account } }),", replace: '' },
    { name: 'any resource of the account may publish', find: "ArnLike: { 'aws:SourceArn'", replace: "Null: { 'aws:SourceArn': 'false' }, ...false && { 'aws:SourceArn'" },
  ]),
  ...inFile('src/queue/secure-queue.ts', [
    { name: 'the alarm on dead letters waits for a second one', find: 'atLeast: 1,\n    });\n', replace: 'atLeast: 2,\n    });\n' },
  ]),
  ...inFile('src/queue/private/undelivered.ts', [
    { name: 'undelivered events are kept for four days', find: 'retentionPeriod: Duration.days(14),', replace: 'retentionPeriod: Duration.days(4),' },
    { name: 'any queue may use that of undelivered events', find: 'RedrivePermission.DENY_ALL', replace: 'RedrivePermission.ALLOW_ALL' },
  ]),
  ...inFile('src/queue/private/consumer-timeouts.ts', [
    { name: 'a consumer that outlives the visibility timeout is no error', find: 'timeout > visibilitySeconds', replace: 'timeout < 0' },
  ]),
  ...inFile('src/queue/queue-producer.ts', [
    { name: 'SNS has to send an account, which it may not', find: "this._service !== 'sns.amazonaws.com'", replace: 'true as boolean' },
    { name: 'events without a deduplication id go to a FIFO queue that needs one', find: 'queue.fifo && !deduplicatesByContent', replace: 'queue.fifo && deduplicatesByContent && false' },
    { name: 'a standard topic sends to a FIFO queue', find: '!queue.fifo || !isStandard', replace: 'true as boolean || isStandard' },
    { name: 'a policy names every producer of its kind', find: '? this.arn : this.arnsOfItsKind', replace: '? this.arnsOfItsKind : this.arnsOfItsKind' },
  ]),
];
