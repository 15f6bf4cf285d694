import { App, Duration, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { SnsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { arnOf, build, keysOf, photoFunction, resource, rolePolicy, synth, Vary } from './thumbnail-to-wasabi';
import { EVENT_SOURCE } from '../../lambda/photos/thumbnail/outcome-events';
import { ArchiveObjectLock, StageProfile, ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';

describe.each(['PhotosDropbox', 'PhotosThumbnails'])('%s', (id) => {
  test('is private, encrypted, versioned, logged and owned by the account alone', () => {
    expect(resource(synth(), 'AWS::S3::Bucket', id).Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      VersioningConfiguration: { Status: 'Enabled' },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringMatching(/^PhotosAccessLogs/) }, LogFilePrefix: `${id.replace('Photos', '')}/` },
    });
  });

  test('refuses plain HTTP and TLS older than 1.2', () => {
    const denied = resource(synth(), 'AWS::S3::BucketPolicy', `${id}Policy`).Properties.PolicyDocument.Statement;

    expect(denied).toEqual([
      expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
    ]);
  });

  test('clears abandoned uploads away after a week', () => {
    const { Rules } = resource(synth(), 'AWS::S3::Bucket', id).Properties.LifecycleConfiguration;
    expect(Rules).toEqual([expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, ExpiredObjectDeleteMarker: true, Status: 'Enabled' })]);
  });

  test('survives its stack with its policy', () => {
    expect(resource(synth(), 'AWS::S3::Bucket', id)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(resource(synth(), 'AWS::S3::BucketPolicy', `${id}Policy`)).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('takes a customer key', () => {
    const template = synth((stack) => ({ encryptionKey: new Key(stack, 'Key') }));
    expect(resource(template, 'AWS::S3::Bucket', id).Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arnOf('Key') } },
    ]);
  });
});

test('old thumbnails go after the profile\'s retention', () => {
  const days = (profile?: StageProfile) =>
    resource(synth(undefined, profile), 'AWS::S3::Bucket', 'PhotosThumbnails').Properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration;

  expect(days()).toEqual({ NoncurrentDays: 7 });
  expect(days(StageProfile.ephemeral())).toEqual({ NoncurrentDays: 1 });
});

test('an old version in the dropbox is an original that is not archived yet, and never expires', () => {
  const [rule] = resource(synth(), 'AWS::S3::Bucket', 'PhotosDropbox').Properties.LifecycleConfiguration.Rules;
  expect(Object.keys(rule).sort()).toEqual(['AbortIncompleteMultipartUpload', 'ExpiredObjectDeleteMarker', 'Status']);
});

