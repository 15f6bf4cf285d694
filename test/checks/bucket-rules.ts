import { CustomResourceProviderBase, Stack } from 'aws-cdk-lib';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT, overPlainHttp, overTls } from './access-rules';

/** S3 writes the logs of each bucket into a folder of their own, and those of no other bucket. */
export function logDelivery(accessLogs: string, folders: [string, string][]): AccessRule[] {
  const service = 'logging.s3.amazonaws.com';
  return folders.flatMap(([folder, bucket]) => {
    const write = call('s3:PutObject', `${accessLogs}/${folder}/2026-01-01`);
    const ours = new Actor(`log delivery for ${folder}`, ...onBehalfOf(service, bucket));
    const others = [
      new Actor('log delivery for another bucket', ...onBehalfOf(service, 'arn:aws:s3:::other')),
      new Actor(`log delivery for a namesake of ${folder} in another account`, ...onBehalfOf(service, bucket, OTHER_ACCOUNT)),
      new Actor('another service of S3', ...onBehalfOf('s3.amazonaws.com', bucket)),
    ];
    return [
      ours.may('write its logs', write),
      ours.mayNot('write outside of its folder', call('s3:PutObject', `${accessLogs}/Other/2026-01-01`)),
      ours.mayNot('read its logs', call('s3:GetObject', write.resource)),
      ours.mayNot('delete its logs', call('s3:DeleteObject', write.resource)),
      ours.mayNot('write over plain HTTP', overPlainHttp(write)),
      ours.mayNot('write over TLS 1.1', overTls('1.1', write)),
      ...others.map((actor) => actor.mayNot(`write the logs of ${folder}`, write)),
    ];
  });
}

/** What the function may do by which CDK empties the buckets that go with their stack. */
export function emptyingAll(stack: Stack, valueOf: (token: string) => string, buckets: string[]): AccessRule[] {
  const provider = stack.node.findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider') as CustomResourceProviderBase;
  const who = new Actor('the function that empties buckets', valueOf(provider.roleArn));
  return [
    ...buckets.flatMap((bucket) => emptying(who, bucket)),
    who.mayNot('empty another bucket', call('s3:DeleteObjectVersion', 'arn:aws:s3:::other/photos/a.jpg')),
    new Actor('Lambda', 'lambda.amazonaws.com').may('take the role of the function that empties buckets', call('sts:AssumeRole', valueOf(provider.roleArn))),
  ];
}

/** It looks, and deletes, and shuts the bucket for others meanwhile. */
function emptying(who: Actor, bucket: string): AccessRule[] {
  const photo = `${bucket}/photos/a.jpg`;
  return [
    who.may(`empty ${bucket}`, call('s3:ListBucketVersions', bucket), call('s3:DeleteObject', photo), call('s3:DeleteObjectVersion', photo)),
    who.may(`shut ${bucket} for others`, call('s3:GetBucketPolicy', bucket), call('s3:PutBucketPolicy', bucket)),
    who.mayNot(`read what is in ${bucket}`, call('s3:GetObject', photo)),
    who.mayNot(`put into ${bucket}`, call('s3:PutObject', photo)),
    who.mayNot(`delete ${bucket} itself`, call('s3:DeleteBucket', bucket)),
    who.mayNot(`empty ${bucket} over plain HTTP`, overPlainHttp(call('s3:DeleteObjectVersion', photo))),
  ];
}

/** Nobody is above these denials, and nobody is locked out by them. */
export function transport(account: Actor, bucket: string): AccessRule[] {
  return [call('s3:GetObject', `${bucket}/any`), call('s3:ListBucket', bucket, { 's3:prefix': '' })].flatMap((request) => [
    account.may(`ask for ${request.action} on ${request.resource} over TLS 1.2`, overTls('1.2', request)),
    account.mayNot(`ask for ${request.action} on ${request.resource} over TLS 1.1`, overTls('1.1', request)),
    account.mayNot(`ask for ${request.action} on ${request.resource} over plain HTTP`, overPlainHttp(request)),
  ]);
}
