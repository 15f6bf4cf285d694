import { App, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Binding, BindingTarget, CacheCapacity, EncryptedCache, IBinding, SecureQueue } from '../../src';
import { isolatedNetwork } from '../cache/encrypted-cache.variants';
import { AccessRule, Actor, call, overPlainHttp, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ROOT } from '../checks/policies';

const SECRETS_MANAGER = `secretsmanager.${REGION}.amazonaws.com`;
const OTHER_QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:mails`;
const OTHER_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:other-a1b2c3`;

/** What KMS is told by whoever asks it, through another service or not. */
const throughSecretsManager = { 'kms:ViaService': SECRETS_MANAGER };
const directly = { 'kms:ViaService': undefined };

function stackOfAccount(): Stack {
  return new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
}

/** The container of a task of its own, with some bindings: the application, and what starts it. */
function container(stack: Stack, id: string, ...bindings: IBinding[]) {
  const task = new FargateTaskDefinition(stack, id);
  const definition = task.addContainer('app', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  BindingTarget.container(definition, SecurityGroup.fromSecurityGroupId(stack, `${id}Group`, 'sg-12345678')).use(...bindings);
  return { task, starting: () => task.obtainExecutionRole() };
}

function lambdaFunction(stack: Stack, ...bindings: IBinding[]): Function {
  const fn = new Function(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0') });
  BindingTarget.lambdaFunction(fn).use(...bindings);
  return fn;
}

function buckets(): Scene {
  const stack = stackOfAccount();
  const encryptionKey = new Key(stack, 'Key');
  const [media, assets] = [new Bucket(stack, 'Media', { encryptionKey, versioned: true }), new Bucket(stack, 'Assets')];
  const web = container(stack, 'Web', Binding.bucketReadWrite(media, {}), Binding.bucketRead(assets, {}, { folder: 'static' }));
  const reader = container(stack, 'Reader', Binding.bucketRead(media, {}));

  const { template, valueOf } = valuesOf(stack);
  const [mediaArn, assetsArn, key] = [media.bucketArn, assets.bucketArn, encryptionKey.keyArn].map(valueOf);
  const [application, readerOnly] = [web, reader].map(({ task }, index) => new Actor(['an application', 'a reader'][index], valueOf(task.taskRole.roleArn)));
  const account = new Actor('the account', ROOT);
  const ecs = new Actor('ECS', 'ecs-tasks.amazonaws.com');

  const administering = (actor: Actor, bucket: string): AccessRule[] => [
    actor.mayNot(`change the policy of ${bucket}`, call('s3:PutBucketPolicy', bucket)),
    actor.mayNot(`change an access control list in ${bucket}`, call('s3:PutObjectAcl', `${bucket}/static/a.css`)),
    actor.mayNot(`remove an old version from ${bucket}`, call('s3:DeleteObjectVersion', `${bucket}/static/a.css`)),
    actor.mayNot(`suspend the versions of ${bucket}`, call('s3:PutBucketVersioning', bucket)),
    actor.mayNot(`let objects of ${bucket} expire`, call('s3:PutLifecycleConfiguration', bucket)),
    actor.mayNot(`delete ${bucket}`, call('s3:DeleteBucket', bucket)),
  ];
  return {
    name: 'Binding.bucketReadWrite and Binding.bucketRead',
    template,
    rules: [
      application.may('list the media', call('s3:ListBucket', mediaArn)),
      application.may('read a medium', call('s3:GetObject', `${mediaArn}/a.jpg`), call('kms:Decrypt', key)),
      application.may('write a medium', call('s3:PutObject', `${mediaArn}/a.jpg`), call('kms:GenerateDataKey', key)),
      application.may('give up a large medium', call('s3:AbortMultipartUpload', `${mediaArn}/a.mp4`)),
      application.may('delete a medium', call('s3:DeleteObject', `${mediaArn}/a.jpg`)),
      application.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)),
      application.mayNot('encrypt what is no medium', call('kms:Encrypt', key)),
      ...administering(application, mediaArn),

      application.may('be told that an asset is not there', call('s3:ListBucket', assetsArn)),
      application.may('read an asset', call('s3:GetObject', `${assetsArn}/static/a.css`)),
      application.mayNot('read what is beside the folder', call('s3:GetObject', `${assetsArn}/a.css`)),
      application.mayNot('read from a folder that begins likewise', call('s3:GetObject', `${assetsArn}/static-old/a.css`)),
      application.mayNot('write an asset', call('s3:PutObject', `${assetsArn}/static/a.css`)),
      application.mayNot('delete an asset', call('s3:DeleteObject', `${assetsArn}/static/a.css`)),
      ...administering(application, assetsArn),

      readerOnly.may('list the media', call('s3:ListBucket', mediaArn)),
      readerOnly.may('read a medium', call('s3:GetObject', `${mediaArn}/a.jpg`), call('kms:Decrypt', key)),
      readerOnly.mayNot('write a medium', call('s3:PutObject', `${mediaArn}/a.jpg`)),
      readerOnly.mayNot('delete a medium', call('s3:DeleteObject', `${mediaArn}/a.jpg`)),
      readerOnly.mayNot('encrypt with the key', call('kms:GenerateDataKey', key)),
      readerOnly.mayNot('read an asset', call('s3:GetObject', `${assetsArn}/static/a.css`)),
      ...administering(readerOnly, mediaArn),

      account.may('administer the key', call('kms:PutKeyPolicy', key)),
      ...[web, reader].map(({ task }) => ecs.may(`take the role of ${task.node.id}`, call('sts:AssumeRole', valueOf(task.taskRole.roleArn)))),
    ],
  };
}