describe('access logs', () => {
  test('can be written by S3 alone, for the two buckets of this account', () => {
    const allowed = resource(synth(), 'AWS::S3::BucketPolicy', 'PhotosAccessLogsPolicy').Properties.PolicyDocument.Statement
      .filter(({ Effect }: { Effect: string }) => Effect === 'Allow');

    expect(allowed).toEqual(['Dropbox', 'Thumbnails'].map((name) => ({
      Effect: 'Allow',
      Principal: { Service: 'logging.s3.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: keysOf('PhotosAccessLogs', `${name}/*`),
      Condition: { ArnLike: { 'aws:SourceArn': arnOf(`Photos${name}`) }, StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })));
  });

  test('are kept as long as logs are, and for ever when these are; deleted ones for the profile\'s retention', () => {
    const rules = (logRetention?: RetentionDays, profile?: StageProfile) =>
      resource(synth(() => (logRetention ? { logRetention } : {}), profile), 'AWS::S3::Bucket', 'PhotosAccessLogs').Properties.LifecycleConfiguration.Rules;
    const always = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' };

    expect(rules()).toEqual([{ ...always, ExpirationInDays: 365, NoncurrentVersionExpiration: { NoncurrentDays: 7 } }]);
    expect(rules(RetentionDays.ONE_MONTH, StageProfile.ephemeral()))
      .toEqual([{ ...always, ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 1 } }]);
    expect(rules(RetentionDays.INFINITE))
      .toEqual([{ ...always, ExpiredObjectDeleteMarker: true, NoncurrentVersionExpiration: { NoncurrentDays: 7 } }]);
  });

  test('are versioned, so that who deletes them does not get rid of them', () => {
    expect(resource(synth(), 'AWS::S3::Bucket', 'PhotosAccessLogs').Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
  });

  test('go to a given bucket instead', () => {
    const template = synth((stack) => ({ accessLogsBucket: new Bucket(stack, 'Logs') }));

    expect(resource(template, 'AWS::S3::Bucket', 'PhotosDropbox').Properties.LoggingConfiguration.DestinationBucketName).toEqual({ Ref: expect.stringMatching(/^Logs/) });
    template.resourceCountIs('AWS::S3::Bucket', 3);
  });
});

describe('uploads', () => {
  test('go from S3 through EventBridge to the queue, with no helper function', () => {
    const template = synth();

    expect(resource(template, 'AWS::S3::Bucket', 'PhotosDropbox').Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
    expect(resource(template, 'AWS::Events::Rule', 'PhotosUploads').Properties).toMatchObject({
      State: 'ENABLED',
      EventPattern: {
        'source': ['aws.s3'],
        'detail-type': ['Object Created'],
        'detail': { bucket: { name: [{ Ref: expect.stringMatching(/^PhotosDropbox/) }] }, object: { key: [{ prefix: 'photos/' }] } },
      },
      Targets: [{ Arn: arnOf('PhotosQueue'), DeadLetterConfig: { Arn: arnOf('PhotosQueueDeadLetterQueue') } }],
    });
    template.resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  test('may enter the queue by their rule only', () => {
    const statement = resource(synth(), 'AWS::SQS::QueuePolicy', 'PhotosQueuePolicy').Properties.PolicyDocument.Statement
      .filter(({ Effect }: { Effect: string }) => Effect === 'Allow');

    expect(statement).toEqual([expect.objectContaining({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': arnOf('PhotosUploads') }, StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })]);
  });

  test('that cannot be delivered are parked by their rule only', () => {
    const [statement, ...rest] = resource(synth(), 'AWS::SQS::QueuePolicy', 'PhotosQueueDeadLetterQueuePolicy').Properties.PolicyDocument.Statement
      .filter(({ Effect }: { Effect: string }) => Effect === 'Allow');

    expect(statement).toMatchObject({
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: arnOf('PhotosQueueDeadLetterQueue'),
      Condition: { ArnLike: { 'aws:SourceArn': arnOf('PhotosUploads') }, StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    expect(rest).toEqual([]);
  });

  test('go on when a notification is added to the dropbox, or the synthesis fails', () => {
    const { stack, subject } = build();
    const dropbox = subject.dropbox as Bucket;
    dropbox.addObjectRemovedNotification(new SnsDestination(new Topic(stack, 'Topic')));

    expect(() => Template.fromStack(stack)).toThrow('switches the events for EventBridge off: call enableEventBridgeNotification() on the bucket, too');
    dropbox.enableEventBridgeNotification();
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('are those under another prefix, when asked', () => {
    expect(resource(synth(() => ({ uploadPrefix: 'in/' })), 'AWS::Events::Rule', 'PhotosUploads').Properties.EventPattern.detail.object.key).toEqual([{ prefix: 'in/' }]);
  });

  test('are those with given suffixes, a rule each, special characters taken literally', () => {
    const template = synth(() => ({ uploadPrefix: 'a\\c/', uploadSuffixes: ['.jpg', '.p*g'] }));

    const uploads = Object.entries(template.findResources('AWS::Events::Rule')).filter(([id]) => id.startsWith('PhotosUploads'));
    const keys = uploads.map(([, { Properties }]) => Properties.EventPattern.detail.object.key[0].wildcard);
    expect(keys).toEqual(['a\\\\c/*.jpg', 'a\\\\c/*.p\\*g']);
  });
});

describe('the archive', () => {
  const archive = (vary?: Vary, profile?: StageProfile) => resource(synth(vary, profile), 'Custom::WasabiBucket', 'PhotosArchive');

  test('is created on Wasabi by the deployment, kept for ever, and given up on after five minutes', () => {
    expect(archive()).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: 'photoarchive', Endpoint: 'https://s3.eu-central-1.wasabisys.com', Region: 'eu-central-1', OnDelete: 'keep', ServiceTimeout: '300',
      },
    });
  });

  test('is locked on request', () => {
    expect(archive(() => ({ archiveObjectLock: ArchiveObjectLock.governance(Duration.days(30)) })).Properties).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockDays: 30 });
    expect(archive(() => ({ archiveObjectLock: ArchiveObjectLock.compliance(Duration.days(1)) })).Properties).toMatchObject({ ObjectLockMode: 'COMPLIANCE', ObjectLockDays: 1 });
    expect(() => ArchiveObjectLock.governance(Duration.hours(12))).toThrow("ArchiveObjectLock: 'retention' must be a whole number of days at least 1, got 0.5");
  });

  test('goes with an ephemeral stack if it is empty, and stays on request', () => {
    expect(archive(undefined, StageProfile.ephemeral())).toMatchObject({ DeletionPolicy: 'Delete', Properties: { OnDelete: 'destroy' } });
    expect(archive(() => ({ archiveRemovalPolicy: RemovalPolicy.RETAIN }), StageProfile.ephemeral())).toMatchObject({ DeletionPolicy: 'Retain', Properties: { OnDelete: 'keep' } });
  });

  test('may be in another store', () => {
    expect(archive(() => ({ archiveEndpoint: 'https://minio.example.org' })).Properties.Endpoint).toBe('https://minio.example.org');
  });

  test('is made by a function that may read the credentials and nothing else', () => {
    expect(rolePolicy(synth(), 'PhotosArchiveRoleDefaultPolicy').map(({ Action }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'], ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    ]);
  });
});

describe('grants', () => {
  function granted(give: (photos: ThumbnailToWasabi, role: Role) => void, vary?: Vary) {
    const { stack, subject } = build(vary);
    give(subject, new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() }));
    return rolePolicy(Template.fromStack(stack), 'RoleDefaultPolicy');
  }

  test('an uploader may put under the prefix and nothing else', () => {
    expect(granted((photos, role) => photos.grantUpload(role))).toEqual([
      { Effect: 'Allow', Action: 's3:PutObject', Resource: keysOf('PhotosDropbox', 'photos/*') },
    ]);
  });

  test('a reader may list and read thumbnails and nothing else', () => {
    expect(granted((photos, role) => photos.grantReadThumbnails(role))).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arnOf('PhotosThumbnails'), Condition: { StringLike: { 's3:prefix': ['photos/*'] } } },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: keysOf('PhotosThumbnails', 'photos/*') },
    ]);
  });

  test('a reader of thumbnails that share the bucket of the originals cannot read these', () => {
    const statements = granted((photos, role) => photos.grantReadThumbnails(role), (stack) => {
      const bucket = new Bucket(stack, 'Both');
      return { dropbox: bucket, thumbnailsBucket: bucket, thumbnails: [ThumbnailSpec.inside(1, { name: 'web' }), ThumbnailSpec.inside(2, { name: 'big' })] };
    });

    expect(statements).toEqual([
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: arnOf('Both'), Condition: { StringLike: { 's3:prefix': ['web/photos/*', 'big/photos/*'] } } },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: [keysOf('Both', 'web/photos/*'), keysOf('Both', 'big/photos/*')] },
    ]);
  });

  test('a reader of the archive may read its credentials', () => {
    expect(granted((photos, role) => photos.grantReadArchive(role))).toEqual([
      expect.objectContaining({ Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'] }),
    ]);
  });

  test('come with the customer key', () => {
    const withKey: Vary = (stack) => ({ encryptionKey: new Key(stack, 'Key') });
    expect(granted((photos, role) => photos.grantUpload(role), withKey)).toContainEqual(expect.objectContaining({ Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: arnOf('Key') }));
    expect(granted((photos, role) => photos.grantReadThumbnails(role), withKey)).toContainEqual(expect.objectContaining({ Action: 'kms:Decrypt', Resource: arnOf('Key') }));
  });
});

describe('outcomes', () => {
  const BUS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':event-bus/default']] };
  const tellers = (template: Template) => rolePolicy(template, 'PhotosPhotoRole').filter(({ Action }) => Action === 'events:PutEvents');

  test('are told to nobody by default', () => {
    const template = synth();
    expect(tellers(template)).toEqual([]);
    expect(photoFunction(template).Environment.Variables).not.toHaveProperty('EVENT_BUS');
  });

  test('are told to the default bus once somebody listens, and only those of this dropbox are heard', () => {
    const { stack, subject } = build();
    subject.onArchived('OnArchived', { description: 'publish it' });
    subject.onRejected('OnRejected', { eventPattern: { detail: { reason: ['corrupt'] } } });

    const template = Template.fromStack(stack);
    expect(tellers(template)).toEqual([{ Effect: 'Allow', Action: 'events:PutEvents', Resource: BUS }]);
    expect(photoFunction(template).Environment.Variables.EVENT_BUS).toEqual(BUS);
    const dropbox = stack.resolve(subject.dropbox.bucketName);
    template.hasResourceProperties('AWS::Events::Rule', {
      Description: 'publish it',
      EventPattern: { 'source': [EVENT_SOURCE], 'detail-type': ['Photo Archived'], 'detail': { bucket: { name: [dropbox] } } },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'source': [EVENT_SOURCE], 'detail-type': ['Photo Rejected'], 'detail': { bucket: { name: [dropbox] }, reason: ['corrupt'] } },
    });
  });

  test('are told to a given bus, on which the rules are, too', () => {
    const { stack, subject } = build((scope) => ({ eventBus: EventBus.fromEventBusName(scope, 'Bus', 'photos') }));
    subject.onArchived('OnArchived');

    const template = Template.fromStack(stack);
    expect(JSON.stringify(tellers(template))).toContain(':event-bus/photos');
    template.hasResourceProperties('AWS::Events::Rule', { EventBusName: 'photos' });
  });
});

describe('the policy for the Wasabi user', () => {
  const policy = (vary?: Vary) => build(vary).subject.wasabiPolicyDocument.toJSON().Statement;

  test('is the least: one bucket, and neither its deletion nor that of an original', () => {
    expect(policy()).toEqual([
      {
        Effect: 'Allow',
        Resource: 'arn:aws:s3:::photoarchive',
        Action: [
          's3:CreateBucket', 's3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketLocation', 's3:GetBucketVersioning',
          's3:PutBucketVersioning', 's3:GetBucketTagging', 's3:PutBucketTagging',
        ],
      },
      {
        Effect: 'Allow',
        Resource: 'arn:aws:s3:::photoarchive/*',
        Action: ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload'],
      },
    ]);
  });

  test('is wider by what the props ask for, and narrower by the key prefix', () => {
    const [onBucket, onObjects] = policy(() => ({
      archiveKeyPrefix: 'originals/', archiveObjectLock: ArchiveObjectLock.governance(Duration.days(1)), archiveRemovalPolicy: RemovalPolicy.DESTROY,
    }));

    expect(onBucket.Action).toEqual(expect.arrayContaining(['s3:GetBucketObjectLockConfiguration', 's3:PutBucketObjectLockConfiguration', 's3:DeleteBucket']));
    expect(onObjects.Resource).toBe('arn:aws:s3:::photoarchive/originals/*');
  });
});

describe('alarms', () => {
  test('fire on dead letters, age, errors and throttles, to the profile\'s topic or a given one', () => {
    const template = synth((stack) => ({ alarmTopic: new Topic(stack, 'Topic') }));

    for (const MetricName of ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage', 'Errors', 'Throttles']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
    }
    for (const MetricName of ['Errors', 'Throttles']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName,
        Threshold: 1,
        Statistic: 'Sum',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^PhotosPhotoFunction') } }],
      });
    }
  });

  test('fire when EventBridge cannot deliver an upload, for each rule', () => {
    const template = synth((stack) => ({ uploadSuffixes: ['.jpg', '.png'], alarmTopic: new Topic(stack, 'Topic') }));

    for (const index of [0, 1]) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'AWS/Events',
        MetricName: 'FailedInvocations',
        AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
        Dimensions: [{ Name: 'RuleName', Value: { Ref: Match.stringLikeRegexp(`^PhotosUploads${index}`) } }],
      });
    }
  });

  test('fire on the age of the oldest original, as the reconciler counts it, and when that fails', () => {
    const template = synth((stack) => ({ alarmTopic: new Topic(stack, 'Topic') }));

    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'cdk-mainstay/ThumbnailToWasabi',
      MetricName: 'OldestOriginalAge',
      Dimensions: [{ Name: 'service', Value: 'Stack/Photos' }],
      Statistic: 'Maximum',
      Period: 3600,
      EvaluationPeriods: 1,
      Threshold: 14 * 3600,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
    const { Variables } = resource(template, 'AWS::Lambda::Function', 'PhotosReconcilerFunction').Properties.Environment;
    expect(Variables).toMatchObject({ POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi', POWERTOOLS_SERVICE_NAME: 'Stack/Photos' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Errors',
      Threshold: 1,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^PhotosReconcilerFunction') } }],
    });
  });

  test('fire when most tries fail for as long as a photo takes to be tried twice, as the function counts them', () => {
    const template = synth((stack) => ({ alarmTopic: new Topic(stack, 'Topic'), timeout: Duration.seconds(95) }));

    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'cdk-mainstay/ThumbnailToWasabi',
      MetricName: 'PhotosFailed',
      Dimensions: [{ Name: 'service', Value: 'Stack/Photos' }],
      Statistic: 'Average',
      Period: 600, // six times 95 seconds, in whole minutes
      EvaluationPeriods: 2,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 570 });
    const { Variables } = resource(template, 'AWS::Lambda::Function', 'PhotosPhotoFunction').Properties.Environment;
    expect(Variables).toMatchObject({ POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi', POWERTOOLS_SERVICE_NAME: 'Stack/Photos' });
  });

  test('fire again with each photo that is given up, and name the way back', () => {
    const { stack, subject } = build((scope) => ({ alarmTopic: new Topic(scope, 'Topic') }));

    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('then run: aws sqs start-message-move-task'), stack.resolve(subject.queue.queue.queueArn)])] },
      Namespace: 'cdk-mainstay/ThumbnailToWasabi',
      MetricName: 'PhotosGivenUp',
      Dimensions: [{ Name: 'service', Value: 'Stack/Photos' }],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
  });

  test('do not fire on what was rejected: a user is not to page anybody by a PDF', () => {
    const metrics = Object.values(synth().findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.MetricName);
    expect(metrics).toHaveLength(9);
    expect(metrics).not.toContain('PhotosRejected');
  });

  test('tell of their own function, queue or rule', () => {
    synth().allResourcesProperties('AWS::CloudWatch::Alarm', { Dimensions: [Match.anyValue()] });
  });

  test('that nobody hears are a warning', () => {
    Annotations.fromStack(build().stack).hasWarning('/Stack/Photos', Match.stringLikeRegexp('AlarmsUnheard'));
  });
});

