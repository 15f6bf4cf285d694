import { App, Aspects, Mixins, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, mixins } from 'aws-cdk-lib/aws-s3';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { SecureQueue, ThumbnailToWasabi } from '../../src';
import { ResourceChange } from '../checks/guard';
import { photos } from '../photos/thumbnail-to-wasabi.variants';

// What `seal` does for every construct. Which changes it refuses stands in `*.guards.ts`, and is tested by test/checks/guards.test.ts.

function synthWith(change: (stack: Stack, subject: ThumbnailToWasabi) => void): Template {
  const stack = new Stack(new App(), 'Stack');
  change(stack, photos(stack));
  return Template.fromStack(stack);
}

test('an aspect fails the synthesis like a mixin', () => {
  const insecure = new ResourceChange(CfnQueue, (queue) => queue.sqsManagedSseEnabled = false);
  expect(() => synthWith((stack) => Aspects.of(stack).add(insecure))).toThrow(/'sqsManagedSseEnabled' of Stack\/Subject\/Queue\/DeadLetterQueue\/Resource, Stack\/Subject\/Queue\/Queue\/Resource was true and became false/);
});

test('all changed resources are reported in one warning', () => {
  const stack = new Stack(new App(), 'Stack');
  photos(stack).with(new mixins.BucketVersioning(false));
  const buckets = ['AccessLogs', 'Dropbox', 'Thumbnails'].map((id) => `Stack/Subject/${id}/Resource`).join(', ');
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('GuaranteeOverridden'));
  expect(warnings.map(({ id, entry }) => `${id}: ${entry.data}`)).toEqual([
    expect.stringContaining(`/Stack/Subject: 'versioningConfiguration' of ${buckets} was {"status":"Enabled"} and became {"status":"Suspended"}: `),
  ]);
});

test('a mixin may add, and set a value again', () => {
  const statement = new PolicyStatement({ principals: [new ServicePrincipal('backup.amazonaws.com')], actions: ['s3:GetObject'], resources: ['*'] });
  const template = synthWith((stack, subject) => {
    Mixins.of(stack).apply(
      new mixins.BucketVersioning(), new mixins.BucketBlockPublicAccess(), new mixins.BucketPolicyStatements([statement]),
      new ResourceChange(CfnQueue, (queue) => queue.delaySeconds = 5),
    );
    subject.photoFunction.addEnvironment('TEAM', 'photos');
  });

  template.allResourcesProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
  template.allResourcesProperties('AWS::SQS::Queue', { DelaySeconds: 5 });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny' }), Match.objectLike({ Principal: { Service: 'backup.amazonaws.com' } })]) },
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ TEAM: 'photos', ARCHIVE_BUCKET: 'photoarchive' }) } });
});

test('another token of the same value is no change', () => {
  const template = synthWith((stack, subject) => {
    const { deadLetterQueue, queue } = subject.queue;
    const deadLetterTargetArn = stack.resolve(deadLetterQueue.queueArn);
    (queue.node.defaultChild as CfnQueue).redrivePolicy = { maxReceiveCount: 10, deadLetterTargetArn };
  });
  template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.objectLike({ maxReceiveCount: 10 }) });
});

test('addPropertyOverride remains the escape hatch', () => {
  const stack = new Stack(new App(), 'Stack');
  const { queue } = new SecureQueue(stack, 'Jobs');
  (queue.node.defaultChild as CfnQueue).addPropertyOverride('RedrivePolicy.maxReceiveCount', 7);
  Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.objectLike({ maxReceiveCount: 7 }) });
});

test('resources of the app outside our constructs may change', () => {
  const template = synthWith((stack) => {
    new Bucket(stack, 'Own', { versioned: true }).with(new mixins.BucketVersioning(false));
    new Queue(stack, 'OwnQueue').with(new ResourceChange(CfnQueue, (queue) => queue.sqsManagedSseEnabled = false));
  });
  template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Suspended' } });
});
