import { CfnParameter, Duration, Size } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { arnOf, keysOf, photoFunction, resource, rolePolicy, synth } from './thumbnail-to-wasabi';
import { readConfig } from '../../lambda/photos/thumbnail/config';
import { ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabiProps } from '../../src';

describe('the photo function', () => {
  test('runs on arm64 with the newest Node.js, one processor and two minutes, out of the zip that ships', () => {
    expect(photoFunction(synth())).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 1536, Timeout: 120, Handler: 'index.handler' });
  });

  test('runs as it is told', () => {
    const template = synth(() => ({
      architecture: Architecture.X86_64, memorySize: Size.gibibytes(2), timeout: Duration.seconds(30), reservedConcurrentExecutions: 4,
    }));

    expect(photoFunction(template)).toMatchObject({ Architectures: ['x86_64'], MemorySize: 2048, Timeout: 30, ReservedConcurrentExecutions: 4 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 4 } });
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 180, RedrivePolicy: Match.objectLike({ maxReceiveCount: 10 }) });
    template.hasResourceProperties('AWS::Lambda::Function', { Description: Match.stringLikeRegexp('archive bucket'), Architectures: ['x86_64'] });
  });

  test('is started at most fifty times at once, unless more, or fewer, are asked for or set aside', () => {
    const most = (props: Partial<ThumbnailToWasabiProps>) =>
      Object.values(synth(() => props).findResources('AWS::Lambda::EventSourceMapping'))[0].Properties.ScalingConfig.MaximumConcurrency;
    expect(most({})).toBe(50);
    expect(most({ maximumConcurrency: 200 })).toBe(200);
    expect(most({ reservedConcurrentExecutions: 300 })).toBe(300);
    expect(most({ reservedConcurrentExecutions: 300, maximumConcurrency: 2 })).toBe(2);
  });

  test('knows how often a photo is tried, as its queue does', () => {
    const template = synth(() => ({ maxReceiveCount: 7 }));
    expect(photoFunction(template).Environment.Variables.MAX_RECEIVE_COUNT).toBe('7');
    template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.objectLike({ maxReceiveCount: 7 }) });
  });

  test('has a different zip for each processor', () => {
    const [arm, x86] = [synth(), synth(() => ({ architecture: Architecture.X86_64 }))].map((template) => photoFunction(template).Code.S3Key);
    expect(arm).not.toEqual(x86);
  });

  test('fails the photos that failed, not their batch', () => {
    synth().hasResourceProperties('AWS::Lambda::EventSourceMapping', { FunctionResponseTypes: ['ReportBatchItemFailures'], BatchSize: 10 });
  });

  test('takes uploads from the queue', () => {
    synth().hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PhotosQueue[0-9A-F]{8}$'), 'Arn'] },
      FunctionName: { Ref: Match.stringLikeRegexp('^PhotosPhotoFunction') },
    });
  });

  test('has a queue that hides a photo six times as long as a run may take', () => {
    synth().hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 720, RedrivePolicy: Match.anyValue() });
  });

  test('reads from its environment what the construct wrote there', () => {
    const variables = photoFunction(synth(() => ({
      thumbnails: [ThumbnailSpec.inside(256), ThumbnailSpec.cover(200, 100, { format: ThumbnailFormat.webp(70), name: 'card' }), ThumbnailSpec.width(640, { format: ThumbnailFormat.avif() })],
      archiveKeyPrefix: 'originals/',
      maxInputSize: Size.mebibytes(10),
      maxInputPixels: 1_000_000,
    }))).Environment.Variables;
    const deployed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : `deployed-${name}`]));

    expect(readConfig(deployed)).toMatchObject({
      thumbnailBucket: 'deployed-THUMBNAIL_BUCKET',
      archive: expect.objectContaining({ bucket: 'photoarchive', endpoint: 'https://s3.eu-central-1.wasabisys.com', region: 'eu-central-1', keyPrefix: 'originals/', secretId: 'demo/wasabi/access' }),
      deadLetterQueueUrl: 'deployed-DEAD_LETTER_QUEUE_URL',
      thumbnails: [
        { name: 'inside-256', fit: 'inside', width: 256, height: 256, format: 'source' },
        { name: 'card', fit: 'cover', width: 200, height: 100, format: 'webp', quality: 70 },
        { name: 'width-640', fit: 'inside', width: 640, format: 'avif' },
      ],
    });
    expect(deployed).toMatchObject({ MAX_INPUT_BYTES: '10485760', MAX_INPUT_PIXELS: '1000000', POWERTOOLS_SERVICE_NAME: 'Stack/Photos' });
  });

  test('keeps the key of the original for a single thumbnail, and a folder for a named one', () => {
    const specs = (thumbnails?: ThumbnailSpec[]) => JSON.parse(photoFunction(synth(() => ({ thumbnails }))).Environment.Variables.THUMBNAILS);

    expect(specs()).toEqual([{ fit: 'inside', width: 256, height: 256, format: 'source' }]);
    expect(specs([ThumbnailSpec.width(100, { name: 'web' })])).toEqual([{ name: 'web', fit: 'inside', width: 100, format: 'source' }]);
  });

  test('has no secret in its environment', () => {
    const { Variables } = photoFunction(synth()).Environment;
    expect(JSON.stringify(Variables)).not.toContain('resolve:secretsmanager');
    expect(Variables.ARCHIVE_SECRET_ID).toBe('demo/wasabi/access');
  });

  test('has no setting that it does not read', () => {
    const known = /^(THUMBNAIL_BUCKET|THUMBNAILS|ARCHIVE_(BUCKET|ENDPOINT|REGION|KEY_PREFIX|SECRET_ID)|DEAD_LETTER_QUEUE_URL|MAX_[A-Z_]+|POWERTOOLS_[A-Z_]+)$/;
    expect(Object.keys(photoFunction(synth()).Environment.Variables).filter((name) => !known.test(name))).toEqual([]);
  });

  test('finds a secret of which a partial ARN is known by its whole name', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi-access';
    const template = synth((stack) => ({ credentials: Secret.fromSecretPartialArn(stack, 'Partial', arn) }));
    expect(photoFunction(template).Environment.Variables.ARCHIVE_SECRET_ID).toBe('wasabi-access');
  });

  test('finds a secret by its complete ARN where that is known', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi-AbCdEf';
    const template = synth((stack) => ({ credentials: Secret.fromSecretCompleteArn(stack, 'Complete', arn) }));

    expect(photoFunction(template).Environment.Variables.ARCHIVE_SECRET_ID).toBe(arn);
    expect(resource(template, 'Custom::WasabiBucket', 'PhotosArchive').Properties.SecretId).toBe(arn);
  });

  test('finds a secret by its ARN where that is a token, of which no name can be made', () => {
    const template = synth((stack) => {
      const arn = new CfnParameter(stack, 'SecretArn').valueAsString;
      return { credentials: Secret.fromSecretPartialArn(stack, 'Partial', arn) };
    });
    expect(photoFunction(template).Environment.Variables.ARCHIVE_SECRET_ID).toEqual({ Ref: 'SecretArn' });
  });

  test('may do exactly what its steps need', () => {
    expect(rolePolicy(synth(), 'PhotosPhotoRoleDefaultPolicy').map(({ Action, Resource, Effect }) => ({ Action, Resource, Effect }))).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: arnOf('PhotosPhotoLogs') },
      {
        Effect: 'Allow',
        Resource: keysOf('PhotosDropbox', 'photos/*'),
        Action: ['s3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'],
      },
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], Resource: keysOf('PhotosThumbnails', 'photos/*') },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: [arnOf('PhotosDropbox'), arnOf('PhotosThumbnails')] },
      { Effect: 'Allow', Action: 's3:ListBucketVersions', Resource: arnOf('PhotosDropbox') },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('PhotosQueueDeadLetterQueue') },
      { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: expect.anything() },
      {
        Effect: 'Allow',
        Resource: arnOf('PhotosQueue'),
        Action: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
      },
    ]);
  });

  test('writes under the folders of its thumbnails only', () => {
    const statements = rolePolicy(synth(() => ({ thumbnails: [ThumbnailSpec.inside(1), ThumbnailSpec.inside(2, { name: 'b' })] })), 'PhotosPhotoRoleDefaultPolicy');
    expect(statements).toContainEqual(expect.objectContaining({
      Action: ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], Resource: [keysOf('PhotosThumbnails', 'inside-1/photos/*'), keysOf('PhotosThumbnails', 'b/photos/*')],
    }));
  });

  test('may use a customer key, once', () => {
    const statements = rolePolicy(synth((stack) => ({ encryptionKey: new Key(stack, 'Key') })), 'PhotosPhotoRoleDefaultPolicy');
    expect(statements.filter(({ Action }) => `${Action}`.includes('kms:GenerateDataKey'))).toEqual([
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: arnOf('Key') }),
    ]);
  });

  test('waits for the archive bucket', () => {
    expect(resource(synth(), 'AWS::Lambda::Function', 'PhotosPhotoFunction').DependsOn).toContainEqual(expect.stringMatching(/^PhotosArchive[0-9A-F]{8}$/));
  });
});
