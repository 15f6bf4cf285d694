import { App, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { QueueProducer, QueueType, SecureQueue } from '../../src';
import { AccessRule, Actor, Alter, call, onBehalfOf, OTHER_ACCOUNT, overPlainHttp, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

const PARTNER = `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`;
const OTHER_QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:mails`;

/** A queue with everybody that it can let in, and, if it is encrypted with a customer-managed key, that key. */
function jobs(encrypted: boolean, alter?: Alter): Scene {
  // Only a stack that knows its account can tell that a role is of another one.
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const encryptionKey = encrypted ? new Key(stack, 'Key') : undefined;
  const otherKey = encrypted ? new Key(stack, 'OtherKey') : undefined;
  const subject = new SecureQueue(stack, 'Jobs', { encryptionKey });
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const roles = { sender: role('Sender'), consumer: role('Consumer'), worker: role('Worker'), operator: role('Operator'), bystander: role('Bystander') };
  const partner: IGrantable = Role.fromRoleArn(stack, 'Partner', PARTNER);
  subject.grantSend(roles.sender);
  subject.grantSend(partner);
  subject.grantConsume(roles.consumer);
  subject.grantWorker(roles.worker);
  subject.grantRedrive(roles.operator);
  const topic = new Topic(stack, 'Topic');
  const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['aws.s3'] } });
  rule.addTarget(subject.asRuleTarget());
  subject.allowPublish(QueueProducer.topic(topic));
  subject.allowPublish(QueueProducer.bucket(Bucket.fromBucketName(stack, 'Bucket', 'uploads')));

  const { template, valueOf } = valuesOf(stack, alter);
  const queue = valueOf(subject.queue.queueArn);
  const deadLetters = valueOf(subject.deadLetterQueue.queueArn);
  const key = encryptionKey && valueOf(encryptionKey.keyArn);
  const ofOtherKey = otherKey && valueOf(otherKey.keyArn);
  const [ruleArn, topicArn] = [valueOf(rule.ruleArn), valueOf(topic.topicArn)];

  const account = new Actor('the account', ROOT);
  const sender = new Actor('a sender', valueOf(roles.sender.roleArn));
  const consumer = new Actor('a consumer', valueOf(roles.consumer.roleArn));
  const worker = new Actor('a worker', valueOf(roles.worker.roleArn));
  const operator = new Actor('an operator', valueOf(roles.operator.roleArn));
  const bystander = new Actor('a bystander', valueOf(roles.bystander.roleArn));
  const ecs = new Actor('ECS', 'ecs-tasks.amazonaws.com');
  const strangers = [bystander, new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`)];
  const ofPartner = new Actor('a sender of another account', PARTNER);

  const withKey = (...actions: string[]) => (key ? actions.map((action) => call(action, key)) : []);
  const send = call('sqs:SendMessage', queue);
  const sent = [send, ...withKey('kms:GenerateDataKey', 'kms:Decrypt')];
  const receive = call('sqs:ReceiveMessage', queue);
  const received = [receive, ...withKey('kms:Decrypt')];

  const lookups = (actor: Actor): AccessRule[] => [
    actor.may('look the queue up', call('sqs:GetQueueUrl', queue)),
    actor.may('ask how long the queue is', call('sqs:GetQueueAttributes', queue)),
  ];
  const consuming = (actor: Actor): AccessRule[] => [
    actor.may('receive a message', ...received),
    actor.may('hold a message for longer', call('sqs:ChangeMessageVisibility', queue)),
    actor.may('delete a message', call('sqs:DeleteMessage', queue)),
    actor.mayNot('receive over plain HTTP', overPlainHttp(receive)),
    actor.mayNot('receive from another queue', call('sqs:ReceiveMessage', OTHER_QUEUE)),
    actor.mayNot('receive from the dead-letter queue', call('sqs:ReceiveMessage', deadLetters)),
    actor.mayNot('delete a message of the dead-letter queue', call('sqs:DeleteMessage', deadLetters)),
  ];
  const sending = (actor: Actor): AccessRule[] => [
    actor.may('send a message', ...sent),
    actor.mayNot('send over plain HTTP', overPlainHttp(send)),
    actor.mayNot('send to another queue', call('sqs:SendMessage', OTHER_QUEUE)),
    actor.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),
  ];
  const administering = (actor: Actor): AccessRule[] => [
    actor.mayNot('purge the queue', call('sqs:PurgeQueue', queue)),
    actor.mayNot('purge the dead-letter queue', call('sqs:PurgeQueue', deadLetters)),
    actor.mayNot('create a queue', call('sqs:CreateQueue', OTHER_QUEUE)),
    actor.mayNot('delete the queue', call('sqs:DeleteQueue', queue)),
    actor.mayNot('change the queue', call('sqs:SetQueueAttributes', queue)),
    actor.mayNot('let others in', call('sqs:AddPermission', queue)),
    actor.mayNot('redrive the dead-letter queue', call('sqs:StartMessageMoveTask', deadLetters)),
  ];
  const misusingTheKey = (actor: Actor): AccessRule[] => (key && ofOtherKey ? [
    actor.mayNot('decrypt with another key', call('kms:Decrypt', ofOtherKey)),
    actor.mayNot('encrypt what is no message', call('kms:Encrypt', key)),
    actor.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)),
    actor.mayNot('let others use the key', call('kms:PutKeyPolicy', key)),
    actor.mayNot('hand the key on', call('kms:CreateGrant', key)),
  ] : []);

  const publishing = (service: string, what: string, arn: string, otherArn: string): AccessRule[] => {
    // A topic's ARN has its account, so a namesake of it has another ARN; nor is SNS documented to send the account.
    const ofSns = service === 'sns.amazonaws.com';
    const [ours, others, stolen, fromElsewhere] = [
      ofSns ? new Actor(`${service} for ${what}`, service, { 'aws:SourceArn': arn }) : new Actor(`${service} for ${what}`, ...onBehalfOf(service, arn)),
      new Actor(`${service} for another resource than ${what}`, ...onBehalfOf(service, otherArn)),
      new Actor(`${service} for a namesake of ${what} in another account`, ...onBehalfOf(service, ofSns ? arn.replace(ACCOUNT, OTHER_ACCOUNT) : arn, OTHER_ACCOUNT)),
      new Actor(`${service} for another account`, ...onBehalfOf(service, otherArn.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT)),
    ];
    return [
      ours.may('send a message', ...sent),
      ours.mayNot('send over plain HTTP', overPlainHttp(send)),
      ours.mayNot('receive a message', receive),
      ours.mayNot('purge the queue', call('sqs:PurgeQueue', queue)),
      ours.mayNot('send to another queue', call('sqs:SendMessage', OTHER_QUEUE)),
      ...[others, stolen, fromElsewhere].map((actor) => actor.mayNot('send a message', send)),
      ...[others, stolen, fromElsewhere].map((actor) => actor.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters))),
      ...(key ? [stolen, fromElsewhere].flatMap((actor) => [
        actor.mayNot('encrypt with the key', call('kms:GenerateDataKey', key)),
        actor.mayNot('decrypt with the key', call('kms:Decrypt', key)),
      ]) : []),
    ];
  };
  const topicDeadLetter = new Actor('sns.amazonaws.com for the topic', ...onBehalfOf('sns.amazonaws.com', topicArn));
  const bucketDeadLetter = new Actor('s3.amazonaws.com for the bucket', ...onBehalfOf('s3.amazonaws.com', 'arn:aws:s3:::uploads'));
  const events = new Actor('events.amazonaws.com for the rule', ...onBehalfOf('events.amazonaws.com', ruleArn));

  return {
    name: encrypted ? 'SecureQueue with a customer-managed key' : 'SecureQueue',
    template,
    // IAM has no actions for batches: those for single messages cover them.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    unknownActions: ['sqs:SendMessageBatch', 'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'],
    rules: [
      ...sending(sender), ...lookups(sender), ...administering(sender), ...misusingTheKey(sender),
      sender.mayNot('receive a message', receive),
      sender.mayNot('delete a message', call('sqs:DeleteMessage', queue)),
      sender.mayNot('hold a message', call('sqs:ChangeMessageVisibility', queue)),
      sender.mayNot('list the queues of the account', call('sqs:ListQueues', '*')),

      ...consuming(consumer), ...lookups(consumer), ...administering(consumer), ...misusingTheKey(consumer),
      consumer.mayNot('send a message', send),
      consumer.mayNot('list the queues of the account', call('sqs:ListQueues', '*')),
      ...(key ? [consumer.mayNot('encrypt with the key', call('kms:GenerateDataKey', key))] : []),

      ...sending(worker), ...consuming(worker), ...lookups(worker), ...administering(worker), ...misusingTheKey(worker),
      worker.may('list the queues of the account', call('sqs:ListQueues', '*')),

      ...misusingTheKey(operator),
      operator.may('redrive', ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => call(`sqs:${action}`, deadLetters)), ...sent),
      operator.may('follow a redrive and end it', call('sqs:ListMessageMoveTasks', deadLetters), call('sqs:CancelMessageMoveTask', deadLetters)),
      operator.may('look both queues up', call('sqs:GetQueueUrl', deadLetters), call('sqs:GetQueueAttributes', queue)),
      operator.mayNot('receive a message', receive),
      operator.mayNot('delete a message', call('sqs:DeleteMessage', queue)),
      operator.mayNot('redrive the queue itself', call('sqs:StartMessageMoveTask', queue)),
      operator.mayNot('purge the dead-letter queue', call('sqs:PurgeQueue', deadLetters)),
      operator.mayNot('change the dead-letter queue', call('sqs:SetQueueAttributes', deadLetters)),
      operator.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),

      ...sending(ofPartner), ...lookups(ofPartner), ...administering(ofPartner), ...misusingTheKey(ofPartner),
      ofPartner.mayNot('receive a message', receive),
      ofPartner.mayNot('delete a message', call('sqs:DeleteMessage', queue)),

      ...strangers.flatMap((stranger) => [
        stranger.mayNot('send a message', send),
        stranger.mayNot('receive a message', receive),
        stranger.mayNot('look the queue up', call('sqs:GetQueueUrl', queue)),
        stranger.mayNot('receive from the dead-letter queue', call('sqs:ReceiveMessage', deadLetters)),
        ...(key ? [stranger.mayNot('decrypt with the key', call('kms:Decrypt', key))] : []),
      ]),

      ...publishing('events.amazonaws.com', 'the rule', ruleArn, `arn:aws:events:${REGION}:${ACCOUNT}:rule/other`),
      ...publishing('sns.amazonaws.com', 'the topic', topicArn, `arn:aws:sns:${REGION}:${ACCOUNT}:other`),
      ...publishing('s3.amazonaws.com', 'the bucket', 'arn:aws:s3:::uploads', 'arn:aws:s3:::uploads-of-others'),
      events.may('park what it cannot deliver', call('sqs:SendMessage', deadLetters), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
      events.mayNot('park over plain HTTP', overPlainHttp(call('sqs:SendMessage', deadLetters))),
      events.mayNot('receive from the dead-letter queue', call('sqs:ReceiveMessage', deadLetters)),
      topicDeadLetter.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),
      bucketDeadLetter.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),
      new Actor('Lambda for the rule', ...onBehalfOf('lambda.amazonaws.com', ruleArn)).mayNot('send a message', send),

      // Nobody is above the denial, and nobody is locked out by it.
      account.may('purge the queue', call('sqs:PurgeQueue', queue)),
      account.mayNot('send over plain HTTP', overPlainHttp(send)),
      account.mayNot('receive from the dead-letter queue over plain HTTP', overPlainHttp(call('sqs:ReceiveMessage', deadLetters))),
      ...(key && ofOtherKey ? [key, ofOtherKey].map((arn) => account.may(`administer ${arn === key ? 'the key' : 'another key'}`, call('kms:PutKeyPolicy', arn))) : []),
      ...Object.values(roles).map((ofScene) => ecs.may(`take the role ${ofScene.node.id}`, call('sts:AssumeRole', valueOf(ofScene.roleArn)))),
    ],
  };
}

