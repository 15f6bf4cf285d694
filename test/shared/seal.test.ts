import { Annotations, App, RemovalPolicies, Stack } from 'aws-cdk-lib';
import { Annotations as Said, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { changeSealed, seal, SealedProperties } from '../../src/shared/guards';

const QUEUE: SealedProperties = { 'AWS::SQS::Queue': { refuse: ['sqsManagedSseEnabled'], warn: ['redrivePolicy'] } };

function queueIn(scope: Construct, id = 'Queue'): CfnQueue {
  return new CfnQueue(scope, id, { sqsManagedSseEnabled: true, redrivePolicy: { maxReceiveCount: 3 }, tags: [{ key: 'team', value: 'photos' }] });
}

function subject(): Construct {
  return new Construct(new Stack(new App(), 'Stack'), 'Subject');
}

function errors(scope: Construct): string[] {
  return scope.node.root.node.findAll().flatMap(({ node }) => node.validate());
}

function warnings(scope: Construct): string[] {
  expect(errors(scope)).toEqual([]);
  return scope.node.root.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => `${node.path}: ${data}`));
}

test('a change that exposes something fails the synthesis', () => {
  const scope = subject();
  const queue = queueIn(scope);
  seal(scope, QUEUE);
  queue.sqsManagedSseEnabled = false;
  expect(() => Template.fromStack(Stack.of(scope))).toThrow(
    'Validation failed with the following errors:\n  [Stack/Subject] \'sqsManagedSseEnabled\' of Stack/Subject/Queue was true and became false: a mixin, an aspect or a later line overrides what keeps this construct secure.',
  );
});

test('another change is a warning, which can be acknowledged', () => {
  const scope = subject();
  const queue = queueIn(scope);
  seal(scope, QUEUE);
  queue.redrivePolicy = { maxReceiveCount: 5 };
  const text = '\'redrivePolicy\' of Stack/Subject/Queue was {"maxReceiveCount":3} and became {"maxReceiveCount":5}: a mixin, an aspect or a later line overrides a default of ' +
    'this construct. Use the construct\'s props where it has one, or acknowledge this [ack: cdk-mainstay:GuaranteeOverridden]';
  Said.fromStack(Stack.of(scope)).hasWarning('/Stack/Subject', text);
  Annotations.of(scope).acknowledgeWarning('cdk-mainstay:GuaranteeOverridden');
  expect(warnings(scope)).toEqual([]);
});

test('the removal policy is sealed with each resource, and named as users name it', () => {
  const scope = subject();
  for (const id of ['One', 'Two', 'Three', 'Four', 'Five']) new CfnBucket(scope, id).cfnOptions.deletionPolicy = 'RetainExceptOnCreate' as any;
  seal(scope, { 'AWS::S3::Bucket': {} });
  RemovalPolicies.of(scope.node.root).destroy();
  Said.fromStack(Stack.of(scope)).hasWarning('/Stack/Subject', Match.stringLikeRegexp(
    '^\'removalPolicy\' of Stack/Subject/One, Stack/Subject/Two, Stack/Subject/Three and 2 more was RETAIN_ON_UPDATE_OR_DELETE and became DESTROY: ',
  ));
});

test.each([['Retain', 'RETAIN'], ['Snapshot', 'SNAPSHOT'], [undefined, 'not set']])('a removal policy %s is reported as %s', (now, word) => {
  const scope = subject();
  const bucket = new CfnBucket(scope, 'Bucket');
  bucket.cfnOptions.deletionPolicy = 'Delete' as any;
  seal(scope, { 'AWS::S3::Bucket': {} });
  bucket.cfnOptions.deletionPolicy = now as any;
  expect(warnings(scope)).toEqual([expect.stringContaining(`was DESTROY and became ${word}: `)]);
});

test('a construct has one error or one warning, whatever changed', () => {
  const scope = subject();
  const queues = ['One', 'Two'].map((id) => queueIn(scope, id));
  seal(scope, QUEUE);
  queues[0].redrivePolicy = { maxReceiveCount: 1 };
  queues[1].redrivePolicy = { maxReceiveCount: 2 };
  expect(warnings(scope)).toEqual([expect.stringMatching(/^Stack\/Subject: 'redrivePolicy' of Stack\/Subject\/One was .*; 'redrivePolicy' of Stack\/Subject\/Two was /)]);
  queues.forEach((queue) => queue.sqsManagedSseEnabled = undefined);
  expect(errors(scope)).toEqual([expect.stringMatching(/^'sqsManagedSseEnabled' of Stack\/Subject\/One, Stack\/Subject\/Two was true and became not set: /)]);
});

