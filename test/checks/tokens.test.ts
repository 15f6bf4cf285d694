import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnOutput, CfnParameter, Duration, Lazy, Size, Stack, Tokenization } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ArchiveObjectLock, PhotoRestore, PhotoRestoreProps, QueueProducer, QueueType, SecureQueue, SecureQueueProps, StageProfile, StageProfileOverrides,
  ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps,
} from '../../src';

/** A place that a token may stand in, as the assembly names it: `Props.prop` or `Class.method(parameter)`. */
interface Place {
  readonly of: string;
  readonly literal: string | number;
  readonly build: (scope: Construct, value: any) => void;
  /** The props that `build` gives to one construct, to be given together with those of other places. */
  readonly props?: (value: any, scope: Construct) => SecureQueueProps | Partial<ThumbnailToWasabiProps>;
  /** For what CDK takes apart, by intrinsics where it is a token: it cannot come out as the literal does. */
  readonly takenApart?: boolean;
}

const queue = (props: (value: any, scope: Construct) => SecureQueueProps) => ({
  props,
  build: (scope: Construct, value: any) => void new SecureQueue(scope, 'Subject', props(value, scope)),
});

const photos = (props: (value: any, scope: Construct) => Partial<ThumbnailToWasabiProps>) => ({
  props,
  build: (scope: Construct, value: any) => void photosWith(scope, props(value, scope)),
});

const thumbnail = (spec: (value: any) => ThumbnailSpec) => photos((value) => ({ thumbnails: [spec(value), ThumbnailSpec.width(999)] }));