/** Where the queue or its key cannot name the resource, those of its kind in its account are let in, and no others. */
function jobsOfAnotherStack(alter?: Alter): Scene {
  const app = new App();
  const [stack, other] = [new Stack(app, 'Stack'), new Stack(app, 'Other')];
  const subject = new SecureQueue(stack, 'Jobs');
  subject.allowPublish(QueueProducer.topic(new Topic(other, 'Topic')));
  subject.allowPublish(QueueProducer.bucket(new Bucket(other, 'Bucket')));
  subject.allowPublish(QueueProducer.rule(new Rule(other, 'Rule', { eventPattern: { source: ['aws.s3'] } })));

  const { template, valueOf } = valuesOf(stack, alter);
  const send = call('sqs:SendMessage', valueOf(subject.queue.queueArn));
  const publishing = (what: string, service: string, arn: string): AccessRule[] => [
    new Actor(`${service} for ${what} of the account`, ...onBehalfOf(service, arn)).may('send a message', send),
    new Actor(`${service} for ${what} of another account`, ...onBehalfOf(service, arn.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT)).mayNot('send a message', send),
    new Actor(`${service} for something else of the account`, ...onBehalfOf(service, `arn:aws:ses:${REGION}:${ACCOUNT}:identity/x`)).mayNot('send a message', send),
  ];
  const account = new Actor('the account', ROOT);
  return {
    name: 'SecureQueue with producers in another stack',
    template,
    rules: [
      ...publishing('a topic', 'sns.amazonaws.com', `arn:aws:sns:${REGION}:${ACCOUNT}:any`),
      ...publishing('a bucket', 's3.amazonaws.com', 'arn:aws:s3:::any'),
      ...publishing('a rule', 'events.amazonaws.com', `arn:aws:events:${REGION}:${ACCOUNT}:rule/any`),
      account.mayNot('send over plain HTTP', overPlainHttp(send)),
      account.mayNot('send to the dead-letter queue over plain HTTP', overPlainHttp(call('sqs:SendMessage', valueOf(subject.deadLetterQueue.queueArn)))),
    ],
  };
}