function queues(): Scene {
  const stack = stackOfAccount();
  const jobs = new SecureQueue(stack, 'Jobs');
  const producer = container(stack, 'Producer', jobs.producerBinding({ url: 'QUEUE_URL' }));
  const worker = container(stack, 'Worker', jobs.workerBinding({ name: 'TASK_QUEUE_NAME' }));

  const { template, valueOf } = valuesOf(stack);
  const queue = valueOf(jobs.queue.queueArn);
  const [sending, working] = [producer, worker].map(({ task }, index) => new Actor(['a producer', 'a worker'][index], valueOf(task.taskRole.roleArn)));
  const [account, ecs] = [new Actor('the account', ROOT), new Actor('ECS', 'ecs-tasks.amazonaws.com')];
  const onQueue = (actor: Actor, sentence: string, action: string) => actor.may(sentence, call(`sqs:${action}`, queue));
  return {
    name: 'SecureQueue.workerBinding and producerBinding',
    template,
    unknownActions: ['sqs:SendMessageBatch', 'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'],
    rules: [
      ...[sending, working].flatMap((actor) => [
        onQueue(actor, 'send a message', 'SendMessage'), onQueue(actor, 'look the queue up', 'GetQueueUrl'), onQueue(actor, 'ask how long it is', 'GetQueueAttributes'),
        actor.mayNot('purge the queue', call('sqs:PurgeQueue', queue)),
        actor.mayNot('delete the queue', call('sqs:DeleteQueue', queue)),
        actor.mayNot('create a queue', call('sqs:CreateQueue', OTHER_QUEUE)),
        actor.mayNot('send to another queue', call('sqs:SendMessage', OTHER_QUEUE)),
      ]),
      onQueue(working, 'receive a message', 'ReceiveMessage'),
      onQueue(working, 'hold a message', 'ChangeMessageVisibility'),
      onQueue(working, 'delete a message', 'DeleteMessage'),
      working.may('list the queues of the account', call('sqs:ListQueues', '*')),
      sending.mayNot('receive a message', call('sqs:ReceiveMessage', queue)),
      sending.mayNot('delete a message', call('sqs:DeleteMessage', queue)),
      sending.mayNot('list the queues of the account', call('sqs:ListQueues', '*')),
      account.mayNot('send over plain HTTP', overPlainHttp(call('sqs:SendMessage', queue))),
      account.mayNot('send dead letters over plain HTTP', overPlainHttp(call('sqs:SendMessage', valueOf(jobs.deadLetterQueue.queueArn)))),
      ...[producer, worker].map(({ task }) => ecs.may(`take the role of ${task.node.id}`, call('sts:AssumeRole', valueOf(task.taskRole.roleArn)))),
    ],
  };
}

