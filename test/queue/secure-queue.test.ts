import { App, AspectPriority, Aspects, Duration, Lazy, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { AccountRootPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Alias, CfnFunction, Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DeduplicationScope, Queue } from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import { BindingTarget, QueueProducer, QueueType, SecureQueue, SecureQueueProps, StageProfile } from '../../src';

const PATTERN: EventPattern = { source: ['aws.s3'] };

function build(props?: SecureQueueProps): { stack: Stack; subject: SecureQueue } {
  const stack = new Stack(new App(), 'Stack');
  return { stack, subject: new SecureQueue(stack, 'Subject', props) };
}

function synth(props?: SecureQueueProps): Template {
  return Template.fromStack(build(props).stack);
}

/** The statements of a policy document in the template, by the logical id prefix of its resource. */
function statements(template: Template, type: string, idPrefix: string = ''): any[] {
  return Object.entries(template.findResources(type))
    .filter(([id]) => id.startsWith(idPrefix))
    .flatMap(([, resource]) => (resource.Properties.PolicyDocument ?? resource.Properties.KeyPolicy).Statement);
}

const mainQueue = Match.objectLike({ RedrivePolicy: Match.anyValue() });
const deadLetterQueue = Match.objectLike({ RedriveAllowPolicy: Match.anyValue() });

describe('rule packs', () => {
  const acknowledged = (props?: SecureQueueProps) => Object.values(synth(props).findResources('AWS::SQS::Queue')).map(({ Metadata }) => Metadata?.checkov);

  test('are told in the template why no customer-managed key encrypts the queues', () => {
    const comment = expect.stringContaining('SSE-SQS');
    expect(acknowledged()).toEqual([{ skip: [{ id: 'CKV_AWS_27', comment }] }, { skip: [{ id: 'CKV_AWS_27', comment }] }]);
  });

  test('are told nothing of it where one does', () => {
    const encryptionKey = Key.fromKeyArn(new Stack(), 'Key', 'arn:aws:kms:eu-west-3:123456789012:key/abc');
    expect(acknowledged({ encryptionKey })).toEqual([undefined, undefined]);
  });
});

describe('by default', () => {
  test('encrypts both queues at rest without KMS charges', () => {
    synth().resourcePropertiesCountIs('AWS::SQS::Queue', { SqsManagedSseEnabled: true }, 2);
  });

  test('refuses plain HTTP on both queues', () => {
    const denied = statements(synth(), 'AWS::SQS::QueuePolicy');

    expect(denied).toHaveLength(2);
    for (const statement of denied) {
      expect(statement).toMatchObject({
        Effect: 'Deny', Action: 'sqs:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  test('moves a message to the dead-letter queue after three receives', () => {
    synth().hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('SubjectDeadLetterQueue'), 'Arn'] }, maxReceiveCount: 3 },
    });
  });

  test('keeps dead letters for 14 days, and messages for 4', () => {
    const template = synth();

    template.hasResourceProperties('AWS::SQS::Queue', { RedriveAllowPolicy: Match.anyValue(), MessageRetentionPeriod: 1_209_600 });
    template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.anyValue(), MessageRetentionPeriod: 345_600 });
  });

  test('lets no other queue use the dead-letter queue', () => {
    const template = synth();
    const [main] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: mainQueue }));
    const [parked] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: deadLetterQueue }));

    const { redrivePermission, sourceQueueArns } = parked.Properties.RedriveAllowPolicy;
    expect(redrivePermission).toBe('byQueue');
    expect(sourceQueueArns).toHaveLength(1);
    const name = main.Properties.QueueName['Fn::Join'][1];
    const arn = sourceQueueArns[0]['Fn::Join'][1];
    expect(arn.slice(-name.length).slice(1)).toEqual(name.slice(1));
    expect(arn[arn.length - name.length]).toBe(`:${name[0]}`);
  });

  test('has a name that is new in every life of the stack, within the 80 characters of SQS', () => {
    const [main] = Object.values(synth().findResources('AWS::SQS::Queue', { Properties: mainQueue }));
    const [readable, lifeOfStack] = main.Properties.QueueName['Fn::Join'][1];

    expect(readable).toMatch(/^stack-subject-[0-9a-f]+-$/);
    expect(lifeOfStack).toEqual({ 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] });
  });

  test('survives its stack', () => {
    // Except after a failed first deployment, whose leftovers would block the next one: they have the same name.
    synth().allResources('AWS::SQS::Queue', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('fires when a message is parked', () => {
    synth().hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('SubjectDeadLetterQueue'), 'QueueName'] } }],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('fires when the oldest message is older than 15 minutes', () => {
    synth().hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 900, ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Maximum',
    });
  });

  test('fires no alarm while a queue is idle, and so sends no metrics', () => {
    synth().allResourcesProperties('AWS::CloudWatch::Alarm', { TreatMissingData: 'notBreaching' });
  });

  test('says that nobody hears its alarms', () => {
    const { stack } = build();
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('notify nobody.*\\[ack: cdk-mainstay:AlarmsUnheard\\]'));
  });

  test('creates two queues, two policies and two alarms, no more', () => {
    expect(Object.values(synth().toJSON().Resources).map((resource: any) => resource.Type).sort()).toEqual([
      'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Alarm',
      'AWS::SQS::Queue', 'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy', 'AWS::SQS::QueuePolicy',
    ]);
  });
});

