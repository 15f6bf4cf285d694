import { App, Aspects, CfnResource, IAspect, Mixin, Mixins, RemovalPolicies, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CfnCachePolicy, CfnDistribution, CfnFunction as CfnFunction_, CfnOriginAccessControl, CfnResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnReplicationGroup, CfnUser } from 'aws-cdk-lib/aws-elasticache';
import { CfnOIDCProvider, CfnRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, CfnBucket, CfnBucketPolicy, mixins } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnQueue, CfnQueuePolicy, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, IConstruct } from 'constructs';
import {
  EncryptedCache, GithubOidcRole, GithubSubject, SecureQueue, StaticMediaCdn, TerraformStateBackend, TerraformStateLock, ThumbnailToWasabi,
} from '../../src';
import { isolatedNetwork } from '../cache/encrypted-cache.variants';

class Change<T extends CfnResource> extends Mixin implements IAspect {
  constructor(private readonly supported: (x: any) => x is T, private readonly change: (resource: T) => void) {
    super();
  }

  public supports(construct: IConstruct): construct is T {
    return this.supported(construct);
  }

  public applyTo(construct: IConstruct): void {
    if (this.supports(construct)) this.change(construct);
  }

  public visit(node: IConstruct): void {
    this.applyTo(node);
  }
}

const isQueue = (x: any): x is CfnQueue => CfnResource.isCfnResource(x) && x.cfnResourceType === 'AWS::SQS::Queue';
const isA = <T extends CfnResource>(type: new (...parameters: any[]) => T) => (x: any): x is T => x instanceof type;

function photos(scope: Construct): ThumbnailToWasabi {
  return new ThumbnailToWasabi(scope, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access'),
  });
}

function synthWith(change: (stack: Stack, subject: ThumbnailToWasabi) => void): Template {
  const stack = new Stack(new App(), 'Stack');
  change(stack, photos(stack));
  return Template.fromStack(stack);
}

const openPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };

const TAKING_BACK: [what: string, mixin: Mixin, property: string][] = [
  ['CDK\'s, that suspends versions', new mixins.BucketVersioning(false), 'versioningConfiguration'],
  ['CDK\'s, that lets the public in', new mixins.BucketBlockPublicAccess(BlockPublicAccess.BLOCK_ACLS_ONLY), 'publicAccessBlockConfiguration'],
  ['that drops the encryption of buckets', new Change(isA(CfnBucket), (bucket) => bucket.bucketEncryption = undefined), 'bucketEncryption'],
  ['that brings access control lists back', new Change(isA(CfnBucket), (bucket) => bucket.ownershipControls = { rules: [{ objectOwnership: 'ObjectWriter' }] }), 'ownershipControls'],
  ['that replaces the policies of buckets', new Change(isA(CfnBucketPolicy), (policy) => policy.policyDocument = openPolicy), 'policyDocument'],
  ['that replaces the policies of queues', new Change(isA(CfnQueuePolicy), (policy) => policy.policyDocument = openPolicy), 'policyDocument'],
  ['that drops the encryption of queues', new Change(isA(CfnQueue), (queue) => queue.sqsManagedSseEnabled = false), 'sqsManagedSseEnabled'],
  ['that takes the dead-letter queue away', new Change(isA(CfnQueue), (queue) => queue.redrivePolicy = undefined), 'redrivePolicy'],
  ['that lets anybody redrive', new Change(isA(CfnQueue), (queue) => queue.redriveAllowPolicy = { redrivePermission: 'allowAll' }), 'redriveAllowPolicy'],
  ['that shortens what dead letters live', new Change(isA(CfnQueue), (queue) => queue.messageRetentionPeriod = 60), 'messageRetentionPeriod'],
  ['that changes the runtime of functions', new Change(isA(CfnFunction), (fn) => fn.runtime = 'nodejs18.x'), 'runtime'],
  ['that replaces the environment of functions', new Change(isA(CfnFunction), (fn) => fn.environment = { variables: { TEAM: 'photos' } }), 'environment'],
  ['that makes a mapping forget failures', new Change(isA(CfnEventSourceMapping), (mapping) => mapping.functionResponseTypes = undefined), 'functionResponseTypes'],
  ['that writes into what is there', new Change(isA(CfnBucket), ({ versioningConfiguration }) => {
    if (versioningConfiguration) Object.assign(versioningConfiguration, { status: 'Suspended' });
  }), 'versioningConfiguration'],
];

