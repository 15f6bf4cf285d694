import { Duration, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { arnOf, build, keysOf, resource, rolePolicy, synth, Vary } from './thumbnail-to-wasabi';
import { readConfig as readReconcilerConfig } from '../../lambda/photos/reconciler/config';
import { NO_WALK } from '../../lambda/photos/reconciler/walk-memory';
import { ThumbnailToWasabiProps } from '../../src';

describe('the reconciler', () => {
  const reconciler = (template: Template) => resource(template, 'AWS::Lambda::Function', 'PhotosReconcilerFunction').Properties;
  const deployed = (variables: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : `deployed-${name}`]));
  const statements = (vary?: Vary) => rolePolicy(synth(vary), 'PhotosReconcilerRoleDefaultPolicy');

  test('runs once in every hour, by its schedule alone', () => {
    const template = synth();
    const rule = resource(template, 'AWS::Events::Rule', 'PhotosReconcilerSchedule');

    expect(rule.Properties).toMatchObject({ ScheduleExpression: 'cron(30 * * * ? *)', State: 'ENABLED', Targets: [{ Arn: arnOf('PhotosReconcilerFunction') }] });
    expect(resource(template, 'AWS::Lambda::Permission', 'PhotosReconcilerFunctionSchedule').Properties).toEqual({
      Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com', FunctionName: arnOf('PhotosReconcilerFunction'), SourceArn: arnOf('PhotosReconcilerSchedule'),
    });
  });

  test('reads from its environment what the construct wrote there', () => {
    const { Environment, Runtime, Architectures, Timeout } = reconciler(synth(() => ({ uploadPrefix: 'in/', uploadSuffixes: ['.jpg'], architecture: Architecture.X86_64 })));

    expect(readReconcilerConfig(deployed(Environment.Variables))).toEqual({
      dropbox: 'deployed-DROPBOX',
      uploadPrefix: 'in/',
      uploadSuffixes: ['.jpg'],
      dropboxIsOlderThanQueue: false,
      photoQueueUrl: 'deployed-PHOTO_QUEUE_URL',
      walkParameter: 'deployed-WALK_PARAMETER',
      deadlineHours: 6,
    });
    expect({ Runtime, Architectures, Timeout }).toEqual({ Runtime: 'nodejs24.x', Architectures: ['x86_64'], Timeout: 300 });
  });

  test('takes everything for an upload where no suffix is given', () => {
    expect(readReconcilerConfig(deployed(reconciler(synth()).Environment.Variables))).toMatchObject({ uploadPrefix: 'photos/', uploadSuffixes: [] });
  });

  test('leaves what a dropbox held before to backfills', () => {
    const { Variables } = reconciler(synth((stack) => ({ dropbox: new Bucket(stack, 'In') }))).Environment;
    expect(readReconcilerConfig(deployed(Variables)).dropboxIsOlderThanQueue).toBe(true);
  });

  test('has a memory that is, between walks, as it was deployed', () => {
    synth().hasResourceProperties('AWS::SSM::Parameter', { Type: 'String', Value: NO_WALK, Name: Match.absent() });
  });

  test('may list uploads, read their tags, and send to the queue; and neither read, write, tag nor remove a photo', () => {
    expect(statements().flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObjectVersionTagging', 's3:ListBucket', 's3:ListBucketVersions', 'sqs:GetQueueAttributes', 'sqs:SendMessage',
      'ssm:GetParameter', 'ssm:PutParameter',
    ]);
    expect(statements()).toContainEqual({ Effect: 'Allow', Action: 's3:GetObjectVersionTagging', Resource: keysOf('PhotosDropbox', 'photos/*') });
    expect(statements()).toContainEqual({ Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], Resource: arnOf('PhotosQueue') });
  });

  test('may use the key of the queue, and read the tags of what has no versions in an existing dropbox', () => {
    const varied = statements((stack) => ({ encryptionKey: new Key(stack, 'Key'), dropbox: new Bucket(stack, 'In', { encryptionKey: new Key(stack, 'Theirs') }) }));
    expect(varied).toContainEqual({ Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: arnOf('Key') });
    expect(varied).toContainEqual({ Effect: 'Allow', Action: ['s3:GetObjectVersionTagging', 's3:GetObjectTagging'], Resource: keysOf('In', 'photos/*') });
    expect(JSON.stringify(varied)).not.toContain('Theirs'); // it reads no photo
  });

  test('may be called for backfills by whom that is granted', () => {
    const { stack, subject } = build();
    subject.grantBackfill(new Role(stack, 'Backfiller', { assumedBy: new AccountRootPrincipal() }));
    expect(rolePolicy(Template.fromStack(stack), 'BackfillerDefaultPolicy')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [{ 'Fn::Join': ['', [arnOf('PhotosReconcilerFunction'), ':$LATEST']] }, arnOf('PhotosReconcilerFunction')],
      },
    ]);
  });

  const deadlines = (props?: Partial<ThumbnailToWasabiProps>) => {
    const template = synth(() => props ?? {});
    return [reconciler(template).Environment.Variables.DEADLINE_HOURS, resource(template, 'AWS::CloudWatch::Alarm', 'PhotosOldestOriginalAlarm').Properties.Threshold / 3600];
  };

  test('takes an event for lost four hours after a photo would have been parked, and alarms when queueing again did not help', () => {
    expect(deadlines()).toEqual(['6', 14]);
    expect(deadlines({ timeout: Duration.minutes(15) })).toEqual(['19', 40]);
    expect(deadlines({ timeout: Duration.seconds(50), maxReceiveCount: 1 })).toEqual(['5', 12]);
    expect(deadlines({ maxReceiveCount: Token.asNumber({ Ref: 'Count' }) })).toEqual(['24', 50]);
  });

  test('takes other deadlines', () => {
    expect(deadlines({ reconcileAfter: Duration.hours(3) })).toEqual(['3', 8]);
    expect(deadlines({ reconcileAfter: Duration.minutes(180), maximumOriginalAge: Duration.minutes(181) })).toEqual(['3', 181 / 60]);
  });
});