describe('logs', () => {
  test('are kept as long as the profile says, in groups of their own', () => {
    synth(undefined, StageProfile.staging()).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    synth().allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  test('of each function go to one of these groups', () => {
    synth().allResourcesProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Photos.*Logs') } } });
  });

  test('no function of ours has the managed policy that may write to any log group', () => {
    synth().allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });
});

test('snapshots, which no part of it has, are kept instead', () => {
  synth(() => ({ removalPolicy: RemovalPolicy.SNAPSHOT })).allResources('AWS::S3::Bucket', { DeletionPolicy: 'RetainExceptOnCreate' });
});

test('an ephemeral one leaves nothing behind: buckets are emptied, everything is deleted', () => {
  const template = synth(undefined, StageProfile.ephemeral());

  template.resourceCountIs('Custom::S3AutoDeleteObjects', 3);
  // Of the two, the policy that lets them be emptied goes last.
  template.allResources('Custom::S3AutoDeleteObjects', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('Policy[0-9A-F]{8}$')]) });
  template.hasResourceProperties('AWS::Lambda::Function', { // the one that empties the buckets
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^CustomS3AutoDeleteObjects.*Logs') } },
  });
  for (const { DeletionPolicy } of Object.values(template.toJSON().Resources) as { DeletionPolicy?: string }[]) {
    expect(DeletionPolicy ?? 'Delete').toBe('Delete');
  }
});