describe.each(TAKING_BACK)('a mixin %s', (_, mixin, property) => {
  const refused = new RegExp(`'${property}' of Stack/Photos/\\S+ was .* and became .* takes a promise of this construct back`);

  test('fails the synthesis on the whole app', () => {
    expect(() => synthWith((stack) => Mixins.of(stack.node.root).apply(mixin))).toThrow(refused);
  });

  test('fails the synthesis on the construct', () => {
    expect(() => synthWith((__, subject) => subject.with(mixin))).toThrow(refused);
  });
});

describe.each<[string, Mixin, string]>([
  ['that lets anybody take a role', new Change(isA(CfnRole), (role) => role.assumeRolePolicyDocument = openPolicy), 'assumeRolePolicyDocument'],
  ['that changes whose tokens are trusted', new Change(isA(CfnOIDCProvider), (provider) => provider.url = 'https://evil.example.org'), 'url'],
  ['that lets a key grow old', new Change(isA(CfnKey), (key) => key.enableKeyRotation = false), 'enableKeyRotation'],
  ['that replaces the policy of a key', new Change(isA(CfnKey), (key) => key.keyPolicy = openPolicy), 'keyPolicy'],
  ['that lets a table be deleted', new Change(isA(CfnTable), (table) => table.deletionProtectionEnabled = false), 'deletionProtectionEnabled'],
  ['that takes the recovery of a table', new Change(isA(CfnTable), (table) => table.pointInTimeRecoverySpecification = undefined), 'pointInTimeRecoverySpecification'],
])('a mixin %s', (_, mixin, property) => {
  test('fails the synthesis', () => {
    const stack = new Stack(new App(), 'Stack');
    new GithubOidcRole(stack, 'Deploy', { subjects: [GithubSubject.branch('o@1/r@2', 'main')] });
    new TerraformStateBackend(stack, 'State', { lock: TerraformStateLock.table() });
    Mixins.of(stack.node.root).apply(mixin);
    expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/\\S+ was .* and became .* takes a promise of this construct back`));
  });
});

const OF_CDN: [what: string, mixin: Mixin, property: string][] = [
  ['that opens the CDN to old TLS', new Change(isA(CfnDistribution), (distribution) => {
    distribution.distributionConfig = { ...distribution.distributionConfig as object, enabled: true, viewerCertificate: { minimumProtocolVersion: 'TLSv1' } } as any;
  }), 'distributionConfig'],
  ['that caches for each visitor', new Change(isA(CfnCachePolicy), (policy) => {
    const config = policy.cachePolicyConfig as CfnCachePolicy.CachePolicyConfigProperty;
    const key = config.parametersInCacheKeyAndForwardedToOrigin as CfnCachePolicy.ParametersInCacheKeyAndForwardedToOriginProperty;
    policy.cachePolicyConfig = { ...config, parametersInCacheKeyAndForwardedToOrigin: { ...key, cookiesConfig: { cookieBehavior: 'all' } } };
  }), 'cachePolicyConfig'],
  ['that drops the sandbox of uploads', new Change(isA(CfnResponseHeadersPolicy), (policy) => policy.responseHeadersPolicyConfig = { name: 'none' }), 'responseHeadersPolicyConfig'],
  ['that shows all uploads', new Change(isA(CfnFunction_), (fn) => fn.functionCode = 'function handler(event) { return event.response; }'), 'functionCode'],
  ['that stops signing', new Change(isA(CfnOriginAccessControl), (access) => access.originAccessControlConfig = {
    name: 'none', originAccessControlOriginType: 's3', signingBehavior: 'never', signingProtocol: 'sigv4',
  }), 'originAccessControlConfig'],
];

test.each(OF_CDN)('a mixin %s fails the synthesis', (_, mixin, property) => {
  const stack = new Stack(new App(), 'Stack');
  new StaticMediaCdn(stack, 'Cdn', {
    domainName: 'cdn.example.org', certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/1'),
  });
  Mixins.of(stack.node.root).apply(mixin);
  expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/Cdn/\\S+ was .* and became .* takes a promise of this construct back`));
});