function secrets(): Scene {
  const stack = stackOfAccount();
  // Without logs: their condition on the key is on an encryption context, which the simulator does not know. A unit test has it to the letter.
  const cache = new EncryptedCache(stack, 'Cache', { vpc: isolatedNetwork(stack), capacity: CacheCapacity.serverless() });
  const mails = new Secret(stack, 'Mails');
  const web = container(stack, 'Web', Binding.secret(mails, 'MAIL_PASSWORD'), cache.binding({ url: 'REDIS_URL' }));
  const fn = lambdaFunction(stack, Binding.secret(mails, 'MAILS'));

  const { template, valueOf } = valuesOf(stack);
  const [mailsArn, url, credentials] = [mails, cache.secret, cache.credentials].map(({ secretArn }) => valueOf(secretArn));
  const key = valueOf(cache.encryptionKey.keyArn);
  const starting = new Actor('ECS, which starts the application,', valueOf(web.starting().roleArn));
  const application = new Actor('the application', valueOf(web.task.taskRole.roleArn));
  const handler = new Actor('the function', valueOf(fn.role!.roleArn));
  const account = new Actor('the account', ROOT);

  const read = (arn: string) => call('secretsmanager:GetSecretValue', arn);
  const administering = (actor: Actor, arn: string): AccessRule[] => [
    actor.mayNot(`change ${arn.split(':').at(-1)}`, call('secretsmanager:PutSecretValue', arn)),
    actor.mayNot(`delete ${arn.split(':').at(-1)}`, call('secretsmanager:DeleteSecret', arn)),
    actor.mayNot(`let others read ${arn.split(':').at(-1)}`, call('secretsmanager:PutResourcePolicy', arn)),
  ];
  const onKey = (action: string, context: object) => call(`kms:${action}`, key, { ...directly, ...context });
  return {
    name: 'Binding.secret and EncryptedCache.binding',
    template,
    rules: [
      starting.may('read the secrets of the application', read(mailsArn), read(url), onKey('Decrypt', throughSecretsManager)),
      starting.may('look the secrets up', call('secretsmanager:DescribeSecret', mailsArn), call('secretsmanager:DescribeSecret', url)),
      starting.mayNot('read what the cache keeps its password in', read(credentials)),
      starting.mayNot('read another secret', read(OTHER_SECRET)),
      starting.mayNot('decrypt but through Secrets Manager', onKey('Decrypt', {})),
      ...[mailsArn, url].flatMap((arn) => administering(starting, arn)),

      application.mayNot('read the secrets of its settings again', read(url)),
      application.mayNot('read those of others', read(OTHER_SECRET)),
      application.mayNot('decrypt with the key of the cache', onKey('Decrypt', throughSecretsManager)),

      handler.may('read its secret', read(mailsArn)),
      handler.may('look its secret up', call('secretsmanager:DescribeSecret', mailsArn)),
      handler.mayNot('read how to connect to the cache', read(url)),
      ...administering(handler, mailsArn),

      account.may('administer the key', onKey('PutKeyPolicy', {})),
      ...['Encrypt', 'Decrypt', 'ReEncryptFrom', 'GenerateDataKey', 'CreateGrant', 'DescribeKey'].map((action) =>
        account.may(`${action} with the key, through Secrets Manager`, onKey(action, throughSecretsManager))),
      ...[web.starting(), web.task.taskRole].map((role) =>
        new Actor('ECS', 'ecs-tasks.amazonaws.com').may(`take ${role.node.id}`, call('sts:AssumeRole', valueOf(role.roleArn)))),
      new Actor('Lambda', 'lambda.amazonaws.com').may('take the role of the function', call('sts:AssumeRole', valueOf(fn.role!.roleArn))),
      handler.may('log', call('logs:CreateLogGroup', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:fn`), ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) =>
        call(action, `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:fn:log-stream:x`))),
    ],
  };
}

export const SCENES: Scene[] = [buckets(), queues(), secrets()];