describe('existing buckets', () => {
  test('are used, and the function may also remove what has no versions', () => {
    const template = synth((stack) => ({
      dropbox: Bucket.fromBucketName(stack, 'In', 'my-dropbox'), thumbnailsBucket: Bucket.fromBucketName(stack, 'Out', 'my-thumbnails'),
    }));

    template.resourceCountIs('AWS::S3::Bucket', 0); // not even for access logs, of which there are none
    expect(photoFunction(template).Environment.Variables.THUMBNAIL_BUCKET).toBe('my-thumbnails');
    expect(resource(template, 'AWS::Events::Rule', 'PhotosUploads').Properties.EventPattern.detail.bucket.name).toEqual(['my-dropbox']);
    expect(rolePolicy(template, 'PhotosPhotoRoleDefaultPolicy')).toContainEqual(expect.objectContaining({
      Action: ['s3:GetObject', 's3:DeleteObject', 's3:GetObjectTagging', 's3:PutObjectTagging'],
    }));
  });

  test('with keys of their own are read and written with these', () => {
    const statements = rolePolicy(synth((stack) => ({ dropbox: new Bucket(stack, 'In', { encryptionKey: new Key(stack, 'Theirs') }) })), 'PhotosPhotoRoleDefaultPolicy');
    expect(statements).toContainEqual(expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arnOf('Theirs') }));
  });

  test('of this app are made to send their events', () => {
    const template = synth((stack) => ({ dropbox: new Bucket(stack, 'In') }));
    expect(resource(template, 'AWS::S3::Bucket', 'In').Properties.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });

    const { stack } = build((scope) => {
      const dropbox = new Bucket(scope, 'In');
      dropbox.addObjectRemovedNotification(new SnsDestination(new Topic(scope, 'Topic')));
      return { dropbox };
    });
    Template.fromStack(stack).hasResourceProperties('Custom::S3BucketNotifications', {
      NotificationConfiguration: Match.objectLike({ EventBridgeConfiguration: {} }),
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('DropboxMustSendEvents'));
  });

  test('in another region are an error as a dropbox', () => {
    const app = new App();
    const dropbox = new Bucket(new Stack(app, 'There', { env: { region: 'us-east-1' } }), 'In', { bucketName: 'dropbox' });
    const stack = new Stack(app, 'Here', { env: { region: 'eu-west-3' } });

    expect(() => new ThumbnailToWasabi(stack, 'Photos', {
      dropbox, wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'x'),
    })).toThrow('Here/Photos: EventBridge hears of uploads within one region only, but the dropbox is in us-east-1 and this stack in eu-west-3');
    expect(() => new ThumbnailToWasabi(stack, 'Others', {
      thumbnailsBucket: dropbox, wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'W', 'x'),
    })).toThrow('Here/Others: the function writes within one region only, but the bucket for thumbnails is in us-east-1 and this stack in eu-west-3');
  });

  test('for access logs may be in another stack', () => {
    const app = new App();
    const accessLogsBucket = new Bucket(new Stack(app, 'Logs'), 'Bucket');
    const stack = new Stack(app, 'Stack');
    new ThumbnailToWasabi(stack, 'Photos', {
      accessLogsBucket, wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'x'),
    });

    const [allowed] = resource(Template.fromStack(accessLogsBucket.stack), 'AWS::S3::BucketPolicy', 'Bucket').Properties.PolicyDocument.Statement;
    expect(allowed.Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  });

  test('that are imported are, as a dropbox, a warning about events', () => {
    const { stack } = build((scope) => ({ dropbox: Bucket.fromBucketName(scope, 'In', 'my-dropbox') }));
    Annotations.fromStack(stack).hasWarning('/Stack/Photos', Match.stringLikeRegexp('must send its events to EventBridge.*ThumbnailToWasabi.DropboxMustSendEvents'));
  });

  test('that would make thumbnails uploads again are an error', () => {
    const inOne = (name: string | undefined, uploadPrefix?: string): Vary => (stack) => {
      const bucket = new Bucket(stack, 'Both');
      return { dropbox: bucket, thumbnailsBucket: bucket, thumbnails: [ThumbnailSpec.inside(1, { name })], uploadPrefix };
    };

    expect(() => synth(inOne(undefined))).toThrow(
      "Stack/Photos: 'thumbnailsBucket' is the dropbox, and thumbnails under 'photos/' would be uploads under 'photos/' again: " +
      'use another bucket, or give each ThumbnailSpec a name outside of uploadPrefix',
    );
    expect(() => synth(inOne('photos'))).toThrow("under 'photos/photos/'");
    expect(() => synth(inOne('web', ''))).toThrow("under 'web/'");
    expect(() => synth(inOne('web'))).not.toThrow();
    expect(() => synth((stack) => ({
      dropbox: Bucket.fromBucketName(stack, 'A', 'same'), thumbnailsBucket: Bucket.fromBucketName(stack, 'B', 'same'),
    }))).toThrow('is the dropbox');
  });
});

