import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { IConstruct } from 'constructs';
import { ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';
import { AccessRule, Actor, Alter, call, onBehalfOf, OTHER_ACCOUNT, overPlainHttp, overTls, Scene, valuesOf } from '../checks/access-rules';
import { emptyingAll, logDelivery, transport } from '../checks/bucket-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret`;
const PARTNER = `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`;
const GALLERY = `arn:aws:iam::${OTHER_ACCOUNT}:role/gallery`;
const OTHER_LOGS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/other`;

interface ArchiveVariant {
  readonly name: string;
  /** Where the thumbnails of photos/a.jpg are. */
  readonly thumbnailPrefixes: string[];
  readonly vary: (stack: Stack) => Partial<ThumbnailToWasabiProps>;
}

/** A photo archive with everybody that it can let in, its functions, and the services that act for it. */
function photoArchive({ name, thumbnailPrefixes, vary }: ArchiveVariant, alter?: Alter): Scene {
  // Only a stack that knows its account can tell that a role is of another one.
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const props = vary(stack);
  const subject = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'),
    ...props,
  });
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const roles = { uploader: role('Uploader'), reader: role('Reader'), archivist: role('Archivist'), backfiller: role('Backfiller'), operator: role('Operator'), bystander: role('Bystander') };
  subject.grantUpload(roles.uploader);
  subject.grantReadThumbnails(roles.reader);
  subject.grantReadArchive(roles.archivist);
  subject.grantBackfill(roles.backfiller);
  subject.grantRegenerateThumbnails(roles.operator);
  if (!props.dropbox) subject.grantUpload(Role.fromRoleArn(stack, 'Partner', PARTNER)); // the policy of an imported bucket is not ours
  subject.grantReadThumbnails(Role.fromRoleArn(stack, 'Gallery', GALLERY));

  const { template, valueOf } = valuesOf(stack, alter);
  const [dropbox, thumbnails] = [subject.dropbox, subject.thumbnails].map(({ bucketArn }) => valueOf(bucketArn));
  const accessLogs = subject.accessLogs && valueOf(subject.accessLogs.bucketArn);
  const [queue, deadLetters] = [subject.queue.queue, subject.queue.deadLetterQueue].map(({ queueArn }) => valueOf(queueArn));
  const key = props.encryptionKey && valueOf(props.encryptionKey.keyArn);
  const withKey = (...actions: string[]) => (key ? actions.map((action) => call(action, key)) : []);
  const walk = valueOf((subject.node.findChild('Reconciler').node.findChild('Walk') as StringParameter).parameterArn);
  const frameworkFunction = subject.node.findChild('Archive').node.findChild('Provider').node.findChild('framework-onEvent');
  const logGroupOf = ({ logGroupArn }: ILogGroup) => valueOf(logGroupArn).replace(/:\*$/, '');
  const roleOf = (fn: IConstruct) => valueOf((fn.node.defaultChild as CfnFunction).role);

  const actor = (what: string, { roleArn }: Role) => new Actor(what, valueOf(roleArn));
  const account = new Actor('the account', ROOT);
  const uploader = actor('an uploader', roles.uploader);
  const reader = actor('a reader', roles.reader);
  const archivist = actor('an archivist', roles.archivist);
  const partner = new Actor('an uploader of another account', PARTNER);
  const gallery = new Actor('a reader of another account', GALLERY);
  const photoFunction = new Actor('the photo function', roleOf(subject.photoFunction));
  const backfiller = actor('a backfiller', roles.backfiller);
  const reconciler = new Actor('the reconciler', roleOf(subject.reconcilerFunction));
  const operator = actor('an operator', roles.operator);
  const regenerate = new Actor('the function that queues archived photos', roleOf(subject.regenerateFunction));
  const archiveFunction = new Actor('the archive function', roleOf(subject.archiveFunction));
  const framework = new Actor('CDK\'s framework function', roleOf(frameworkFunction));
  const strangers = [
    actor('a bystander', roles.bystander), new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`),
  ];

  const put = call('s3:PutObject', `${dropbox}/photos/a.jpg`);
  const get = call('s3:GetObject', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`);
  const list = (prefix: string | undefined) => call('s3:ListBucket', thumbnails, { 's3:prefix': prefix });
  const readSecret = call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/access-AbC123`);

  const uploading = (who: Actor): AccessRule[] => [
    who.may('put photos/a.jpg', put, ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    who.may('put photos/2026/a.jpg over TLS 1.2', overTls('1.2', call('s3:PutObject', `${dropbox}/photos/2026/a.jpg`))),
    who.mayNot('put a.jpg', call('s3:PutObject', `${dropbox}/a.jpg`)),
    who.mayNot('put photos.jpg', call('s3:PutObject', `${dropbox}/photos.jpg`)),
    who.mayNot('put old/photos/a.jpg', call('s3:PutObject', `${dropbox}/old/photos/a.jpg`)),
    who.mayNot('read what it uploaded', call('s3:GetObject', `${dropbox}/photos/a.jpg`)),
    who.mayNot('read an old version of it', call('s3:GetObjectVersion', `${dropbox}/photos/a.jpg`)),
    who.mayNot('delete it', call('s3:DeleteObject', `${dropbox}/photos/a.jpg`)),
    who.mayNot('delete a version of it', call('s3:DeleteObjectVersion', `${dropbox}/photos/a.jpg`)),
    who.mayNot('tag it', call('s3:PutObjectTagging', `${dropbox}/photos/a.jpg`)),
    who.mayNot('publish it', call('s3:PutObjectAcl', `${dropbox}/photos/a.jpg`)),
    who.mayNot('list uploads', call('s3:ListBucket', dropbox)),
    who.mayNot('put a thumbnail', call('s3:PutObject', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('put into another bucket', call('s3:PutObject', 'arn:aws:s3:::other/photos/a.jpg')),
    who.mayNot('change the policy of the dropbox', call('s3:PutBucketPolicy', dropbox)),
    who.mayNot('send to the queue', call('sqs:SendMessage', queue)),
    who.mayNot('read the credentials of the archive', readSecret),
  ];

  const reading = (who: Actor): AccessRule[] => [
    ...thumbnailPrefixes.flatMap((prefix) => [
      who.may(`read ${prefix}a.jpg`, call('s3:GetObject', `${thumbnails}/${prefix}a.jpg`), ...withKey('kms:Decrypt')),
      who.may(`list ${prefix}`, list(prefix)),
    ]),
    who.may('list a folder of thumbnails', list(`${thumbnailPrefixes[0]}2026/`)),
    who.mayNot('list the whole bucket', list(undefined)),
    who.mayNot('list what begins with nothing', list('')),
    who.mayNot('list what else is in the bucket', list('invoices/')),
    who.mayNot('list old versions', call('s3:ListBucketVersions', thumbnails, { 's3:prefix': thumbnailPrefixes[0] })),
    who.mayNot('read what else is in the bucket', call('s3:GetObject', `${thumbnails}/invoices/a.jpg`)),
    who.mayNot('read an old version', call('s3:GetObjectVersion', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('read in the tags when its photo was uploaded', call('s3:GetObjectTagging', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('tag a thumbnail', call('s3:PutObjectTagging', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('put a thumbnail', call('s3:PutObject', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('delete a thumbnail', call('s3:DeleteObject', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    who.mayNot('read an upload', call('s3:GetObject', `${dropbox}/photos/a.jpg`)),
    who.mayNot('list uploads', call('s3:ListBucket', dropbox, { 's3:prefix': 'photos/' })),
    who.mayNot('read another bucket', call('s3:GetObject', 'arn:aws:s3:::other/photos/a.jpg')),
    who.mayNot('read the credentials of the archive', readSecret),
    ...(key ? [who.mayNot('encrypt with the key', call('kms:GenerateDataKey', key))] : []),
  ];

  const readingSecrets = (who: Actor): AccessRule[] => [
    who.may('read the credentials of the archive', readSecret),
    who.may('look at when they were changed', call('secretsmanager:DescribeSecret', `${SECRETS}:demo/wasabi/access-AbC123`)),
    who.mayNot('read a secret whose name goes on', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/accessory-AbC123`)),
    who.mayNot('read a secret whose name goes on after a hyphen', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/wasabi/access-old-AbC123`)),
    who.mayNot('read another secret', call('secretsmanager:GetSecretValue', `${SECRETS}:demo/database-AbC123`)),
    who.mayNot('read the namesake of another region', call('secretsmanager:GetSecretValue', readSecret.resource.replace(REGION, 'eu-west-1'))),
    who.mayNot('change the credentials', call('secretsmanager:PutSecretValue', readSecret.resource)),
    who.mayNot('delete the credentials', call('secretsmanager:DeleteSecret', readSecret.resource)),
  ];
  const keepingOffPhotos = (who: Actor): AccessRule[] => [
    who.mayNot('read an upload', call('s3:GetObjectVersion', `${dropbox}/photos/a.jpg`)),
    who.mayNot('put an upload', put),
    who.mayNot('read a thumbnail', get),
    who.mayNot('receive from the queue', call('sqs:ReceiveMessage', queue)),
  ];

  const logging = (who: Actor, logGroup: string): AccessRule[] => [
    who.may('open a log stream', call('logs:CreateLogStream', `${logGroup}:log-stream:2026`)),
    who.may('write its logs', call('logs:PutLogEvents', `${logGroup}:log-stream:2026`)),
    who.mayNot('write the logs of others', call('logs:PutLogEvents', `${OTHER_LOGS}:log-stream:2026`)),
    who.mayNot('create a log group', call('logs:CreateLogGroup', OTHER_LOGS)),
    who.mayNot('delete its logs', call('logs:DeleteLogGroup', logGroup)),
  ];

  const originalsMayLackVersions = props.dropbox !== undefined;
  const unversioned: [string, string][] = [
    ['read an upload', 's3:GetObject'], ['remove an upload', 's3:DeleteObject'],
    ['read the tags of an upload', 's3:GetObjectTagging'], ['tag an upload', 's3:PutObjectTagging'],
  ];
  const stepsOfThePhotoFunction: AccessRule[] = [
    photoFunction.may('receive uploads', call('sqs:ReceiveMessage', queue), ...withKey('kms:Decrypt')),
    photoFunction.may('hold an upload for longer', call('sqs:ChangeMessageVisibility', queue)),
    photoFunction.may('be done with an upload', call('sqs:DeleteMessage', queue)),
    photoFunction.may('look the queue up', call('sqs:GetQueueUrl', queue)),
    photoFunction.may('ask how the queue is set', call('sqs:GetQueueAttributes', queue)),
    photoFunction.may('read one version of an upload', call('s3:GetObjectVersion', `${dropbox}/photos/a.jpg`), ...withKey('kms:Decrypt')),
    photoFunction.may('remove one version of an upload', call('s3:DeleteObjectVersion', `${dropbox}/photos/a.jpg`)),
    photoFunction.may('read the tags of one version', call('s3:GetObjectVersionTagging', `${dropbox}/photos/a.jpg`)),
    photoFunction.may('tag one version', call('s3:PutObjectVersionTagging', `${dropbox}/photos/a.jpg`)),
    photoFunction.may('be told that an upload is gone', call('s3:ListBucket', dropbox), call('s3:ListBucketVersions', dropbox)),
    photoFunction.may('be told that there is no thumbnail yet', call('s3:ListBucket', thumbnails)),
    ...thumbnailPrefixes.flatMap((prefix) => [
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html: a write on condition of an ETag reads, too.
      photoFunction.may(`put ${prefix}a.jpg if it is as it was`,
        call('s3:PutObject', `${thumbnails}/${prefix}a.jpg`), call('s3:GetObject', `${thumbnails}/${prefix}a.jpg`), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
      photoFunction.may(`tag ${prefix}a.jpg as it puts it, and read that tag`,
        call('s3:PutObjectTagging', `${thumbnails}/${prefix}a.jpg`), call('s3:GetObjectTagging', `${thumbnails}/${prefix}a.jpg`)),
      photoFunction.mayNot(`tag an old version of ${prefix}a.jpg`, call('s3:PutObjectVersionTagging', `${thumbnails}/${prefix}a.jpg`)),
      photoFunction.mayNot(`delete ${prefix}a.jpg`, call('s3:DeleteObject', `${thumbnails}/${prefix}a.jpg`)),
    ]),
    ...[`arn:aws:events:${REGION}:${ACCOUNT}:event-bus/photos`].map((bus) => (props.eventBus
      ? photoFunction.may('tell of outcomes', call('events:PutEvents', bus))
      : photoFunction.mayNot('tell anybody of outcomes', call('events:PutEvents', bus)))),
    photoFunction.mayNot('put events on another bus', call('events:PutEvents', `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/orders`)),
    photoFunction.may('report a rejected upload', call('sqs:SendMessage', deadLetters), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    ...unversioned.map(([what, action]) => (originalsMayLackVersions
      ? photoFunction.may(`${what} that has no version`, call(action, `${dropbox}/photos/a.jpg`))
      : photoFunction.mayNot(`${what}, whichever version it is`, call(action, `${dropbox}/photos/a.jpg`)))),
    photoFunction.mayNot('read another upload than photos', call('s3:GetObjectVersion', `${dropbox}/invoices/a.pdf`)),
    photoFunction.mayNot('remove another upload than photos', call('s3:DeleteObjectVersion', `${dropbox}/invoices/a.pdf`)),
    photoFunction.mayNot('remove a version of a thumbnail', call('s3:DeleteObjectVersion', `${thumbnails}/photos/a.jpg`)),
    photoFunction.mayNot('upload', put),
    photoFunction.mayNot('tag what is no thumbnail', call('s3:PutObjectTagging', `${thumbnails}/invoices/a.jpg`)),
    photoFunction.mayNot('read the tags of what is no thumbnail', call('s3:GetObjectTagging', `${thumbnails}/invoices/a.jpg`)),
    photoFunction.mayNot('put what is no thumbnail', call('s3:PutObject', `${thumbnails}/invoices/a.jpg`)),
    photoFunction.mayNot('put into a bucket of AWS that has the name of the archive', call('s3:PutObject', 'arn:aws:s3:::photoarchive/photos/a.jpg')),
    photoFunction.mayNot('suspend the versions of the dropbox', call('s3:PutBucketVersioning', dropbox)),
    photoFunction.mayNot('expire uploads', call('s3:PutLifecycleConfiguration', dropbox)),
    photoFunction.mayNot('send to its own queue', call('sqs:SendMessage', queue)),
    photoFunction.mayNot('purge its queue', call('sqs:PurgeQueue', queue)),
    photoFunction.mayNot('receive from the dead-letter queue', call('sqs:ReceiveMessage', deadLetters)),
    photoFunction.mayNot('delete from the dead-letter queue', call('sqs:DeleteMessage', deadLetters)),
    photoFunction.mayNot('read an upload over plain HTTP', overPlainHttp(call('sqs:ReceiveMessage', queue))),
    ...readingSecrets(photoFunction), ...logging(photoFunction, logGroupOf(subject.logGroup)),
    ...(key ? [photoFunction.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key))] : []),
  ];

  const reconcilerArn = valueOf(subject.reconcilerFunction.functionArn);
  const stepsOfTheReconciler: AccessRule[] = [
    reconciler.may('list what stayed', call('s3:ListBucketVersions', dropbox)),
    reconciler.may('be told that an upload is gone', call('s3:ListBucket', dropbox)),
    reconciler.may('see whether a version was rejected', call('s3:GetObjectVersionTagging', `${dropbox}/photos/a.jpg`)),
    originalsMayLackVersions
      ? reconciler.may('see whether what has no version was rejected', call('s3:GetObjectTagging', `${dropbox}/photos/a.jpg`))
      : reconciler.mayNot('read tags, whichever version they are of', call('s3:GetObjectTagging', `${dropbox}/photos/a.jpg`)),
    reconciler.may('queue an upload', call('sqs:SendMessage', queue), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    reconciler.may('ask how long the queue is', call('sqs:GetQueueAttributes', queue)),
    reconciler.may('remember how far it came', call('ssm:PutParameter', walk), call('ssm:GetParameter', walk)),
    reconciler.mayNot('read the tags of what is no photo', call('s3:GetObjectVersionTagging', `${dropbox}/invoices/a.pdf`)),
    reconciler.mayNot('tag an upload', call('s3:PutObjectVersionTagging', `${dropbox}/photos/a.jpg`)),
    reconciler.mayNot('remove an upload', call('s3:DeleteObjectVersion', `${dropbox}/photos/a.jpg`)),
    reconciler.mayNot('hide an upload', call('s3:DeleteObject', `${dropbox}/photos/a.jpg`)),
    reconciler.mayNot('list thumbnails', list(thumbnailPrefixes[0])),
    reconciler.mayNot('purge the queue', call('sqs:PurgeQueue', queue)),
    reconciler.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),
    reconciler.mayNot('read another parameter', call('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/other`)),
    reconciler.mayNot('call itself', call('lambda:InvokeFunction', reconcilerArn)),
    reconciler.mayNot('read the credentials of the archive', readSecret),
    ...keepingOffPhotos(reconciler), ...logging(reconciler, logGroupOf(subject.reconcilerFunction.logGroup)),
    backfiller.may('start a backfill', call('lambda:InvokeFunction', reconcilerArn), call('lambda:InvokeFunction', `${reconcilerArn}:$LATEST`)),
    backfiller.mayNot('call a version of the reconciler', call('lambda:InvokeFunction', `${reconcilerArn}:1`)),
    backfiller.mayNot('call the photo function', call('lambda:InvokeFunction', valueOf(subject.photoFunction.functionArn))),
    backfiller.mayNot('change the reconciler', call('lambda:UpdateFunctionCode', reconcilerArn)),
    backfiller.mayNot('send to the queue', call('sqs:SendMessage', queue)),
    ...keepingOffPhotos(backfiller),
  ];

  const regenerateArn = valueOf(subject.regenerateFunction.functionArn);
  const makingThumbnailsAgain: AccessRule[] = [
    regenerate.may('queue an archived photo', call('sqs:SendMessage', queue), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    regenerate.may('ask how long the queue is', call('sqs:GetQueueAttributes', queue)),
    regenerate.mayNot('purge the queue', call('sqs:PurgeQueue', queue)),
    regenerate.mayNot('send to the dead-letter queue', call('sqs:SendMessage', deadLetters)),
    regenerate.mayNot('list uploads', call('s3:ListBucketVersions', dropbox)),
    regenerate.mayNot('remove an upload', call('s3:DeleteObjectVersion', `${dropbox}/photos/a.jpg`)),
    regenerate.mayNot('list thumbnails', list(thumbnailPrefixes[0])),
    regenerate.mayNot('put a thumbnail', call('s3:PutObject', `${thumbnails}/${thumbnailPrefixes[0]}a.jpg`)),
    regenerate.mayNot('call itself', call('lambda:InvokeFunction', regenerateArn)),
    ...readingSecrets(regenerate), ...keepingOffPhotos(regenerate), ...logging(regenerate, logGroupOf(subject.regenerateFunction.logGroup)),
    operator.may('have thumbnails made again', call('lambda:InvokeFunction', regenerateArn), call('lambda:InvokeFunction', `${regenerateArn}:$LATEST`)),
    operator.mayNot('call a version of the function', call('lambda:InvokeFunction', `${regenerateArn}:1`)),
    operator.mayNot('change the function', call('lambda:UpdateFunctionCode', regenerateArn)),
    operator.mayNot('start a backfill', call('lambda:InvokeFunction', reconcilerArn)),
    operator.mayNot('call the photo function', call('lambda:InvokeFunction', valueOf(subject.photoFunction.functionArn))),
    operator.mayNot('send to the queue', call('sqs:SendMessage', queue)),
    operator.mayNot('read the credentials of the archive', readSecret),
    ...keepingOffPhotos(operator),
    ...[backfiller, uploader, reader, archivist].map((who) => who.mayNot('have thumbnails made again', call('lambda:InvokeFunction', regenerateArn))),
  ];

  const archiveLogs = logGroupOf(subject.archiveFunction.logGroup);
  const archiveArn = valueOf(subject.archiveFunction.functionArn);
  const deploying: AccessRule[] = [
    ...readingSecrets(archiveFunction), ...keepingOffPhotos(archiveFunction), ...logging(archiveFunction, archiveLogs),
    archiveFunction.mayNot('create a bucket of AWS', call('s3:CreateBucket', 'arn:aws:s3:::photoarchive')),
    ...keepingOffPhotos(framework), ...logging(framework, archiveLogs),
    framework.may('call the archive function', call('lambda:InvokeFunction', archiveArn)),
    framework.may('call a version of the archive function', call('lambda:InvokeFunction', `${archiveArn}:1`)),
    framework.may('wait for the archive function', call('lambda:GetFunction', archiveArn)),
    framework.mayNot('call the photo function', call('lambda:InvokeFunction', valueOf(subject.photoFunction.functionArn))),
    framework.mayNot('change the archive function', call('lambda:UpdateFunctionCode', archiveArn)),
    framework.mayNot('read the credentials of the archive', readSecret),
  ];

  const functions = [photoFunction, reconciler, regenerate, archiveFunction, framework];
  const functionRoles = [
    subject.photoFunction, subject.reconcilerFunction, subject.regenerateFunction, subject.archiveFunction, frameworkFunction,
  ].map(roleOf);
  const trust: AccessRule[] = functionRoles.flatMap((roleArn) => [
    new Actor('Lambda', 'lambda.amazonaws.com').may(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn)),
    new Actor('ECS', 'ecs-tasks.amazonaws.com').mayNot(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn)),
    ...strangers.map((stranger) => stranger.mayNot(`take the role ${roleArn}`, call('sts:AssumeRole', roleArn))),
  ]);
  const rolesOfScene = Object.values(roles).map(({ node, roleArn }) =>
    new Actor('ECS', 'ecs-tasks.amazonaws.com').may(`take the role ${node.id}`, call('sts:AssumeRole', valueOf(roleArn))));

  const rule = subject.uploadRules[0];
  const events = new Actor('EventBridge', ...onBehalfOf('events.amazonaws.com', valueOf(rule.ruleArn)));
  const eventsOfOthers = new Actor('EventBridge for another account', ...onBehalfOf('events.amazonaws.com', valueOf(rule.ruleArn), OTHER_ACCOUNT));
  const routing: AccessRule[] = [
    events.may('report an upload', call('sqs:SendMessage', queue), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    events.may('park a report', call('sqs:SendMessage', deadLetters), ...withKey('kms:GenerateDataKey', 'kms:Decrypt')),
    eventsOfOthers.mayNot('report an upload', call('sqs:SendMessage', queue)),
    events.mayNot('read an upload', call('s3:GetObject', `${dropbox}/photos/a.jpg`)),
  ];

  return {
    name,
    template,
    rules: [
      ...uploading(uploader), ...(props.dropbox ? [] : uploading(partner)), ...reading(reader), ...reading(gallery),
      ...readingSecrets(archivist), ...keepingOffPhotos(archivist),
      ...stepsOfThePhotoFunction, ...stepsOfTheReconciler, ...makingThumbnailsAgain, ...deploying, ...trust, ...rolesOfScene, ...routing,
      ...(props.removalPolicy === RemovalPolicy.DESTROY ? emptyingAll(stack, valueOf, [dropbox, thumbnails, accessLogs!]) : []),
      ...(accessLogs ? logDelivery(accessLogs, [['Thumbnails', thumbnails], ...(props.dropbox ? [] : [['Dropbox', dropbox]] as [string, string][])]) : []),
      ...[...(props.dropbox ? [] : [dropbox]), thumbnails, ...(accessLogs ? [accessLogs] : [])].flatMap((bucket) => transport(account, bucket)),
      ...[queue, deadLetters].map((arn) => account.mayNot(`send to ${arn} over plain HTTP`, overPlainHttp(call('sqs:SendMessage', arn)))),
      ...(props.dropbox ? [] : [
        uploader.mayNot('put a photo over plain HTTP', overPlainHttp(put)),
        uploader.mayNot('put a photo over TLS 1.1', overTls('1.1', put)),
      ]),
      reader.mayNot('read a thumbnail over plain HTTP', overPlainHttp(get)),
      reader.mayNot('read a thumbnail over TLS 1.1', overTls('1.1', get)),
      ...(key ? [account.may('administer the key', call('kms:PutKeyPolicy', key))] : []),
      ...[...functions, uploader, reader, archivist].map((who) => who.mayNot('redrive the dead-letter queue', call('sqs:StartMessageMoveTask', deadLetters))),
      ...strangers.flatMap((stranger) => [
        stranger.mayNot('upload', put),
        stranger.mayNot('read an upload', call('s3:GetObject', `${dropbox}/photos/a.jpg`)),
        stranger.mayNot('read a thumbnail', get),
        stranger.mayNot('list thumbnails', list(thumbnailPrefixes[0])),
        stranger.mayNot('send to the queue', call('sqs:SendMessage', queue)),
        stranger.mayNot('start a backfill', call('lambda:InvokeFunction', reconcilerArn)),
        stranger.mayNot('have thumbnails made again', call('lambda:InvokeFunction', regenerateArn)),
        stranger.mayNot('read the credentials of the archive', readSecret),
      ]),
    ],
  };
}

const VARIANTS: ArchiveVariant[] = [
  { name: 'ThumbnailToWasabi', thumbnailPrefixes: ['photos/'], vary: () => ({}) },
  {
    name: 'ThumbnailToWasabi with a customer-managed key and two thumbnails',
    thumbnailPrefixes: ['small/photos/', 'card/photos/'],
    vary: (stack) => ({
      encryptionKey: new Key(stack, 'Key'),
      eventBus: EventBus.fromEventBusName(stack, 'Bus', 'photos'),
      thumbnails: [ThumbnailSpec.inside(256, { name: 'small' }), ThumbnailSpec.cover(400, 300, { name: 'card' })],
    }),
  },
  {
    name: 'ThumbnailToWasabi with an existing dropbox',
    thumbnailPrefixes: ['photos/'],
    vary: (stack) => ({ dropbox: Bucket.fromBucketName(stack, 'Existing', 'existing') }),
  },
  {
    name: 'ThumbnailToWasabi that goes with its stack',
    thumbnailPrefixes: ['photos/'],
    vary: () => ({ removalPolicy: RemovalPolicy.DESTROY }),
  },
];

export function photoScenes(alter?: Alter): Scene[] {
  return VARIANTS.map((variant) => photoArchive(variant, alter));
}

export const SCENES = photoScenes();
