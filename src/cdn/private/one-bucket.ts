import { Stack } from 'aws-cdk-lib';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Whether two buckets are known to be one: the same construct, or two of the same name, as imports may be. */
export function isOneBucket(scope: Construct, one: IBucket, other: IBucket | undefined): boolean {
  if (!other) return false;
  const name = (bucket: IBucket) => {
    const stack = Stack.of(scope);
    const given: unknown = stack.resolve((bucket.node.defaultChild as CfnBucket | undefined)?.bucketName); // one of this app, which is else referred to by its id
    return JSON.stringify(given ?? stack.resolve(bucket.bucketName));
  };
  return one === other || name(one) === name(other);
}