describe('profile', () => {
  test('an ephemeral queue goes with its stack', () => {
    const stack = new Stack(new App(), 'Stack');
    StageProfile.ephemeral().applyTo(stack);
    new SecureQueue(stack, 'Subject');

    Template.fromStack(stack).allResources('AWS::SQS::Queue', { DeletionPolicy: 'Delete' });
  });

  test('an explicit removal policy wins over the profile', () => {
    const stack = new Stack(new App(), 'Stack');
    StageProfile.ephemeral().applyTo(stack);
    new SecureQueue(stack, 'Subject', { removalPolicy: RemovalPolicy.RETAIN });

    Template.fromStack(stack).allResources('AWS::SQS::Queue', { DeletionPolicy: 'Retain' });
  });

  test('a snapshot, which SQS has not, is kept instead', () => {
    synth({ removalPolicy: RemovalPolicy.SNAPSHOT }).allResources('AWS::SQS::Queue', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('alarms go to the profile\'s topic, and to a given one instead', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const [everyone, mine] = [new Topic(stack, 'Everyone'), new Topic(stack, 'Mine')];
    StageProfile.production().withOverrides({ alarmTopic: everyone }).applyTo(stack);
    new SecureQueue(stack, 'Heard');
    new SecureQueue(stack, 'HeardByMe', { alarmTopic: mine });

    const template = Template.fromStack(stack);
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: [stack.resolve(everyone.topicArn)] }, 2);
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { AlarmActions: [stack.resolve(mine.topicArn)] }, 2);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('AlarmsUnheard'));
  });
});

describe('an alarm topic with a customer key', () => {
  test('lets the alarms of the account use the key: they would be lost without a word', () => {
    const stack = new Stack(new App(), 'Stack');
    const masterKey = new Key(stack, 'Key');
    new SecureQueue(stack, 'One', { alarmTopic: new Topic(stack, 'Topic', { masterKey }) });
    new SecureQueue(stack, 'Two', { alarmTopic: new Topic(stack, 'Other', { masterKey }) });

    const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
    expect(key.Properties.KeyPolicy.Statement.slice(1)).toEqual([{
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: {
        ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':alarm:*']] } },
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      },
    }]);
  });

  test('that is imported is a warning: its policy is not ours', () => {
    const stack = new Stack(new App(), 'Stack');
    const masterKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000');
    new SecureQueue(stack, 'Subject', { alarmTopic: new Topic(stack, 'Topic', { masterKey }) });

    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('is not changed here: add .*kms:GenerateDataKey.*cloudwatch.amazonaws.com.*, or no alarm is heard.*AlarmsCannotUseKey'));
  });
});

describe('FIFO', () => {
  test('both queues are FIFO, and the name says so', () => {
    const template = synth({ queueType: QueueType.fifo() });

    template.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 2);
    const [main] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: mainQueue }));
    expect(main.Properties.QueueName['Fn::Join'][1].at(-1)).toBe('.fifo');
  });

  test('takes duplicates per queue, and a body for an id only when asked', () => {
    synth({ queueType: QueueType.fifo() }).hasResourceProperties('AWS::SQS::Queue', {
      DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue', ContentBasedDeduplication: Match.absent(), RedrivePolicy: Match.anyValue(),
    });
    synth({ queueType: QueueType.fifo({ contentBasedDeduplication: true, deduplicationScope: DeduplicationScope.MESSAGE_GROUP }) })
      .hasResourceProperties('AWS::SQS::Queue', { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perQueue', ContentBasedDeduplication: true });
  });

  test('high throughput counts both quota and duplicates per message group', () => {
    synth({ queueType: QueueType.highThroughputFifo() }).hasResourceProperties('AWS::SQS::Queue', {
      DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId',
    });
    synth({ queueType: QueueType.highThroughputFifo({ contentBasedDeduplication: true }) })
      .hasResourceProperties('AWS::SQS::Queue', { ContentBasedDeduplication: true });
  });

  test('fires when groups are in flight and nothing gets done for longer than a message may be held', () => {
    synth({ queueType: QueueType.fifo(), visibilityTimeout: Duration.minutes(12) }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      EvaluationPeriods: 4, // of five minutes: three for the message that fails, and one more
      Threshold: 1,
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'IF(groups > 0 AND FILL(deleted, 0) == 0, 1, 0)' }),
        Match.objectLike({ MetricStat: Match.objectLike({ Period: 300, Metric: Match.objectLike({ MetricName: 'ApproximateNumberOfGroupsWithInflightMessages' }) }) }),
        Match.objectLike({ MetricStat: Match.objectLike({ Period: 300, Metric: Match.objectLike({ MetricName: 'NumberOfMessagesDeleted' }) }) }),
      ]),
    });
  });

  test.each([
    ['the default', undefined, 2],
    ['the longest visibility timeout', Duration.hours(12), 145],
    ['an unknown visibility timeout', Duration.seconds(Token.asNumber({ Ref: 'V' })), 145],
  ])('looks for a jam as long as %s asks for, within the day that CloudWatch looks back', (_, visibilityTimeout, EvaluationPeriods) => {
    synth({ queueType: QueueType.fifo(), visibilityTimeout }).hasResourceProperties('AWS::CloudWatch::Alarm', { Metrics: Match.anyValue(), EvaluationPeriods });
  });
});