test('other properties, other types and other scopes are not sealed', () => {
  const scope = subject();
  const queue = queueIn(scope);
  const elsewhere = queueIn(new Construct(Stack.of(scope), 'Other'));
  const bucket = new CfnBucket(scope, 'Bucket', { accessControl: 'Private' });
  seal(scope, { 'AWS::SQS::Queue': { ...QUEUE['AWS::SQS::Queue'], warn: ['redriveAllowPolicy'] } });
  queue.delaySeconds = 5;
  queue.redriveAllowPolicy = { redrivePermission: 'denyAll' }; // it had none
  elsewhere.sqsManagedSseEnabled = false;
  bucket.accessControl = 'PublicRead';
  expect(warnings(scope)).toEqual([]);
});

test('a switch that is on where nothing is set is sealed, too', () => {
  const scope = subject();
  const alarm = new CfnAlarm(scope, 'Alarm', { comparisonOperator: 'GreaterThanThreshold', evaluationPeriods: 1 });
  seal(scope, { 'AWS::CloudWatch::Alarm': { warn: ['actionsEnabled'] } });
  alarm.actionsEnabled = true;
  expect(warnings(scope)).toEqual([]);
  alarm.actionsEnabled = false;
  expect(warnings(scope)).toEqual([expect.stringContaining('\'actionsEnabled\' of Stack/Subject/Alarm was true and became false')]);
});

describe('a path into a property', () => {
  const BUCKET: SealedProperties = {
    'AWS::S3::Bucket': { refuse: ['websiteConfiguration/redirectAllRequestsTo'], warn: ['websiteConfiguration'] },
  };
  const website = (protocol: string, errorDocument: string) => ({ redirectAllRequestsTo: { hostName: 'example.com', protocol }, errorDocument });
  const bucketOf = (scope: Construct) => {
    const bucket = new CfnBucket(scope, 'Bucket', { websiteConfiguration: website('https', 'error.html') });
    seal(scope, BUCKET);
    return bucket;
  };

  test('is refused by itself', () => {
    const scope = subject();
    bucketOf(scope).websiteConfiguration = website('http', 'error.html');
    expect(errors(scope)).toEqual([expect.stringMatching(/^'redirectAllRequestsTo' of Stack\/Subject\/Bucket was {"hostName":"example.com","protocol":"https"} and became {"hostName":"example.com","protocol":"http"}: /)]);
  });

  test('leaves what is beside it to a warning', () => {
    const scope = subject();
    bucketOf(scope).websiteConfiguration = website('https', 'oops.html');
    expect(warnings(scope)).toEqual([expect.stringContaining('\'websiteConfiguration\' of Stack/Subject/Bucket was ')]);
  });

  test('is missed where the property is gone', () => {
    const scope = subject();
    bucketOf(scope).websiteConfiguration = undefined;
    expect(errors(scope)).toEqual([expect.stringContaining('\'redirectAllRequestsTo\' of Stack/Subject/Bucket was ')]);
  });
});

describe('a statement that is added to a sealed policy', () => {
  const errorsWith = (statement: object) => {
    const scope = subject();
    const policyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] };
    const policy = new CfnBucketPolicy(scope, 'Policy', { bucket: 'photos', policyDocument });
    seal(scope, { 'AWS::S3::BucketPolicy': { refuse: ['policyDocument'] } });
    policy.policyDocument = { ...policyDocument, Statement: [...policyDocument.Statement, { Action: 's3:GetObject', Resource: '*', ...statement }] };
    return errors(scope);
  };

  test.each([['*'], [{ AWS: '*' }], [{ AWS: ['111122223333', '*'] }]])('and allows everybody, as %j, fails the synthesis', (Principal) => {
    expect(errorsWith({ Effect: 'Allow', Principal })).toEqual([
      expect.stringContaining('\'policyDocument\' of Stack/Subject/Policy admits everybody without a condition: '),
    ]);
  });

  test.each([
    { Effect: 'Allow', Principal: { AWS: '111122223333' } },
    { Effect: 'Allow', Principal: { Service: 'backup.amazonaws.com' } },
    { Effect: 'Allow', Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } } },
    { Effect: 'Deny', Principal: '*' },
  ])('is taken as %j', (statement) => {
    expect(errorsWith(statement)).toEqual([]);
  });
});