function fifo(alter?: Alter): Scene {
  const stack = new Stack(new App(), 'Stack');
  const subject = new SecureQueue(stack, 'Jobs', { queueType: QueueType.fifo({ contentBasedDeduplication: true }) });
  const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['aws.s3'] } });
  rule.addTarget(subject.asRuleTarget({ messageGroupId: 'photos' }));

  const { template, valueOf } = valuesOf(stack, alter);
  const [send, park, parkUndelivered] = [subject.queue, subject.deadLetterQueue, subject.undeliveredQueue!].map(({ queueArn }) => call('sqs:SendMessage', valueOf(queueArn)));
  const events = new Actor('EventBridge', ...onBehalfOf('events.amazonaws.com', valueOf(rule.ruleArn)));
  const account = new Actor('the account', ROOT);
  return {
    name: 'SecureQueue that is FIFO',
    template,
    rules: [
      events.may('send a message', send),
      events.mayNot('send to the dead-letter queue, which it cannot use', park),
      events.may('park what it cannot deliver', parkUndelivered),
      events.mayNot('park over plain HTTP', overPlainHttp(parkUndelivered)),
      new Actor('EventBridge for another rule', ...onBehalfOf('events.amazonaws.com', `arn:aws:events:${REGION}:${ACCOUNT}:rule/other`)).mayNot('park', parkUndelivered),
      account.mayNot('send over plain HTTP', overPlainHttp(send)),
      account.mayNot('send to the dead-letter queue over plain HTTP', overPlainHttp(park)),
    ],
  };
}

export function queueScenes(alter?: Alter): Scene[] {
  return [jobs(false, alter), jobs(true, alter), jobsOfAnotherStack(alter), fifo(alter)];
}

export const SCENES = queueScenes();