function photosWith(scope: Construct, props: Partial<ThumbnailToWasabiProps>): ThumbnailToWasabi {
  const credentials = props.credentials ?? Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access');
  return new ThumbnailToWasabi(scope, 'Subject', { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', ...props, credentials });
}

const profile = (overrides: (value: any, scope: Construct) => StageProfileOverrides, create: (scope: Construct) => void) =>
  (scope: Construct, value: any) => {
    StageProfile.production().withOverrides(overrides(value, scope)).applyTo(scope);
    create(scope);
  };

const publishing = (producer: (scope: Construct, value: string) => QueueProducer) => (scope: Construct, value: string) => {
  new SecureQueue(scope, 'Subject').allowPublish(producer(scope, value));
};

const restoring = (props: (value: string, scope: Construct) => Partial<PhotoRestoreProps>) => (scope: Construct, value: string) => {
  const destination = Bucket.fromBucketName(scope, 'Destination', 'restored');
  new PhotoRestore(scope, 'Restore', { photos: photosWith(scope, {}), destination, ...props(value, scope) });
};

const KEY_ARN = 'arn:aws:kms:eu-west-3:123456789012:key/0d4ef1a3';
const TOPIC_ARN = 'arn:aws:sns:eu-west-3:123456789012:alarms';
const idIn = (scope: Construct) => `Imported${scope.node.children.length}`;
const imported = {
  bucket: (name: string, scope: Construct) => Bucket.fromBucketName(scope, idIn(scope), name),
  key: (arn: string, scope: Construct) => Key.fromKeyArn(scope, idIn(scope), arn),
  topic: (arn: string, scope: Construct) => Topic.fromTopicArn(scope, idIn(scope), arn),
};

const STRINGS: Place[] = [
  { of: 'QueueProducer.bucket(bucket)', literal: 'uploads', build: publishing((scope, name) => QueueProducer.bucket(imported.bucket(name, scope))) },
  {
    of: 'QueueProducer.rule(rule)',
    literal: 'arn:aws:events:eu-west-3:123456789012:rule/nightly',
    takenApart: true,
    build: publishing((scope, arn) => QueueProducer.rule(Rule.fromEventRuleArn(scope, idIn(scope), arn))),
  },
  { of: 'QueueProducer.topic(topic)', literal: TOPIC_ARN, takenApart: true, build: publishing((scope, arn) => QueueProducer.topic(imported.topic(arn, scope))) },
  {
    of: 'QueueRuleTargetOptions.messageGroupId',
    literal: 'group',
    build: (scope, messageGroupId) => {
      const target = new SecureQueue(scope, 'Subject', { queueType: QueueType.fifo() }).asRuleTarget({ messageGroupId });
      new Rule(scope, 'Rule', { eventPattern: { source: ['aws.s3'] }, targets: [target] });
    },
  },
  {
    of: 'PhotoRestoreProps.credentials',
    literal: 'demo/wasabi/read-only',
    build: restoring((name, scope) => ({ credentials: Secret.fromSecretNameV2(scope, idIn(scope), name) })),
  },
  { of: 'PhotoRestoreProps.destination', literal: 'restored', build: restoring((name, scope) => ({ destination: imported.bucket(name, scope) })) },
  { of: 'SecureQueueProps.alarmTopic', literal: TOPIC_ARN, ...queue((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'SecureQueueProps.encryptionKey', literal: KEY_ARN, ...queue((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'SecureQueueProps.queueName', literal: 'jobs', ...queue((queueName) => ({ queueName })) },
  {
    of: 'StageProfileOverrides.alarmTopic',
    literal: TOPIC_ARN,
    build: profile((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) }), (scope) => new SecureQueue(scope, 'Subject')),
  },
  { of: 'ThumbnailOptions.name', literal: 'card', ...thumbnail((name) => ThumbnailSpec.inside(256, { name })) },
  { of: 'ThumbnailToWasabiProps.accessLogsBucket', literal: 'logs', ...photos((name, scope) => ({ accessLogsBucket: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.alarmTopic', literal: TOPIC_ARN, ...photos((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'ThumbnailToWasabiProps.archiveBucketName', literal: 'photoarchive', ...photos((archiveBucketName) => ({ archiveBucketName })) },
  { of: 'ThumbnailToWasabiProps.archiveEndpoint', literal: 'https://storage.example.org', ...photos((archiveEndpoint) => ({ archiveEndpoint })) },
  { of: 'ThumbnailToWasabiProps.archiveKeyPrefix', literal: 'originals/', ...photos((archiveKeyPrefix) => ({ archiveKeyPrefix })) },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'demo/wasabi/access',
    ...photos((name, scope) => ({ credentials: Secret.fromSecretNameV2(scope, idIn(scope), name) })),
  },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi-a1b2c3',
    ...photos((arn, scope) => ({ credentials: Secret.fromSecretCompleteArn(scope, idIn(scope), arn) })),
  },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi',
    takenApart: true,
    ...photos((arn, scope) => ({ credentials: Secret.fromSecretPartialArn(scope, idIn(scope), arn) })),
  },
  { of: 'ThumbnailToWasabiProps.eventBus', literal: 'photos', ...photos((name, scope) => ({ eventBus: EventBus.fromEventBusName(scope, idIn(scope), name) })) },
  { of: 'ThumbnailToWasabiProps.dropbox', literal: 'uploads', ...photos((name, scope) => ({ dropbox: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.encryptionKey', literal: KEY_ARN, ...photos((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'ThumbnailToWasabiProps.thumbnailsBucket', literal: 'thumbnails', ...photos((name, scope) => ({ thumbnailsBucket: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.uploadPrefix', literal: 'in/', ...photos((uploadPrefix) => ({ uploadPrefix, uploadSuffixes: ['.jpg'] })) },
  { of: 'ThumbnailToWasabiProps.uploadSuffixes', literal: '.jpg', ...photos((suffix) => ({ uploadSuffixes: [suffix] })) },
  { of: 'ThumbnailToWasabiProps.wasabiRegion', literal: 'eu-west-2', ...photos((wasabiRegion) => ({ wasabiRegion })) },
];

const NUMBERS: Place[] = [
  { of: 'ArchiveObjectLock.compliance(retention)', literal: 30, ...photos((days) => ({ archiveObjectLock: ArchiveObjectLock.compliance(Duration.days(days)) })) },
  { of: 'ArchiveObjectLock.governance(retention)', literal: 30, ...photos((days) => ({ archiveObjectLock: ArchiveObjectLock.governance(Duration.days(days)) })) },
  { of: 'SecureQueueProps.maximumMessageAge', literal: 60, ...queue((seconds) => ({ maximumMessageAge: Duration.seconds(seconds) })) },
  { of: 'SecureQueueProps.maxReceiveCount', literal: 5, ...queue((maxReceiveCount) => ({ maxReceiveCount })) },
  { of: 'SecureQueueProps.retentionPeriod', literal: 86_400, ...queue((seconds) => ({ retentionPeriod: Duration.seconds(seconds) })) },
  { of: 'SecureQueueProps.visibilityTimeout', literal: 45, ...queue((seconds) => ({ visibilityTimeout: Duration.seconds(seconds) })) },
  // As long as SQS allows, which is what the alarm on jammed groups takes where it is not known.
  { of: 'SecureQueueProps.visibilityTimeout', literal: 43_200, ...queue((seconds) => ({ visibilityTimeout: Duration.seconds(seconds), queueType: QueueType.fifo(), maximumMessageAge: Duration.hours(1) })) },
  {
    of: 'StageProfileOverrides.backupRetention',
    literal: 5,
    build: profile((days) => ({ backupRetention: Duration.days(days) }), (scope) => photosWith(scope, {})),
  },
  {
    of: 'StageProfileOverrides.minimumTasks', // which no construct reads yet
    literal: 4,
    build: profile((minimumTasks) => ({ minimumTasks }), (scope) => new CfnOutput(scope, 'Read', { value: Tokenization.stringifyNumber(StageProfile.of(scope).minimumTasks) })),
  },
  { of: 'ThumbnailFormat.avif(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.avif(quality) })) },
  { of: 'ThumbnailFormat.jpeg(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.jpeg(quality) })) },
  { of: 'ThumbnailFormat.sameAsSource(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.sameAsSource(quality) })) },
  { of: 'ThumbnailFormat.webp(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.webp(quality) })) },
  { of: 'ThumbnailSpec.cover(height)', literal: 300, ...thumbnail((height) => ThumbnailSpec.cover(400, height)) },
  { of: 'ThumbnailSpec.cover(width)', literal: 400, ...thumbnail((width) => ThumbnailSpec.cover(width, 300)) },
  { of: 'ThumbnailSpec.inside(pixels)', literal: 300, ...thumbnail((pixels) => ThumbnailSpec.inside(pixels)) },
  { of: 'ThumbnailSpec.width(pixels)', literal: 300, ...thumbnail((pixels) => ThumbnailSpec.width(pixels)) },
  { of: 'ThumbnailToWasabiProps.maxInputPixels', literal: 50_000_000, ...photos((maxInputPixels) => ({ maxInputPixels })) },
  { of: 'ThumbnailToWasabiProps.maxInputSize', literal: 1_000_000, ...photos((bytes) => ({ maxInputSize: Size.bytes(bytes) })) },
  // For which the age alarm is as by default; otherwise it follows a count that is known.
  {
    of: 'ThumbnailToWasabiProps.maxReceiveCount',
    literal: 1,
    takenApart: true, // by us: the default of reconcileAfter depends on it
    ...photos((maxReceiveCount) => ({ maxReceiveCount })),
  },
  { of: 'ThumbnailToWasabiProps.memorySize', literal: 3008, ...photos((mebibytes) => ({ memorySize: Size.mebibytes(mebibytes) })) },
  { of: 'ThumbnailToWasabiProps.reservedConcurrentExecutions', literal: 10, ...photos((reservedConcurrentExecutions) => ({ reservedConcurrentExecutions })) },
];

/** Where no token can stand, and what is said about it. */
const REFUSED: { of: string; why: string; build: (scope: Construct, number: number, list: string[]) => void; error: string }[] = [
  {
    of: 'ArchiveObjectLock.governance(retention)',
    why: 'it would have to be converted',
    build: (_, number) => ArchiveObjectLock.governance(Duration.hours(number)),
    error: 'ArchiveObjectLock: \'retention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  ...['visibilityTimeout', 'retentionPeriod', 'maximumMessageAge'].map((prop) => ({
    of: `SecureQueueProps.${prop}`,
    why: 'it would have to be converted',
    build: (scope: Construct, number: number) => new SecureQueue(scope, 'Subject', { [prop]: Duration.minutes(number) }),
    error: `Stack/Subject: '${prop}' must be made by Duration.seconds() where its value is a token, which cannot be converted`,
  })),
  {
    of: 'StageProfileOverrides.availabilityZones',
    why: 'it decides how many subnets there are',
    build: (_, availabilityZones) => StageProfile.production().withOverrides({ availabilityZones }),
    error: 'StageProfile: \'availabilityZones\' must be known at synthesis, got a token: networks have subnets in each zone',
  },
  {
    of: 'StageProfileOverrides.backupRetention',
    why: 'it would have to be converted',
    build: (_, number) => StageProfile.production().withOverrides({ backupRetention: Duration.hours(number) }),
    error: 'StageProfile: \'backupRetention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.maxInputSize',
    why: 'it would have to be converted',
    build: (scope, number) => photosWith(scope, { maxInputSize: Size.mebibytes(number) }),
    error: 'Stack/Subject: \'maxInputSize\' must be made by Size.bytes() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.memorySize',
    why: 'it would have to be converted',
    build: (scope, number) => photosWith(scope, { memorySize: Size.gibibytes(number) }),
    error: 'Stack/Subject: \'memorySize\' must be made by Size.mebibytes() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.timeout',
    why: 'the visibility timeout of the queue is a multiple of it',
    build: (scope, number) => photosWith(scope, { timeout: Duration.seconds(number) }),
    error: 'Stack/Subject: \'timeout\' must be known at synthesis, got a token: the visibility timeout of the queue is six times as long',
  },
  ...['reconcileAfter', 'maximumOriginalAge'].map((prop) => ({
    of: `ThumbnailToWasabiProps.${prop}`,
    why: 'other deadlines depend on it',
    build: (scope: Construct, number: number) => photosWith(scope, { [prop]: Duration.hours(number) }),
    error: `Stack/Subject: '${prop}' must be known at synthesis, got a token: other deadlines depend on it`,
  })),
  {
    of: 'ThumbnailToWasabiProps.uploadSuffixes',
    why: 'it decides how many rules there are',
    build: (scope, _, uploadSuffixes) => photosWith(scope, { uploadSuffixes }),
    error: 'Stack/Subject: \'uploadSuffixes\' must be a list known at synthesis, got a token: each suffix has a rule of its own',
  },
  {
    of: 'ThumbnailToWasabiProps.uploadPrefix',
    why: 'of a bucket that is both: thumbnails might be uploads again',
    build: (scope, number) => {
      const both = new Bucket(scope, 'Both');
      photosWith(scope, { dropbox: both, thumbnailsBucket: both, uploadPrefix: Tokenization.stringifyNumber(number), thumbnails: [ThumbnailSpec.inside(256, { name: 'small' })] });
    },
    error: 'Stack/Subject: \'thumbnailsBucket\' is the dropbox, and whether thumbnails would be uploads again cannot be told from a token',
  },
];

/** How a token looks that was taken for what it stands for: https://docs.aws.amazon.com/cdk/v2/guide/tokens.html */
const TOKEN_AS_TEXT = /\$\{Token\[|#\{Token\[|e\+289|-1\.888/;

/** The template, and with it all warnings and errors of the tree, as text. */
function synth(build: (stack: Stack) => void): { template: any; text: string } {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  const template = Template.fromStack(stack).toJSON();
  const said = stack.node.findAll().flatMap(({ node }) => node.metadata).filter(({ type }) => /^aws:cdk:(warning|error|info)$/.test(type));
  return { template, text: JSON.stringify([template, said.map(({ data }) => data)]) };
}

const PLACES = [...STRINGS, ...NUMBERS];

/** A value that CloudFormation knows. */
function given(scope: Construct, id: string, { literal }: Place): string | number {
  return typeof literal === 'number'
    ? new CfnParameter(scope, id, { type: 'Number' }).valueAsNumber
    : new CfnParameter(scope, id, { type: 'String' }).valueAsString;
}

test.each(PLACES.filter(({ takenApart }) => !takenApart))('a token as $of comes out as the literal that it stands for', ({ literal, build }) => {
  const token = typeof literal === 'number' ? Lazy.number({ produce: () => literal }) : Lazy.string({ produce: () => literal });

  expect(synth((stack) => build(stack, token)).template).toEqual(synth((stack) => build(stack, literal)).template);
});

test.each(PLACES)('a parameter of the stack as $of arrives in the template', (place) => {
  const { text } = synth((stack) => place.build(stack, given(stack, 'Given', place)));

  expect(text).toContain('{"Ref":"Given"}');
  expect(text).not.toMatch(TOKEN_AS_TEXT);
});

/** The props of all places of a construct, of each the first, but for one. */
function together(kind: string, stack: Stack, without?: string): { ids: string[]; props: any } {
  const firstOf = ({ of }: Place) => PLACES.find((other) => other.of === of);
  const places = PLACES.filter((place) => place.props && place.of.startsWith(kind) && place.of !== without && firstOf(place) === place);
  const ids = places.map((_, index) => `Given${index}`);
  const each = places.map((place, index) => place.props!(given(stack, ids[index], place), stack));
  return { ids, props: Object.assign({}, ...each) };
}

describe('parameters of the stack as all props at once', () => {
  const expectAll = ({ ids, text }: { ids: string[]; text: string }) => {
    expect(ids.filter((id) => !text.includes(`{"Ref":"${id}"}`))).toEqual([]);
    expect(text).not.toMatch(TOKEN_AS_TEXT);
  };

  test('arrive from a SecureQueue', () => {
    let ids: string[] = [];
    const { text } = synth((stack) => {
      const all = together('SecureQueueProps', stack);
      ids = all.ids;
      new SecureQueue(stack, 'Subject', all.props);
    });
    expect(ids.length).toBeGreaterThanOrEqual(7);
    expectAll({ ids, text });
  });

  test('arrive from a ThumbnailToWasabi', () => {
    let ids: string[] = [];
    const { text } = synth((stack) => {
      const all = together('ThumbnailToWasabiProps', stack, 'ThumbnailToWasabiProps.dropbox'); // or no bucket is new, and has logs
      const thumbnails = ThumbnailSpec.cover(400, new CfnParameter(stack, 'Height', { type: 'Number' }).valueAsNumber);
      ids = [...all.ids, 'Height'];
      photosWith(stack, { ...all.props, thumbnails: [thumbnails] });
    });
    expect(ids.length).toBeGreaterThanOrEqual(17);
    expectAll({ ids, text });
  });
});

test.each(REFUSED)('$of takes no token where $why, and says so', ({ build, error }) => {
  const stack = new Stack(new App(), 'Stack');
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const list = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;

  expect(() => build(stack, number, list)).toThrow(error);
});

describe('of all places in the assembly', () => {
  const types: Record<string, any> = JSON.parse(readFileSync(join(__dirname, '..', '..', '.jsii'), 'utf8')).types;

  /** What a token can be as it is, or what can be imported by one. */
  const TAKE_TOKENS = [
    'string', 'number', 'array<string>', 'aws-cdk-lib.Duration', 'aws-cdk-lib.Size', 'aws-cdk-lib.aws_events.IEventBus',
    'aws-cdk-lib.aws_events.IRule', 'aws-cdk-lib.aws_kms.IKey', 'aws-cdk-lib.aws_s3.IBucket',
    'aws-cdk-lib.aws_secretsmanager.ISecret', 'aws-cdk-lib.aws_sns.ITopic',
  ];
  /** Enums, switches and grantees; what goes to CDK as it is; and our own types, whose places are looked at by themselves. */
  const TAKE_NONE = [
    'boolean', 'aws-cdk-lib.RemovalPolicy', 'aws-cdk-lib.aws_events.OnEventOptions', 'aws-cdk-lib.aws_cloudfront.PriceClass', 'aws-cdk-lib.aws_iam.IGrantable', 'aws-cdk-lib.aws_lambda.Architecture',
    'aws-cdk-lib.aws_logs.RetentionDays', 'aws-cdk-lib.aws_sqs.DeduplicationScope', 'constructs.Construct', 'constructs.IConstruct',
    ...Object.keys(types), ...Object.keys(types).map((type) => `array<${type}>`),
  ];
  /** CDK itself refuses tokens in ids. */
  const isId = (of: string) => of.endsWith('(id)');

  const typeOf = ({ primitive, fqn, collection }: any): string =>
    primitive ?? fqn ?? (collection ? `${collection.kind}<${typeOf(collection.elementtype)}>` : 'of another kind');
  const places: { of: string; type: string }[] = Object.values(types).flatMap(({ name, datatype, properties = [], methods = [], initializer }) => {
    const callables: any[] = [...methods, ...(initializer ? [{ ...initializer, name: 'new' }] : [])];
    return [
      ...(datatype ? properties : []).map((prop: any) => ({ of: `${name}.${prop.name}`, type: typeOf(prop.type) })),
      ...callables.flatMap(({ name: callable, parameters = [] }) =>
        parameters.map((parameter: any) => ({ of: `${name}.${callable}(${parameter.name})`, type: typeOf(parameter.type) }))),
    ];
  });

  test('the type says whether a token can stand there', () => {
    expect(places.length).toBeGreaterThan(70);
    expect(places.filter(({ type }) => !TAKE_TOKENS.includes(type) && !TAKE_NONE.includes(type))).toEqual([]);
  });

  test('all where one can are in this test, and no others', () => {
    const tried = new Set([...PLACES, ...REFUSED].map(({ of }) => of));
    const can = places.filter(({ of, type }) => TAKE_TOKENS.includes(type) && !isId(of)).map(({ of }) => of);
    expect([...tried].sort()).toEqual([...new Set(can)].sort());
  });
});