test('a long value is cut', () => {
  const scope = subject();
  const queue = queueIn(scope);
  seal(scope, QUEUE);
  queue.redrivePolicy = { text: 'x'.repeat(1000) };
  const [warning] = warnings(scope);
  expect(warning).toContain(`became {"text":"${'x'.repeat(291)}…: a mixin`);
});

test('what a part has sealed is sealed by the whole, which reports it once', () => {
  const whole = subject();
  const part = new Construct(whole, 'Part');
  const queue = queueIn(part);
  seal(part, QUEUE);
  queue.redrivePolicy = { maxReceiveCount: 5 };
  seal(whole, QUEUE);
  queue.redrivePolicy = { maxReceiveCount: 7 };
  expect(warnings(whole)).toEqual([expect.stringMatching(/^Stack\/Subject: 'redrivePolicy' of Stack\/Subject\/Part\/Queue was {"maxReceiveCount":5} and became {"maxReceiveCount":7}/)]);
});

test('what the whole does not name stays sealed by the part, and the whole reports it', () => {
  const whole = subject();
  const part = new Construct(whole, 'Part');
  const queue = queueIn(part);
  seal(part, QUEUE);
  seal(whole, { 'AWS::SQS::Queue': { warn: ['redrivePolicy'] } });
  queue.sqsManagedSseEnabled = false;
  expect(whole.node.validate()).toHaveLength(1);
  expect(part.node.validate()).toEqual([]);
});

test('what is created and sealed later is reported by the whole, too', () => {
  const whole = subject();
  queueIn(whole);
  seal(whole, QUEUE);
  const later = new Construct(whole, 'Later');
  const queue = queueIn(later);
  seal(later, QUEUE);
  queue.redrivePolicy = undefined;
  expect(warnings(whole)).toEqual([expect.stringMatching(/^Stack\/Subject: 'redrivePolicy' of Stack\/Subject\/Later\/Queue was /)]);
});

describe('a construct that learns more later changes what it sealed', () => {
  const sealed = () => {
    const scope = subject();
    const queue = queueIn(scope);
    seal(scope, { 'AWS::SQS::Queue': { refuse: ['sqsManagedSseEnabled', 'kmsMasterKeyId'], warn: ['redrivePolicy'] } });
    return { scope, queue };
  };

  test('without a complaint', () => {
    const { scope, queue } = sealed();
    changeSealed(queue, () => {
      queue.sqsManagedSseEnabled = undefined;
      queue.kmsMasterKeyId = 'alias/ours';
    });
    expect(warnings(scope)).toEqual([]);
  });

  test('and what others change after it is reported', () => {
    const { scope, queue } = sealed();
    changeSealed(queue, () => queue.kmsMasterKeyId = 'alias/ours');
    queue.kmsMasterKeyId = 'alias/theirs';
    expect(errors(scope)).toEqual([expect.stringContaining('\'kmsMasterKeyId\' of Stack/Subject/Queue was "alias/ours" and became "alias/theirs"')]);
  });

  test('and what others changed before it is still reported, as an error or as a warning', () => {
    const { scope, queue } = sealed();
    queue.sqsManagedSseEnabled = false;
    changeSealed(queue, () => queue.kmsMasterKeyId = 'alias/ours');
    expect(errors(scope)).toEqual([expect.stringContaining('\'sqsManagedSseEnabled\' of Stack/Subject/Queue was true and became false')]);

    const { scope: other, queue: weakened } = sealed();
    weakened.redrivePolicy = { maxReceiveCount: 9 };
    changeSealed(weakened, () => weakened.kmsMasterKeyId = 'alias/ours');
    expect(warnings(other)).toEqual([expect.stringContaining('\'redrivePolicy\' of Stack/Subject/Queue was {"maxReceiveCount":3} and became {"maxReceiveCount":9}')]);
  });
});