describe('bounds', () => {
  test.each<[SecureQueueProps, string]>([
    [{ visibilityTimeout: Duration.seconds(43_201) }, "Stack/Subject: 'visibilityTimeout' must be a whole number of seconds between 0 and 43200, got 43201"],
    [{ visibilityTimeout: Duration.millis(1500) }, 'got 1.5'],
    [{ retentionPeriod: Duration.seconds(59) }, "'retentionPeriod' must be a whole number of seconds between 60 and 1209600, got 59"],
    [{ retentionPeriod: Duration.days(15) }, 'got 1296000'],
    [{ maxReceiveCount: 0 }, "'maxReceiveCount' must be a whole number between 1 and 1000, got 0"],
    [{ maxReceiveCount: 1001 }, 'got 1001'],
    [{ maxReceiveCount: 2.5 }, 'got 2.5'],
    [{ maximumMessageAge: Duration.seconds(59) }, "'maximumMessageAge' must be a whole number of seconds at least 60, got 59"],
    [{ queueName: 'a b' }, "'queueName' of a standard queue must be at most 80 letters, digits, hyphens and underscores, got 'a b'"],
    [{ queueName: 'a'.repeat(81) }, 'at most 80'],
    [{ queueName: 'jobs', queueType: QueueType.fifo() }, "'queueName' of a FIFO queue must be at most 80 letters, digits, hyphens and underscores, the last five characters being .fifo, got 'jobs'"],
    [{ queueName: 'jobs.fifo' }, "'queueName' of a standard queue"],
  ])('refuses %p before creating anything', (props, message) => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new SecureQueue(stack, 'Subject', props)).toThrow(message);
    expect(stack.node.findChild('Subject').node.children).toEqual([]);
  });

  test.each<[SecureQueueProps]>([
    [{ visibilityTimeout: Duration.seconds(0) }],
    [{ visibilityTimeout: Duration.hours(12) }],
    [{ retentionPeriod: Duration.minutes(1), visibilityTimeout: Duration.seconds(1) }],
    [{ retentionPeriod: Duration.days(14) }],
    [{ maxReceiveCount: 1 }],
    [{ maxReceiveCount: 1000 }],
    [{ maximumMessageAge: Duration.minutes(1) }],
    [{ queueName: `${'a'.repeat(75)}.fifo`, queueType: QueueType.fifo() }],
  ])('takes %p', (props) => {
    expect(() => synth(Object.freeze(props))).not.toThrow();
  });

  test('tokens pass, and then the time to the dead-letter queue is unknown', () => {
    const token = Token.asNumber({ Ref: 'Parameter' });
    const { stack, subject } = build({
      visibilityTimeout: Duration.seconds(token),
      retentionPeriod: Duration.seconds(token),
      maxReceiveCount: token,
      maximumMessageAge: Duration.seconds(token),
      queueName: Token.asString({ Ref: 'Name' }),
    });

    expect(subject.minutesToDeadLetter).toBeUndefined();
    Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: { Ref: 'Parameter' }, QueueName: { Ref: 'Name' } });
  });
});

test('computes how long a poison message takes to be parked', () => {
  expect(build().subject.minutesToDeadLetter).toBe(1.5);
  expect(build({ visibilityTimeout: Duration.seconds(360), maxReceiveCount: 5 }).subject.minutesToDeadLetter).toBe(30);
});

test('the age alarm leaves a poison message the time it takes to be parked', () => {
  synth({ visibilityTimeout: Duration.minutes(10) }).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 1800,
  });
  synth({ maximumMessageAge: Duration.minutes(2) }).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ApproximateAgeOfOldestMessage', Threshold: 120,
  });
});

function withConsumer(visibility: number, timeout?: Duration, maxBatchingWindow?: Duration): Stack {
  const { stack, subject } = build({ visibilityTimeout: Duration.seconds(visibility) });
  const fn = new Function(stack, 'Fn', { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X, timeout });
  fn.addEventSource(new SqsEventSource(subject.queue, { maxBatchingWindow }));
  return stack;
}

function withVersionAndAlias(timeout: Duration): Stack {
  const stack = new Stack(new Stage(new App(), 'Stage'), 'Stack');
  for (const id of ['Version', 'Alias']) {
    const subject = new SecureQueue(stack, `Queue${id}`);
    const fn = new Function(stack, `Fn${id}`, { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X, timeout });
    const consumer = id === 'Version' ? fn.currentVersion : new Alias(stack, 'Alias', { aliasName: 'live', version: fn.currentVersion });
    consumer.addEventSource(new SqsEventSource(subject.queue));
  }
  return stack;
}

describe('fails the synthesis', () => {
  const refusal = (id: string, timeout: number, visibility: number) =>
    `'visibilityTimeout' is 30 s and 'timeout' of the function ${id} is ${timeout} s: Lambda refuses to receive from a queue whose visibility timeout is shorter. ` +
    `Set 'visibilityTimeout' to Duration.seconds(${visibility}), or a shorter 'timeout'`;

  test('when a Lambda function may run for longer than the visibility timeout', () => {
    const stack = withConsumer(30, Duration.seconds(31));
    expect(() => Template.fromStack(stack)).toThrow(`[Stack/Subject] ${refusal('Stack/Fn/Resource', 31, 186)}`);
  });

  test('when its batching window is known at deployment only, which is not counted then', () => {
    const seconds = Lazy.number({ produce: () => 60 });
    expect(() => Template.fromStack(withConsumer(30, Duration.seconds(31), Duration.seconds(seconds)))).toThrow(refusal('Stack/Fn/Resource', 31, 186));
  });

  test('in a stage, too, and for a version or an alias of a function', () => {
    const failing = () => Template.fromStack(withVersionAndAlias(Duration.minutes(1)));
    for (const id of ['Version', 'Alias']) expect(failing).toThrow(`[Stage/Stack/Queue${id}] ${refusal(`Stage/Stack/Fn${id}/Resource`, 60, 360)}`);
  });

  test('not when an aspect shortens the timeout of the function', () => {
    const stack = withConsumer(30, Duration.seconds(31));
    const short = { visit: (node: IConstruct) => void (node instanceof CfnFunction && (node.timeout = 5)) };
    Aspects.of(stack).add(short, { priority: AspectPriority.READONLY + 1 });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('VisibilityUnderSixTimes'));
  });
});

