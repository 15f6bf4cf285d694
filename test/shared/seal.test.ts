import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { seal, SealedProperties } from '../../src/shared/guards';

const QUEUE: SealedProperties = { 'AWS::SQS::Queue': ['redrivePolicy', 'sqsManagedSseEnabled'] };

function queueIn(scope: Construct): CfnQueue {
  return new CfnQueue(scope, 'Queue', { sqsManagedSseEnabled: true, tags: [{ key: 'team', value: 'photos' }] });
}

function subject(): Construct {
  return new Construct(new Stack(new App(), 'Stack'), 'Subject');
}

function errors(scope: Construct): string[] {
  return scope.node.root.node.findAll().flatMap(({ node }) => node.validate());
}

test('what is sealed cannot be taken back', () => {
  const scope = subject();
  const queue = queueIn(scope);
  seal(scope, QUEUE);
  queue.sqsManagedSseEnabled = false;
  expect(() => Template.fromStack(Stack.of(scope))).toThrow(
    /'sqsManagedSseEnabled' of Stack\/Subject\/Queue was true and became false by a mixin, an aspect or a later line, which takes a promise of this construct back/,
  );
});

test('the removal policy is sealed with each resource', () => {
  const scope = subject();
  const bucket = new CfnBucket(scope, 'Bucket');
  bucket.cfnOptions.deletionPolicy = 'Retain' as any;
  seal(scope, { 'AWS::S3::Bucket': [] });
  bucket.cfnOptions.deletionPolicy = 'Delete' as any;
  expect(errors(scope)).toEqual([expect.stringContaining('\'removalPolicy\' of Stack/Subject/Bucket was "Retain" and became "Delete"')]);
});

test('other properties, other types and other scopes are not sealed', () => {
  const scope = subject();
  const queue = queueIn(scope);
  const elsewhere = queueIn(new Construct(Stack.of(scope), 'Other'));
  const bucket = new CfnBucket(scope, 'Bucket', { accessControl: 'Private' });
  seal(scope, QUEUE);
  queue.delaySeconds = 5;
  queue.redrivePolicy = { maxReceiveCount: 3 }; // it had none
  elsewhere.sqsManagedSseEnabled = false;
  bucket.accessControl = 'PublicRead';
  expect(errors(scope)).toEqual([]);
});

test('what a part has sealed is sealed by the whole, and a change reported once', () => {
  const whole = subject();
  const part = new Construct(whole, 'Part');
  const queue = queueIn(part);
  seal(part, QUEUE);
  queue.redrivePolicy = { maxReceiveCount: 3 };
  seal(whole, QUEUE);
  queue.sqsManagedSseEnabled = false;
  queue.redrivePolicy = undefined;
  expect(errors(whole)).toEqual([
    expect.stringContaining('\'redrivePolicy\' of Stack/Subject/Part/Queue'), expect.stringContaining('\'sqsManagedSseEnabled\' of Stack/Subject/Part/Queue'),
  ]);
  expect(part.node.validate()).toEqual([]);
});

test('what the whole does not name stays sealed by the part', () => {
  const whole = subject();
  const part = new Construct(whole, 'Part');
  const queue = queueIn(part);
  seal(part, QUEUE);
  seal(whole, { 'AWS::SQS::Queue': ['redrivePolicy'] });
  queue.sqsManagedSseEnabled = false;
  expect(errors(whole)).toHaveLength(1);
  expect(part.node.validate()).toHaveLength(1);
});
