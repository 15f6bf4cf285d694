import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { arnOf, build, resource, rolePolicy, synth, Vary } from './thumbnail-to-wasabi';
import { readConfig } from '../../lambda/photos/regenerate/config';
import { StageProfile } from '../../src';

describe('the function that queues archived photos', () => {
  const regenerate = (template: Template) => resource(template, 'AWS::Lambda::Function', 'PhotosRegenerateFunction').Properties;
  const statements = (vary?: Vary) => rolePolicy(synth(vary), 'PhotosRegenerateRoleDefaultPolicy');

  test('reads from its environment what the construct wrote there', () => {
    const { Environment, Runtime, Architectures, Timeout } = regenerate(synth(() => ({
      uploadPrefix: 'in/', archiveKeyPrefix: 'originals/', archiveEndpoint: 'https://storage.example.org', architecture: Architecture.X86_64,
    })));
    expect(readConfig(Environment.Variables)).toEqual({
      archive: { bucket: 'photoarchive', endpoint: 'https://storage.example.org', region: 'eu-central-1', keyPrefix: 'originals/', secretId: 'demo/wasabi/access' },
      sourceBucket: { Ref: expect.stringMatching(/^PhotosDropbox/) },
      uploadPrefix: 'in/',
      photoQueueUrl: { Ref: expect.stringMatching(/^PhotosQueue[0-9A-F]{8}$/) },
    });
    expect({ Runtime, Architectures, Timeout }).toEqual({ Runtime: 'nodejs24.x', Architectures: ['x86_64'], Timeout: 300 });
  });

  test('may read the credentials and send to the queue, and nothing of dropbox and thumbnails', () => {
    expect(statements().flatMap(({ Action }) => Action).sort()).toEqual([
      'logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'sqs:GetQueueAttributes', 'sqs:SendMessage',
    ]);
    expect(statements()).toContainEqual({ Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], Resource: arnOf('PhotosQueue') });
    expect(JSON.stringify(statements())).not.toMatch(/PhotosDropbox|PhotosThumbnails/);
  });

  test('may use the key of the queue', () => {
    expect(statements((stack) => ({ encryptionKey: new Key(stack, 'Key') }))).toContainEqual({ Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: arnOf('Key') });
  });

  test('is called by nothing but by whom that is granted', () => {
    const { stack, subject } = build();
    subject.grantRegenerateThumbnails(new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() }));
    const template = Template.fromStack(stack);
    expect(rolePolicy(template, 'OperatorDefaultPolicy')).toEqual([{
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: [{ 'Fn::Join': ['', [arnOf('PhotosRegenerateFunction'), ':$LATEST']] }, arnOf('PhotosRegenerateFunction')],
    }]);
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties.FunctionName)).not.toContainEqual(arnOf('PhotosRegenerateFunction'));
    expect(subject.regenerateFunction.functionName).toEqual(expect.any(String));
  });

  test('keeps its logs as the profile says', () => {
    const logs = (template: Template) => resource(template, 'AWS::Logs::LogGroup', 'PhotosRegenerateLogs');
    expect(logs(synth())).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'RetainExceptOnCreate' });
    expect(logs(synth(undefined, StageProfile.ephemeral()))).toMatchObject({ Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  });
});