describe('warns', () => {
  test('when a message expires before it can be parked', () => {
    const { stack } = build({ retentionPeriod: Duration.minutes(90), visibilityTimeout: Duration.minutes(30) });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp(
      'retentionPeriod is 90 minutes, but a message that fails takes 90 minutes.*SecureQueue.ExpiresBeforeDeadLetter'));
  });

  test('when a standard queue keeps messages as long as its dead-letter queue', () => {
    const { stack } = build({ retentionPeriod: Duration.days(14) });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('SecureQueue.ExpiresInDeadLetter'));
  });

  test('not for a FIFO queue, whose dead letters start a new life', () => {
    const { stack } = build({ retentionPeriod: Duration.days(14), queueType: QueueType.fifo() });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('ExpiresInDeadLetter'));
  });

  test('when the visibility timeout is under six times a Lambda consumer\'s', () => {
    Annotations.fromStack(withConsumer(179, Duration.seconds(30))).hasWarning('/Stack/Subject', Match.stringLikeRegexp(
      'set \'visibilityTimeout\' to Duration.seconds\\(180\\).*SecureQueue.VisibilityUnderSixTimesConsumer'));
    Annotations.fromStack(withConsumer(180, Duration.seconds(30), Duration.seconds(5))).hasWarning('/Stack/Subject', Match.stringLikeRegexp('seconds\\(185\\)'));
    Annotations.fromStack(withConsumer(17)).hasWarning('/Stack/Subject', Match.stringLikeRegexp('seconds\\(18\\)'));
  });

  test('in a stage, too, and about a version or an alias of a function', () => {
    const stack = withVersionAndAlias(Duration.seconds(20));
    for (const id of ['Version', 'Alias']) {
      Annotations.fromStack(stack).hasWarning(`/Stage/Stack/Queue${id}`, Match.stringLikeRegexp(`Stage/Stack/Fn${id}/Resource is 20 s.*VisibilityUnderSixTimesConsumer`));
    }
  });

  test('not when it is six times, nor for the consumer of another queue, an imported one or one of unknown timeout', () => {
    const stack = withConsumer(180, Duration.seconds(30));
    const slow = new Function(stack, 'Slow', {
      code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X, timeout: Duration.minutes(15),
    });
    slow.addEventSource(new SqsEventSource(new Queue(stack, 'Other', { visibilityTimeout: Duration.hours(2) })));
    const unknown = new Function(stack, 'Unknown', {
      code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X, timeout: Duration.seconds(Token.asNumber({ Ref: 'Timeout' })),
    });
    unknown.addEventSource(new SqsEventSource((stack.node.findChild('Subject') as SecureQueue).queue));
    Function.fromFunctionName(stack, 'Imported', 'fn').addEventSourceMapping('Mapping', {
      eventSourceArn: (stack.node.findChild('Subject') as SecureQueue).queue.queueArn,
    });

    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Visibility'));
  });

  test('about a consumer in another stack, too', () => {
    const { stack, subject } = build();
    const other = new Stack(stack.node.root as App, 'Other');
    const fn = new Function(other, 'Fn', { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X, timeout: Duration.seconds(6) });
    fn.addEventSource(new SqsEventSource(subject.queue));

    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('Other/Fn/Resource is 6 s'));
  });

  test('nothing when the visibility timeout is a token', () => {
    const { stack, subject } = build({ visibilityTimeout: Duration.seconds(Token.asNumber({ Ref: 'V' })) });
    const fn = new Function(stack, 'Fn', { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_24_X });
    fn.addEventSource(new SqsEventSource(subject.queue));

    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Visibility'));
  });
});