describe('refuses', () => {
  test.each<[Partial<ThumbnailToWasabiProps>, string]>([
    [{ archiveBucketName: 'Ab' }, "Stack/Photos: 'archiveBucketName' must be 3 to 63 lower-case letters, digits, dots and hyphens, begin and end with a letter or digit, have no dot beside another dot or a hyphen, and be neither an address nor of a reserved prefix or suffix, got 'Ab'"],
    [{ archiveBucketName: 'photo.-archive' }, "got 'photo.-archive'"],
    [{ archiveBucketName: 'photo-.archive' }, "got 'photo-.archive'"],
    [{ archiveBucketName: 'ab' }, "got 'ab'"],
    [{ archiveBucketName: 'a'.repeat(64) }, 'archiveBucketName'],
    [{ archiveBucketName: 'a..b' }, "got 'a..b'"],
    [{ archiveBucketName: '-ab' }, "got '-ab'"],
    [{ archiveBucketName: 'ab-' }, "got 'ab-'"],
    [{ archiveBucketName: '192.168.0.1' }, "got '192.168.0.1'"],
    [{ archiveBucketName: 'xn--abc' }, "got 'xn--abc'"],
    [{ archiveBucketName: 'abc-s3alias' }, "got 'abc-s3alias'"],
    [{ archiveEndpoint: 'http://minio.example.org' }, "Stack/Photos: 'archiveEndpoint' must be an https address without a path, got 'http://minio.example.org': originals and credentials travel to it"],
    [{ archiveEndpoint: 'https://minio.example.org/path' }, 'without a path'],
    [{ archiveEndpoint: 'http://127.0.0.1.example.org' }, 'must be an https address'],
    [{ thumbnails: [] }, "'thumbnails' must name at least one thumbnail, got none: leave it out for ThumbnailSpec.inside(256)"],
    [{ thumbnails: [ThumbnailSpec.inside(1), ThumbnailSpec.inside(1)] }, "Stack/Photos: 'thumbnails' must have different names, got 'inside-1' twice: give one of them another 'name'"],
    [{ uploadSuffixes: [] }, "'uploadSuffixes' must name at least one suffix, got none: leave it out to take every upload"],
    [{ memorySize: Size.mebibytes(127) }, "'memorySize' must be a whole number of MiB between 128 and 10240, got 127"],
    [{ memorySize: Size.gibibytes(11) }, 'got 11264'],
    [{ timeout: Duration.seconds(0) }, "'timeout' must be a whole number of seconds between 10 and 900, got 0"],
    [{ timeout: Duration.seconds(901) }, 'got 901'],
    [{ timeout: Duration.seconds(Token.asNumber({ Ref: 'T' })) }, "Stack/Photos: 'timeout' must be known at synthesis, got a token: the visibility timeout of the queue is six times as long"],
    [{ uploadPrefix: 'team-*/' }, "Stack/Photos: 'uploadPrefix' must be without *, ? and $, which policies read as patterns, got 'team-*/'"],
    [{ uploadPrefix: 'a?/' }, "got 'a?/'"],
    [{ archiveKeyPrefix: '${aws:username}/' }, "'archiveKeyPrefix' must be without *, ? and $"],
    [{ maxReceiveCount: 0 }, "'maxReceiveCount' must be a whole number between 1 and 1000, got 0"],
    [{ maxInputSize: Size.bytes(0) }, "'maxInputSize' must be a whole number of bytes between 1 and 1073741824, got 0"],
    [{ maxInputSize: Size.gibibytes(2) }, 'got 2147483648'],
    [{ maxInputPixels: 0 }, "'maxInputPixels' must be a whole number at least 1, got 0"],
    [{ reconcileAfter: Duration.minutes(150) }, "Stack/Photos: 'reconcileAfter' must be a whole number of hours at least 1, got 2.5"],
    [{ reconcileAfter: Duration.hours(2) }, "Stack/Photos: 'reconcileAfter' must be longer than the 2 hours for which a photo that fails is tried, got 2 hours: lengthen it, or lower timeout or maxReceiveCount"],
    [{ reconcileAfter: Duration.hours(Token.asNumber({ Ref: 'H' })) }, "'reconcileAfter' must be known at synthesis, got a token: other deadlines depend on it"],
    [{ maximumOriginalAge: Duration.hours(Token.asNumber({ Ref: 'H' })) }, "'maximumOriginalAge' must be known at synthesis, got a token"],
    [{ maximumOriginalAge: Duration.hours(6) }, "Stack/Photos: 'maximumOriginalAge' must be longer than reconcileAfter, which is 6 hours, got 6 hours: younger originals are not looked at"],
    [{ reservedConcurrentExecutions: 1 }, "'reservedConcurrentExecutions' must be a whole number between 2 and 1000, got 1: Lambda polls a queue for at least two and at most a thousand runs at a time"],
    [{ maximumConcurrency: 1 }, "'maximumConcurrency' must be a whole number between 2 and 1000, got 1"],
    [{ maximumConcurrency: 1001 }, 'got 1001'],
    [{ maximumConcurrency: 5, reservedConcurrentExecutions: 4 }, "Stack/Photos: 'maximumConcurrency' must be at most reservedConcurrentExecutions, which is 4, got 5: Lambda would throttle the rest"],
  ])('%p, before creating anything', (props, message) => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new ThumbnailToWasabi(stack, 'Photos', {
      wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'x'), ...props,
    })).toThrow(message);
    expect(stack.node.findChild('Photos').node.children).toEqual([]);
  });

  test('nothing that is within bounds', () => {
    const taken: Partial<ThumbnailToWasabiProps>[] = [
      { archiveBucketName: 'abc' }, { archiveBucketName: 'a'.repeat(63) }, { archiveBucketName: 'a.b-c' }, { archiveBucketName: '1.2.3' },
      { archiveEndpoint: 'http://127.0.0.1:9000' }, { archiveEndpoint: 'http://localhost' }, { archiveEndpoint: 'http://[::1]:9000/' },
      { memorySize: Size.mebibytes(128), maxInputSize: Size.mebibytes(1) }, { memorySize: Size.mebibytes(10_240), maxInputSize: Size.gibibytes(1) },
      { timeout: Duration.seconds(10) }, { timeout: Duration.minutes(15) }, { reservedConcurrentExecutions: 2 },
      { maximumConcurrency: 2 }, { maximumConcurrency: 1000 }, { maximumConcurrency: 4, reservedConcurrentExecutions: 4 },
    ];
    for (const props of taken) expect(() => synth(() => props)).not.toThrow();
  });

  test('no token', () => {
    const number = Token.asNumber({ Ref: 'Number' });
    expect(() => synth(() => ({
      wasabiRegion: Token.asString({ Ref: 'Region' }),
      archiveBucketName: Token.asString({ Ref: 'Bucket' }),
      archiveEndpoint: Token.asString({ Ref: 'Endpoint' }),
      memorySize: Size.mebibytes(number),
      maxInputSize: Size.bytes(number),
      maxInputPixels: number,
      reservedConcurrentExecutions: number,
      maximumConcurrency: number,
    }))).not.toThrow();
  });
});

