import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PhotoRestore, ThumbnailToWasabi } from '../../src';
import { AccessRule, Actor, call, OTHER_ACCOUNT, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY } from '../checks/policies';

const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret`;
const DROPBOX = 'arn:aws:s3:::dropbox';
const OTHER_LOGS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/other`;

/** A restore in a stack of its own, so that what it may do is all that the stack allows: of the archive it knows names only. */
function photoRestore(name: string, encrypted: boolean): Scene {
  const app = new App();
  const env = { account: ACCOUNT, region: REGION };
  const there = new Stack(app, 'There', { env });
  const photos = new ThumbnailToWasabi(there, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(there, 'Wasabi', 'demo/wasabi/access'),
    dropbox: Bucket.fromBucketName(there, 'Dropbox', 'dropbox'),
  });
  const stack = new Stack(app, 'Stack', { env });
  const destination = new Bucket(stack, 'Restored', { encryptionKey: encrypted ? new Key(stack, 'Key') : undefined });
  const subject = new PhotoRestore(stack, 'Restore', { photos, destination, credentials: Secret.fromSecretNameV2(stack, 'ReadOnly', 'demo/wasabi/read-only') });
  const operatorRole = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const bystanderRole = new Role(stack, 'Bystander', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  subject.grantRestore(operatorRole);

  const { template, valueOf } = valuesOf(stack);
  const restored = valueOf(destination.bucketArn);
  const key = destination.encryptionKey && valueOf(destination.encryptionKey.keyArn);
  const fn = valueOf(subject.restoreFunction.functionArn);
  const roleArn = valueOf((subject.restoreFunction.node.defaultChild as CfnFunction).role);
  const logGroup = valueOf(subject.logGroup.logGroupArn).replace(/:\*$/, '');
  const withKey = (...actions: string[]) => (key ? actions.map((action) => call(action, key)) : []);

  const restore = new Actor('the restore function', roleArn);
  const operator = new Actor('an operator', valueOf(operatorRole.roleArn));
  const bystander = new Actor('a bystander', valueOf(bystanderRole.roleArn));
  const strangers = [bystander, new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`)];
  const ecs = new Actor('ECS', 'ecs-tasks.amazonaws.com');

  const rules: AccessRule[] = [
    restore.may('put an original, with the tag that tells it apart',
      call('s3:PutObject', `${restored}/photos/a.jpg`), call('s3:PutObjectTagging', `${restored}/photos/a.jpg`), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    restore.may('give up an original', call('s3:AbortMultipartUpload', `${restored}/photos/a.jpg`)),
    restore.may('see whether an original is there', call('s3:GetObjectTagging', `${restored}/photos/a.jpg`), call('s3:ListBucket', restored)),
    restore.may('read its credentials', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/read-only-AbC123`)),
    restore.may('look at when they were changed', call('secretsmanager:DescribeSecret', `${SECRETS}:demo/wasabi/read-only-AbC123`)),
    restore.may('open a log stream', call('logs:CreateLogStream', `${logGroup}:log-stream:2026`)),
    restore.may('write its logs', call('logs:PutLogEvents', `${logGroup}:log-stream:2026`)),
    restore.mayNot('read what it restored', call('s3:GetObject', `${restored}/photos/a.jpg`)),
    restore.mayNot('delete what it restored', call('s3:DeleteObject', `${restored}/photos/a.jpg`)),
    restore.mayNot('put into another bucket', call('s3:PutObject', 'arn:aws:s3:::other/photos/a.jpg')),
    restore.mayNot('put into the dropbox', call('s3:PutObject', `${DROPBOX}/photos/a.jpg`)),
    restore.mayNot('read an upload', call('s3:GetObjectVersion', `${DROPBOX}/photos/a.jpg`)),
    restore.mayNot('list uploads', call('s3:ListBucketVersions', DROPBOX)),
    restore.mayNot('send to a queue', call('sqs:SendMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:photos`)),
    restore.mayNot('read the credentials of the archive', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/access-AbC123`)),
    restore.mayNot('change its credentials', call('secretsmanager:PutSecretValue', `${SECRETS}:demo/wasabi/read-only-AbC123`)),
    restore.mayNot('write the logs of others', call('logs:PutLogEvents', `${OTHER_LOGS}:log-stream:2026`)),
    ...(key ? [restore.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)), new Actor('the account', `arn:aws:iam::${ACCOUNT}:root`).may('administer the key', call('kms:PutKeyPolicy', key))] : []),
    operator.may('restore', call('lambda:InvokeFunction', fn), call('lambda:InvokeFunction', `${fn}:$LATEST`)),
    operator.mayNot('call a version of the function', call('lambda:InvokeFunction', `${fn}:1`)),
    operator.mayNot('change the function', call('lambda:UpdateFunctionCode', fn)),
    operator.mayNot('read what was restored', call('s3:GetObject', `${restored}/photos/a.jpg`)),
    operator.mayNot('read the credentials', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/read-only-AbC123`)),
    ...strangers.map((stranger) => stranger.mayNot('restore', call('lambda:InvokeFunction', fn))),
    ...strangers.map((stranger) => stranger.mayNot(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn))),
    new Actor('Lambda', 'lambda.amazonaws.com').may(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn)),
    ecs.mayNot(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn)),
    ...[operatorRole, bystanderRole].map((role) => ecs.may(`take the role ${role.node.id}`, call('sts:AssumeRole', valueOf(role.roleArn)))),
  ];
  return { name, template, rules };
}

export const SCENES: Scene[] = [
  photoRestore('PhotoRestore', false),
  photoRestore('PhotoRestore into an encrypted bucket', true),
];