describe('grants', () => {
  function grant(give: (queue: SecureQueue, role: Role) => void, withKey: boolean = false): any[] {
    const stack = new Stack(new App(), 'Stack');
    const subject = new SecureQueue(stack, 'Subject', { encryptionKey: withKey ? new Key(stack, 'Key') : undefined });
    give(subject, new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() }));
    return statements(Template.fromStack(stack), 'AWS::IAM::Policy').map(({ Action, Resource, Effect, Condition }) => ({ Action, Resource, Effect, Condition }));
  }
  const queueArn = { 'Fn::GetAtt': [expect.stringMatching(/^SubjectQueue/), 'Arn'] };
  const keyArn = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };

  test('a sender may send and nothing else', () => {
    expect(grant((queue, role) => queue.grantSend(role))).toEqual([
      { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], Resource: queueArn },
    ]);
  });

  test('a consumer may receive and delete and nothing else', () => {
    expect(grant((queue, role) => queue.grantConsume(role))).toEqual([
      {
        Effect: 'Allow',
        Resource: queueArn,
        Action: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
      },
    ]);
  });

  test('a worker has exactly the nine actions on the queue and ListQueues', () => {
    const [single, batches, onAny, ...rest] = grant((queue, role) => queue.grantWorker(role));

    expect([...single.Action, ...batches.Action].sort()).toEqual([
      'sqs:ChangeMessageVisibility', 'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessage', 'sqs:DeleteMessageBatch', 'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'sqs:SendMessage', 'sqs:SendMessageBatch',
    ]);
    expect([single.Resource, batches.Resource]).toEqual([queueArn, queueArn]);
    expect(onAny).toEqual({ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' });
    expect(rest).toEqual([]);
  });

  test('a worker of another account gets no more actions in a statement of the queue than the seven that SQS takes', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
    const subject = new SecureQueue(stack, 'Subject', { queueName: 'jobs' });
    subject.grantWorker(Role.fromRoleArn(stack, 'Theirs', 'arn:aws:iam::210987654321:role/worker'));

    const [theirs] = statements(Template.fromStack(stack), 'AWS::SQS::QueuePolicy', 'SubjectQueue').filter(({ Effect }) => Effect === 'Allow');
    expect(theirs.Principal).toEqual({ AWS: 'arn:aws:iam::210987654321:role/worker' });
    expect(theirs.Action).toHaveLength(6);
  });

  test('with a customer key, a sender may encrypt and a consumer only decrypt', () => {
    expect(grant((queue, role) => queue.grantSend(role), true)).toContainEqual({
      Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: keyArn,
    });
    expect(grant((queue, role) => queue.grantConsume(role), true)).toContainEqual({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn });
    expect(grant((queue, role) => queue.grantWorker(role), true)).toContainEqual({
      Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: keyArn,
    });
  });
});

describe('a customer key', () => {
  test('encrypts both queues', () => {
    const stack = new Stack(new App(), 'Stack');
    const key = new Key(stack, 'Key');
    const subject = new SecureQueue(stack, 'Subject', { encryptionKey: key });

    Template.fromStack(stack).resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: stack.resolve(key.keyArn) }, 2);
    expect(subject.encryptionKey).toBe(key);
  });
});