describe('warns', () => {
  test('of a region that Wasabi does not list', () => {
    Annotations.fromStack(build(() => ({ wasabiRegion: 'mars-north-1' })).stack).hasWarning(
      '/Stack/Photos', Match.stringLikeRegexp("wasabiRegion 'mars-north-1' is not among those that Wasabi listed.*ThumbnailToWasabi.UnknownWasabiRegion"));
  });

  test('not of a listed region, nor of that of another store', () => {
    for (const { stack } of [build(), build(() => ({ wasabiRegion: 'here', archiveEndpoint: 'https://minio.example.org' }))]) {
      Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('UnknownWasabiRegion'));
    }
  });

  test('of inputs that leave no memory for the picture', () => {
    Annotations.fromStack(build(() => ({ memorySize: Size.mebibytes(399) })).stack).hasWarning(
      '/Stack/Photos', Match.stringLikeRegexp('maxInputSize of 100 MiB is more than a quarter of the function\'s 399 MiB.*ThumbnailToWasabi.InputNearMemory'));
    Annotations.fromStack(build(() => ({ memorySize: Size.mebibytes(400) })).stack).hasNoWarning('*', Match.stringLikeRegexp('InputNearMemory'));
  });

  test('of more pixels than fit the memory, and of none by default', () => {
    const stack = build(() => ({ memorySize: Size.mebibytes(512), maxInputPixels: 100_000_000 })).stack;
    Annotations.fromStack(stack).hasWarning('/Stack/Photos', Match.stringLikeRegexp(
      'maxInputPixels of 100000000 and maxInputSize of 100 MiB can take 1119 MiB, at 8 bytes a pixel, and the function has 512 MiB: raise memorySize.*ThumbnailToWasabi.PixelsExceedMemory'));
    for (const props of [{}, { memorySize: Size.mebibytes(512) }, { memorySize: Size.mebibytes(1119), maxInputPixels: 100_000_000 }]) {
      Annotations.fromStack(build(() => props).stack).hasNoWarning('*', Match.stringLikeRegexp('PixelsExceedMemory'));
    }
    Annotations.fromStack(build(() => ({ memorySize: Size.mebibytes(1118), maxInputPixels: 100_000_000 })).stack).hasWarning('*', Match.stringLikeRegexp('PixelsExceedMemory'));
  });

  test.each([[512, `${156 * 2 ** 17}`], [1536, '100000000'], [10_240, '100000000']])('with %i MiB, as many pixels as fit', (mebibytes, pixels) => {
    Template.fromStack(build(() => ({ memorySize: Size.mebibytes(mebibytes) })).stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MAX_INPUT_PIXELS: pixels }) },
    });
  });

  test('of a timeout that a decoding may exceed', () => {
    Annotations.fromStack(build(() => ({ timeout: Duration.seconds(32) })).stack).hasWarning(
      '/Stack/Photos', Match.stringLikeRegexp('timeout of 32 seconds is less than the 33 that decoding one photo may take.*ThumbnailToWasabi.DecodingExceedsTimeout'));
    Annotations.fromStack(build(() => ({ timeout: Duration.seconds(33) })).stack).hasNoWarning('*', Match.stringLikeRegexp('DecodingExceedsTimeout'));
  });

  test('not of its own function\'s timeout', () => {
    Annotations.fromStack(build(() => ({ timeout: Duration.minutes(15) })).stack).hasNoWarning('*', Match.stringLikeRegexp('Visibility'));
  });
});