test('an aspect is no way around', () => {
  const insecure = new Change(isQueue, (queue) => queue.sqsManagedSseEnabled = false);
  expect(() => synthWith((stack) => Aspects.of(stack).add(insecure))).toThrow(/'sqsManagedSseEnabled' of Stack\/Photos\/Queue\/Queue\/Resource was true and became false/);
});

test('a removal policy for all is said by the props, not over them', () => {
  expect(() => synthWith((stack) => RemovalPolicies.of(stack).destroy()))
    .toThrow(/'removalPolicy' of Stack\/Photos\/Dropbox\/Resource was "RetainExceptOnCreate" and became "Delete"/);
});

test('each resource that is changed is named once', () => {
  const stack = new Stack(new App(), 'Stack');
  photos(stack).with(new mixins.BucketVersioning(false));
  const errors = stack.node.findAll().flatMap(({ node }) => node.validate());
  expect(errors.map((error) => error.split(' ')[2])).toEqual(['AccessLogs', 'Dropbox', 'Thumbnails'].map((id) => `Stack/Photos/${id}/Resource`));
});

test('what a mixin adds or says again is welcome', () => {
  const statement = new PolicyStatement({ principals: [new ServicePrincipal('backup.amazonaws.com')], actions: ['s3:GetObject'], resources: ['*'] });
  const template = synthWith((stack, subject) => {
    Mixins.of(stack).apply(
      new mixins.BucketVersioning(), new mixins.BucketBlockPublicAccess(), new mixins.BucketPolicyStatements([statement]),
      new Change(isA(CfnQueue), (queue) => queue.delaySeconds = 5),
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

test('another token that says the same is no change', () => {
  const template = synthWith((stack, subject) => {
    const { deadLetterQueue, queue } = subject.queue;
    const deadLetterTargetArn = stack.resolve(deadLetterQueue.queueArn);
    (queue.node.defaultChild as CfnQueue).redrivePolicy = { maxReceiveCount: 10, deadLetterTargetArn };
  });
  template.hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.objectLike({ maxReceiveCount: 10 }) });
});

test('addPropertyOverride stays the way out', () => {
  const stack = new Stack(new App(), 'Stack');
  const { queue } = new SecureQueue(stack, 'Jobs');
  (queue.node.defaultChild as CfnQueue).addPropertyOverride('RedrivePolicy.maxReceiveCount', 7);
  Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', { RedrivePolicy: Match.objectLike({ maxReceiveCount: 7 }) });
});

test('resources of the app that are no part of a construct of ours are its own business', () => {
  const template = synthWith((stack) => {
    new Bucket(stack, 'Own', { versioned: true }).with(new mixins.BucketVersioning(false));
    new Queue(stack, 'OwnQueue').with(new Change(isA(CfnQueue), (queue) => queue.sqsManagedSseEnabled = false));
  });
  template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Suspended' } });
});

describe.each<[string, Mixin, string]>([
  ['that takes plain connections', new Change(isA(CfnReplicationGroup), (group) => group.transitEncryptionEnabled = false), 'transitEncryptionEnabled'],
  ['that drops the encryption of caches', new Change(isA(CfnReplicationGroup), (group) => group.atRestEncryptionEnabled = false), 'atRestEncryptionEnabled'],
  ['that lets anybody in without a name', new Change(isA(CfnReplicationGroup), (group) => group.userGroupIds = undefined), 'userGroupIds'],
  ['that puts caches into another group', new Change(isA(CfnReplicationGroup), (group) => group.securityGroupIds = ['sg-12345678']), 'securityGroupIds'],
  ['that switches all users on', new Change(isA(CfnUser), (user) => user.accessString = 'on ~* +@all'), 'accessString'],
  ['that stops the rotation of keys', new Change(isA(CfnKey), (key) => key.enableKeyRotation = false), 'enableKeyRotation'],
])('a mixin %s', (_, mixin, property) => {
  test('fails the synthesis of a cache', () => {
    const stack = new Stack(new App(), 'Stack');
    new EncryptedCache(stack, 'Cache', { vpc: isolatedNetwork(stack) }).with(mixin);
    expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/Cache/\\S+ was .* and became .* takes a promise of this construct back`));
  });
});