describe('allowPublish', () => {
  function published(connect: (stack: Stack, queue: SecureQueue) => QueueProducer, withKey: boolean = true) {
    const stack = new Stack(new App(), 'Stack');
    const subject = new SecureQueue(stack, 'Subject', { encryptionKey: withKey ? new Key(stack, 'Key') : undefined });
    subject.allowPublish(connect(stack, subject));
    const template = Template.fromStack(stack); // finds dependency cycles, too
    return {
      queue: statements(template, 'AWS::SQS::QueuePolicy', 'SubjectQueue').filter((s) => s.Effect === 'Allow'),
      key: statements(template, 'AWS::KMS::Key').filter((s) => s.Principal.Service && s.Condition),
    };
  }
  const account = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };

  test('lets an EventBridge rule send, in its own name and account, and use the key', () => {
    const { queue, key } = published((stack, subject) => {
      const rule = new Rule(stack, 'Rule', { eventPattern: PATTERN });
      rule.addTarget({ bind: () => ({ arn: subject.queue.queueArn }) });
      return QueueProducer.rule(rule);
    });

    expect(queue).toEqual([{
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectQueue/), 'Arn'] },
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^Rule/), 'Arn'] } }, StringEquals: account },
    }]);
    expect(key).toEqual([{
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: {
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Join': ['', [
              'arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':rule/*',
            ]],
          },
        },
        StringEquals: account,
      },
    }]);
  });

  test('lets the notifications of a bucket in, though the bucket shares the key', () => {
    const { queue, key } = published((stack, subject) => {
      const bucket = new Bucket(stack, 'Bucket', { encryptionKey: subject.encryptionKey });
      return QueueProducer.bucket(bucket);
    });

    expect(queue[0]).toMatchObject({
      Principal: { Service: 's3.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^Bucket/), 'Arn'] } }, StringEquals: account },
    });
    expect(key[0].Condition).toEqual({
      ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::*']] } }, StringEquals: account,
    });
  });

  test('lets a topic in by its ARN alone, which has the account, though the topic shares the key', () => {
    const { queue, key } = published((stack, subject) => QueueProducer.topic(new Topic(stack, 'Topic', { masterKey: subject.encryptionKey })));

    expect(queue[0].Principal).toEqual({ Service: 'sns.amazonaws.com' });
    expect(queue[0].Condition).toEqual({ ArnLike: { 'aws:SourceArn': { Ref: expect.stringMatching(/^Topic/) } } });
    expect(key[0].Condition).toEqual({
      ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':sns:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':*']] } },
    });
  });

  test('needs no key without a customer key', () => {
    const { queue, key } = published((stack) => QueueProducer.rule(new Rule(stack, 'Rule', { eventPattern: PATTERN })), false);

    expect(queue).toHaveLength(1);
    expect(key).toEqual([]);
  });

  test('goes together with CDK\'s own way to connect a producer', () => {
    const stack = new Stack(new App(), 'Stack');
    const subject = new SecureQueue(stack, 'Subject');
    const rule = new Rule(stack, 'Rule', { eventPattern: PATTERN, targets: [new SqsQueue(subject.queue)] });
    const bucket = new Bucket(stack, 'Bucket');
    bucket.addObjectCreatedNotification(new SqsDestination(subject.queue));
    const topic = new Topic(stack, 'Topic');
    topic.addSubscription(new SqsSubscription(subject.queue));
    [QueueProducer.rule(rule), QueueProducer.bucket(bucket), QueueProducer.topic(topic)].forEach((producer) => subject.allowPublish(producer));

    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('a producer in another stack that targets the queue makes no circle between the stacks', () => {
    const app = new App();
    const home = new Stack(app, 'Home');
    const away = new Stack(app, 'Away');
    const subject = new SecureQueue(home, 'Subject', { encryptionKey: new Key(home, 'Key') });
    const rule = new Rule(away, 'Rule', { eventPattern: PATTERN });
    rule.addTarget({ bind: () => ({ arn: subject.queue.queueArn }) });
    subject.allowPublish(QueueProducer.rule(rule));

    expect(statements(Template.fromStack(home), 'AWS::SQS::QueuePolicy', 'SubjectQueue').find((s) => s.Effect === 'Allow').Condition.ArnLike['aws:SourceArn'])
      .toEqual({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':rule/*']] });
  });

  test('names an imported producer exactly, in the key policy too', () => {
    const { queue, key } = published((stack) => QueueProducer.topic(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-3:210987654321:news')));

    for (const [statement] of [queue, key]) {
      expect(statement.Condition).toEqual({ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-3:210987654321:news' } });
    }
  });

  test('lets many rules in by one statement, since a queue policy has room for twenty', () => {
    const { stack, subject } = build({ encryptionKey: undefined });
    const rules = Array.from({ length: 30 }, (_, index) => new Rule(stack, `Rule${index}`, { eventPattern: PATTERN }));
    rules.forEach((rule) => subject.allowPublish(QueueProducer.rule(rule)));
    subject.allowPublish(QueueProducer.topic(new Topic(stack, 'Topic')));

    const allowed = statements(Template.fromStack(stack), 'AWS::SQS::QueuePolicy', 'SubjectQueue').filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Principal }) => Principal.Service)).toEqual(['events.amazonaws.com', 'sns.amazonaws.com']);
    expect(allowed[0].Condition.ArnLike['aws:SourceArn']).toHaveLength(30);
  });

  test('the target of a rule lets the rule in, and parks what it cannot deliver', () => {
    const stack = new Stack(new App(), 'Stack');
    const key = new Key(stack, 'Key');
    const subject = new SecureQueue(stack, 'Subject', { encryptionKey: key });
    new Rule(stack, 'Rule', { eventPattern: PATTERN, targets: [subject.asRuleTarget()] });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectEquals({
        Id: Match.anyValue(),
        Arn: stack.resolve(subject.queue.queueArn),
        DeadLetterConfig: { Arn: stack.resolve(subject.deadLetterQueue.queueArn) },
      })],
    });
    for (const id of ['SubjectQueue', 'SubjectDeadLetterQueue']) {
      expect(statements(template, 'AWS::SQS::QueuePolicy', id).filter(({ Effect }) => Effect === 'Allow')).toEqual([
        expect.objectContaining({
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching(/^Rule/), 'Arn'] } }, StringEquals: account },
        }),
      ]);
    }
    expect(statements(template, 'AWS::KMS::Key').filter(({ Principal }) => Principal.Service)).toHaveLength(1);
  });

  describe('a FIFO queue as the target of a rule', () => {
    const queueType = QueueType.fifo({ contentBasedDeduplication: true });
    const rule = (stack: Stack, subject: SecureQueue, id = 'Rule') => new Rule(stack, id, { eventPattern: PATTERN, targets: [subject.asRuleTarget({ messageGroupId: 'all' })] });

    test('needs a message group of the letters that SQS takes', () => {
      const { subject } = build({ queueType });
      expect(() => subject.asRuleTarget()).toThrow("Stack/Subject: 'messageGroupId' must be given for the events that a rule sends to a FIFO queue, got none");
      for (const messageGroupId of ['', 'two words', 'ä', 'a'.repeat(129)]) {
        expect(() => subject.asRuleTarget({ messageGroupId })).toThrow(
          `Stack/Subject: 'messageGroupId' must be 1 to 128 letters, digits and punctuation characters of ASCII, got '${messageGroupId}'`,
        );
      }
      expect(() => subject.asRuleTarget({ messageGroupId: 'a'.repeat(128) })).not.toThrow();
    });

    test.each([QueueType.fifo(), QueueType.highThroughputFifo(), QueueType.fifo({ contentBasedDeduplication: false })])(
      'must deduplicate by content, as EventBridge sends no deduplication id', (withoutDeduplication) => {
        const { stack, subject } = build({ queueType: withoutDeduplication });
        const error = "Stack/Subject: 'contentBasedDeduplication' must be true for the events that a rule sends to a FIFO queue, got false";
        expect(() => rule(stack, subject)).toThrow(error);
        expect(() => subject.allowPublish(QueueProducer.rule(new Rule(stack, 'Other', { eventPattern: PATTERN })))).toThrow(error);
      });

    test.each([queueType, QueueType.highThroughputFifo({ contentBasedDeduplication: true })])('parks what cannot be delivered in one standard queue, of which an alarm tells', (fifo) => {
      const { stack, subject } = build({ queueType: fifo });
      expect([subject.undeliveredQueue, subject.undeliveredAlarm]).toEqual([undefined, undefined]);
      rule(stack, subject, 'One');
      rule(stack, subject, 'Two');

      const template = Template.fromStack(stack);
      const undelivered = stack.resolve(subject.undeliveredQueue!.queueArn);
      template.resourcePropertiesCountIs('AWS::Events::Rule', {
        Targets: [Match.objectLike({ SqsParameters: { MessageGroupId: 'all' }, DeadLetterConfig: { Arn: undelivered } })],
      }, 2);
      template.resourceCountIs('AWS::SQS::Queue', 3);
      template.hasResource('AWS::SQS::Queue', {
        Properties: {
          FifoQueue: Match.absent(), SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400, RedriveAllowPolicy: { redrivePermission: 'denyAll' },
        },
        UpdateReplacePolicy: 'Retain',
      });
      expect(statements(template, 'AWS::SQS::QueuePolicy', 'SubjectUndeliveredQueue')).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Condition: { ArnLike: { 'aws:SourceArn': [expect.anything(), expect.anything()] }, StringEquals: account },
        }),
      ]);
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('EventBridge could not deliver')])] },
        Dimensions: [{ Name: 'QueueName', Value: stack.resolve(subject.undeliveredQueue!.queueName) }],
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
      expect(statements(template, 'AWS::SQS::QueuePolicy', 'SubjectDeadLetterQueue').map(({ Effect }) => Effect)).toEqual(['Deny']);
    });

    test('encrypts undelivered events as the rest, and tells the same topic', () => {
      const stack = new Stack(new App(), 'Stack');
      const topic = new Topic(stack, 'Alarms');
      const subject = new SecureQueue(stack, 'Subject', { queueType, encryptionKey: new Key(stack, 'Key'), alarmTopic: topic });
      rule(stack, subject);

      const template = Template.fromStack(stack);
      template.resourcePropertiesCountIs('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() }, 3);
      template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Alarms') }] });
    });
  });

  describe('refuses what AWS cannot deliver', () => {
    const app = new App();
    const here = new Stack(app, 'Here', { env: { account: '111111111111', region: 'eu-west-3' } });
    const there = new Stack(app, 'There', { env: { account: '222222222222', region: 'eu-west-3' } });
    const queue = new SecureQueue(here, 'Subject');
    const fifo = new SecureQueue(here, 'Fifo', { queueType: QueueType.fifo() });

    test('events of a rule of another account, which need a role of that account', () => {
      const rule = new Rule(there, 'Rule', { eventPattern: PATTERN });
      const error = 'Here/Subject: the rule There/Rule must be of 111111111111, the account of the queue, got one of 222222222222';
      expect(() => queue.allowPublish(QueueProducer.rule(rule))).toThrow(error);
      expect(() => rule.addTarget(queue.asRuleTarget())).toThrow(error);
      const imported = Rule.fromEventRuleArn(here, 'Imported', 'arn:aws:events:eu-west-3:222222222222:rule/nightly');
      expect(() => queue.allowPublish(QueueProducer.rule(imported))).toThrow('the rule Here/Imported must be of 111111111111');
    });

    test('messages of a standard topic to a FIFO queue, and takes those of a FIFO topic', () => {
      const error = /^Here\/Fifo: the topic Here\/\w+ must be a FIFO topic, got a standard one: SNS sends to FIFO queues from FIFO topics only/;
      expect(() => fifo.allowPublish(QueueProducer.topic(new Topic(here, 'News')))).toThrow(error);
      expect(() => fifo.allowPublish(QueueProducer.topic(Topic.fromTopicArn(here, 'Given', 'arn:aws:sns:eu-west-3:111111111111:news')))).toThrow(error);
      expect(() => fifo.allowPublish(QueueProducer.topic(new Topic(here, 'Ordered', { fifo: true })))).not.toThrow();
      expect(() => fifo.allowPublish(QueueProducer.topic(Topic.fromTopicArn(here, 'GivenFifo', 'arn:aws:sns:eu-west-3:111111111111:news.fifo')))).not.toThrow();
      expect(() => fifo.allowPublish(QueueProducer.topic(Topic.fromTopicArn(here, 'Token', Lazy.string({ produce: () => 'arn:aws:sns:eu-west-3:111111111111:news.fifo' }))))).not.toThrow();
      expect(() => queue.allowPublish(QueueProducer.topic(new Topic(here, 'ToStandard')))).not.toThrow();
    });
  });

  describe('a redrive', () => {
    test('names its destination in the command of the alarm, as what EventBridge and functions park has no source queue', () => {
      const { stack, subject } = build();
      const [parked, main] = [subject.deadLetterQueue, subject.queue].map(({ queueArn }) => stack.resolve(queueArn));
      const command = ['aws sqs start-message-move-task --region ', { Ref: 'AWS::Region' }, ' --source-arn ', parked, ' --destination-arn ', main];

      expect(stack.resolve(subject.redriveCommand)).toEqual({ 'Fn::Join': ['', command] });
      Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: { 'Fn::Join': ['', [Match.stringLikeRegexp('mend the cause, then run: aws sqs start-message-move-task --region $'), ...command.slice(1)]] },
      });
    });

    test('is allowed by its grant, with the key, and nothing else is', () => {
      const stack = new Stack(new App(), 'Stack');
      const subject = new SecureQueue(stack, 'Subject', { encryptionKey: new Key(stack, 'Key') });
      subject.grantRedrive(new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() }));

      expect(statements(Template.fromStack(stack), 'AWS::IAM::Policy').map(({ Action, Resource }) => [Action, Resource])).toEqual([
        [[
          'sqs:StartMessageMoveTask', 'sqs:CancelMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
        ], stack.resolve(subject.deadLetterQueue.queueArn)],
        [['sqs:SendMessage', 'sqs:GetQueueAttributes'], stack.resolve(subject.queue.queueArn)],
        [['kms:GenerateDataKey', 'kms:Decrypt'], stack.resolve(subject.encryptionKey!.keyArn)],
      ]);
    });
  });

  test('refuses a bucket of another region, which S3 cannot send from', () => {
    const app = new App();
    const queue = new SecureQueue(new Stack(app, 'Here', { env: { region: 'eu-west-3' } }), 'Subject');
    const bucket = new Bucket(new Stack(app, 'There', { env: { region: 'us-east-1' } }), 'Bucket');

    expect(() => queue.allowPublish(QueueProducer.bucket(bucket))).toThrow(
      'Here/Subject: S3 sends event notifications within one region only, but the bucket is in us-east-1 and the queue in eu-west-3',
    );
  });

  test('refuses a bucket on a FIFO queue, before it changes a policy', () => {
    const { stack, subject } = build({ queueType: QueueType.fifo() });

    expect(() => subject.allowPublish(QueueProducer.bucket(new Bucket(stack, 'Bucket')))).toThrow(
      'Stack/Subject: S3 cannot send event notifications to a FIFO queue: use QueueType.standard(), ' +
      'or send the bucket\'s events through an EventBridge rule and allow QueueProducer.rule()',
    );
    expect(statements(Template.fromStack(stack), 'AWS::SQS::QueuePolicy').filter((s) => s.Effect === 'Allow')).toEqual([]);
  });

  test('warns that the policy of an imported key stays as it is', () => {
    const stack = new Stack(new App(), 'Stack');
    const subject = new SecureQueue(stack, 'Subject', { encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-3:123456789012:key/abc') });
    subject.allowPublish(QueueProducer.topic(new Topic(stack, 'Topic')));

    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('kms:GenerateDataKey.*sns.amazonaws.com.*SecureQueue.KeyPolicyUnchanged'));
  });
});

test('a given name is the queue\'s, and the dead-letter queue knows it', () => {
  const template = synth({ queueName: 'panelapp' });

  template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'panelapp' });
  const [parked] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: deadLetterQueue }));
  expect(parked.Properties.RedriveAllowPolicy.sourceQueueArns[0]['Fn::Join'][1].at(-1)).toBe(':panelapp');
});

test('two in one stack, under long ids, have names of their own', () => {
  const stack = new Stack(new App(), 'Stack');
  new SecureQueue(stack, 'A'.repeat(200));
  new SecureQueue(stack, 'A'.repeat(201));

  const names = Object.values(Template.fromStack(stack).findResources('AWS::SQS::Queue', { Properties: mainQueue }))
    .map((queue) => queue.Properties.QueueName['Fn::Join'][1][0]);
  expect(new Set(names).size).toBe(2);
  names.forEach((name) => expect(name.length).toBeLessThanOrEqual(44)); // and the 36 characters of a GUID
});

test('a service principal may be granted, too', () => {
  const { stack, subject } = build();
  subject.grantSend(new ServicePrincipal('scheduler.amazonaws.com'));

  expect(statements(Template.fromStack(stack), 'AWS::SQS::QueuePolicy', 'SubjectQueue')).toContainEqual(
    expect.objectContaining({ Principal: { Service: 'scheduler.amazonaws.com' }, Action: ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'] }),
  );
});

describe('a binding', () => {
  const bound = (method: 'workerBinding' | 'producerBinding', names: object) => {
    const { stack, subject } = build({ visibilityTimeout: Duration.seconds(360) });
    const fn = new Function(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0') });
    BindingTarget.lambdaFunction(fn).use(subject[method](Object.freeze(names)));
    return Template.fromStack(stack);
  };
  const variables = (template: Template) => Object.values(template.findResources('AWS::Lambda::Function'))[0].Properties.Environment?.Variables;

  test('sets what a worker asks for, and nothing else', () => {
    const names = { name: 'TASK_QUEUE_NAME', url: 'QUEUE_URL', region: 'AWS_SQS_REGION', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' };
    expect(variables(bound('workerBinding', names))).toEqual({
      TASK_QUEUE_NAME: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectQueue/), 'QueueName'] },
      QUEUE_URL: { Ref: expect.stringMatching(/^SubjectQueue/) },
      AWS_SQS_REGION: { Ref: 'AWS::Region' },
      SQS_QUEUE_VISIBILITY_TIMEOUT: '360',
      CELERY_BROKER_URL: 'sqs://',
    });
    expect(variables(bound('producerBinding', { url: 'QUEUE_URL' }))).toEqual({ QUEUE_URL: { Ref: expect.stringMatching(/^SubjectQueue/) } });
    expect(variables(bound('producerBinding', {}))).toBeUndefined();
  });

  test('grants a worker and a producer what their grants do', () => {
    const actions = (method: 'workerBinding' | 'producerBinding') => statements(bound(method, {}), 'AWS::IAM::Policy').flatMap(({ Action }) => Action);
    const granted = (method: 'grantWorker' | 'grantSend') => {
      const { stack, subject } = build();
      subject[method](new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
      return statements(Template.fromStack(stack), 'AWS::IAM::Policy').flatMap(({ Action }) => Action);
    };
    expect(actions('workerBinding')).toEqual(granted('grantWorker'));
    expect(actions('producerBinding')).toEqual(granted('grantSend'));
  });
});