test('every part is reachable', () => {
  const { subject } = build();
  expect(subject).toMatchObject({
    dropbox: expect.any(Bucket), thumbnails: expect.any(Bucket), archiveBucketName: 'photoarchive', archiveEndpoint: 'https://s3.eu-central-1.wasabisys.com',
  });
  const { queue, photoFunction: fn, logGroup, uploadRules, errorAlarm, throttleAlarm } = subject;
  expect([queue, fn, logGroup, errorAlarm, throttleAlarm]).not.toContain(undefined);
  expect(uploadRules).toHaveLength(1);
  expect([subject.archiveFunction, subject.accessLogs, ...subject.deliveryAlarms]).not.toContain(undefined);
  expect(subject.regenerateFunction).toBeDefined();
  expect([subject.reconcilerFunction, subject.oldestOriginalAlarm, subject.reconcilerErrorAlarm]).not.toContain(undefined);
  expect([subject.failureAlarm, subject.givenUpAlarm]).not.toContain(undefined);
});

test('an operator may send failed photos back, and nothing else', () => {
  const { stack, subject } = build();
  subject.grantRedrive(new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() }));
  const [{ Action, Resource }, send, ...rest] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith('Operator')).flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  expect(Action).toContain('sqs:StartMessageMoveTask');
  expect(Resource).toEqual(stack.resolve(subject.queue.deadLetterQueue.queueArn));
  expect(send).toMatchObject({ Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], Resource: stack.resolve(subject.queue.queue.queueArn) });
  expect(rest).toEqual([]);
});
