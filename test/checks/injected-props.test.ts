import { App, CfnElement, CustomResource, Duration, PropertyInjectors, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CacheCookieBehavior, CachePolicy, Distribution, Function as CloudFrontFunction, FunctionCode, ResponseHeadersPolicy, S3OriginAccessControl,
  SecurityPolicyProtocol, Signing,
} from 'aws-cdk-lib/aws-cloudfront';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, ManagedPolicy, OidcProviderNative, PolicyStatement, Role, User } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, EventSourceMapping, FilterCriteria, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ARecord } from 'aws-cdk-lib/aws-route53';
import { BlockPublicAccess, Bucket, BucketAccessControl, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DeduplicationScope, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, IConstruct } from 'constructs';
import { VARIANTS } from './variants';
import * as mechanism from '../../src/shared/own-props-win';

process.env.JSII_DEPRECATED = 'quiet'; // what is hostile may be old, too

type Props = Record<string, unknown>;

/** The register calls each of our constructs its subject. CDK's functions that empty buckets and close default security groups are beside them, and what an account has once. */
const isOurs = (scope: IConstruct) =>
  /\/(Subject|Custom::(S3AutoDeleteObjects|VpcRestrictDefaultSG)CustomResourceProvider|GithubOidcProvider)(\/|$)/.test(scope.node.path);

/** The template where the app has an injector for each of the ids, which meets our constructs only. */
function synth(build: (scope: Construct) => void, ids: string[] = [], inject: (props: Props, elsewhere: Stack) => Props = (props) => props): any {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const elsewhere = new Stack(app, 'Elsewhere');
  PropertyInjectors.of(app).add(...ids.map((constructUniqueId) => ({
    constructUniqueId,
    inject: (props: Props, { scope }: { scope: Construct }) => (isOurs(scope) ? inject(props, elsewhere) : props),
  })));
  build(stack);
  return Template.fromStack(stack).toJSON();
}

/** The ids of all classes for which CDK asks injectors, and that our constructs are made of. */
function injectableIn(build: (scope: Construct) => void): string[] {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  const parts = stack.node.findAll().filter(isOurs).filter((part) => !CfnElement.isCfnElement(part));
  return [...new Set(parts.flatMap((part) => (part.constructor as { PROPERTY_INJECTION_ID?: string }).PROPERTY_INJECTION_ID ?? []))];
}

/** Empties what it gets, lists and objects in it, too. */
function forget(props: Props): Props {
  for (const [prop, value] of Object.entries(props)) {
    if (Array.isArray(value)) value.length = 0;
    else if (value && Object.getPrototypeOf(value) === Object.prototype) forget(value as Props);
    delete props[prop];
  }
  return {};
}

describe('what a construct says', () => {
  test('is looked for in all that it is made of', () => {
    expect(injectableIn(VARIANTS.find(({ name }) => name === 'SecureQueue')!.build)).toEqual(expect.arrayContaining([Queue.PROPERTY_INJECTION_ID, Alarm.PROPERTY_INJECTION_ID]));
  });

  test.each(VARIANTS)('is the same in $name where injectors forget it', ({ build }) => {
    const ids = injectableIn(build);
    expect(ids).not.toEqual([]);

    expect(synth(build, ids, forget)).toEqual(synth(build));
  });
});

function only<T>(scope: Construct, id: string, type: new (scope: Construct, id: string) => T): T {
  return scope.node.tryFindChild(id) as T ?? new type(scope, id);
}

/** What an organization might want of all its resources, or somebody hostile of ours. */
const HOSTILE: {
  what: string;
  of: { readonly PROPERTY_INJECTION_ID: string };
  props: (elsewhere: Stack, own: Props) => Props;
  variant?: string;
}[] = [
  { what: 'queues without encryption', of: Queue, props: () => ({ encryption: QueueEncryption.UNENCRYPTED }) },
  { what: 'queues over plain HTTP', of: Queue, props: () => ({ enforceSSL: false }) },
  { what: 'queues that forget', of: Queue, props: () => ({ retentionPeriod: Duration.minutes(1) }) },
  { what: 'queues that go with the stack', of: Queue, props: () => ({ removalPolicy: RemovalPolicy.DESTROY }) },
  { what: 'queues without dead letters', of: Queue, props: () => ({ deadLetterQueue: undefined }) },
  { what: 'one dead-letter queue for all', of: Queue, props: (elsewhere) => ({ deadLetterQueue: { queue: only(elsewhere, 'All', Queue), maxReceiveCount: 1 } }) },
  { what: 'FIFO queues', of: Queue, props: () => ({ fifo: true, contentBasedDeduplication: true, deduplicationScope: DeduplicationScope.QUEUE }) },
  { what: 'queues that anybody redrives into', of: Queue, props: () => ({ redriveAllowPolicy: { redrivePermission: RedrivePermission.ALLOW_ALL } }) },
  { what: 'silent alarms', of: Alarm, props: () => ({ actionsEnabled: false }) },
  { what: 'alarms that nothing sets off', of: Alarm, props: () => ({ threshold: 1e9, datapointsToAlarm: 1, treatMissingData: TreatMissingData.BREACHING }) },
  { what: 'public buckets', of: Bucket, props: () => ({ blockPublicAccess: new BlockPublicAccess({}), publicReadAccess: true }) },
  { what: 'buckets with access control lists', of: Bucket, props: () => ({ accessControl: BucketAccessControl.PUBLIC_READ, objectOwnership: undefined }) },
  { what: 'buckets without encryption', of: Bucket, props: () => ({ encryption: BucketEncryption.UNENCRYPTED }) },
  { what: 'buckets over plain HTTP', of: Bucket, props: () => ({ enforceSSL: false, minimumTLSVersion: undefined }) },
  { what: 'buckets without versions', of: Bucket, props: () => ({ versioned: false }) },
  { what: 'buckets that go with the stack', of: Bucket, props: () => ({ removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }) },
  { what: 'buckets whose objects expire', of: Bucket, props: () => ({ lifecycleRules: [{ expiration: Duration.days(1) }] }) },
  { what: 'buckets that never let go', of: Bucket, props: () => ({ objectLockEnabled: true }) },
  { what: 'buckets that log elsewhere', of: Bucket, props: (elsewhere) => ({ serverAccessLogsBucket: only(elsewhere, 'Logs', Bucket) }) },
  { what: 'functions of another runtime', of: Function, props: () => ({ runtime: Runtime.PYTHON_3_13, handler: 'other.handler', code: Code.fromInline('pass') }) },
  { what: 'functions of another processor', of: Function, props: (_, own) => (own.architecture ? { architecture: Architecture.X86_64 } : {}) },
  { what: 'small and hasty functions', of: Function, props: (_, own) => (own.memorySize ? { memorySize: 128, timeout: Duration.seconds(3) } : {}) },
  { what: 'functions that never run', of: Function, props: () => ({ reservedConcurrentExecutions: 0 }) },
  { what: 'functions that know nothing', of: Function, props: (_, own) => ((own.environment as Props)?.ARCHIVE_BUCKET ? { environment: { ARCHIVE_BUCKET: 'other' } } : {}) },
  { what: 'mighty functions', of: Function, props: () => ({ initialPolicy: [new PolicyStatement({ actions: ['*'], resources: ['*'] })] }) },
  { what: 'functions that log for a day', of: Function, props: () => ({ logRetention: RetentionDays.ONE_DAY, logGroup: undefined }) },
  { what: 'mappings that rest', of: EventSourceMapping, props: () => ({ enabled: false }) },
  { what: 'mappings that drop messages', of: EventSourceMapping, props: () => ({ filters: [FilterCriteria.filter({ body: ['x'] })] }) },
  { what: 'mappings that forget failures', of: EventSourceMapping, props: () => ({ reportBatchItemFailures: false }) },
  { what: 'logs that are gone', of: LogGroup, props: () => ({ retention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY }) },
  { what: 'logs without metrics', of: LogGroup, props: () => ({ logGroupClass: LogGroupClass.INFREQUENT_ACCESS }) },
  { what: 'mighty roles', of: Role, props: () => ({ managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] }) },
  { what: 'rules that rest', of: Rule, props: () => ({ enabled: false }) },
  { what: 'rules that listen elsewhere', of: Rule, props: (elsewhere) => ({ eventBus: only(elsewhere, 'Bus', EventBus), eventPattern: { source: ['nobody'] } }) },
  { what: 'rules that send by the minute', of: Rule, props: () => ({ schedule: Schedule.rate(Duration.minutes(1)) }) },
  { what: 'custom resources of nobody', of: CustomResource, props: () => ({ serviceToken: 'nobody', properties: {}, removalPolicy: RemovalPolicy.RETAIN }) },
  { what: 'CDNs that rest', of: Distribution, props: () => ({ enabled: false }), variant: 'StaticMediaCdn-site' },
  { what: 'CDNs with old TLS', of: Distribution, props: () => ({ minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1 }), variant: 'StaticMediaCdn-site' },
  {
    what: 'CDNs that log by lists',
    of: Distribution,
    props: (elsewhere) => ({ enableLogging: true, logBucket: only(elsewhere, 'Logs', Bucket) }),
    variant: 'StaticMediaCdn-site',
  },
  { what: 'caches for each visitor', of: CachePolicy, props: () => ({ cookieBehavior: CacheCookieBehavior.all() }), variant: 'StaticMediaCdn-site' },
  { what: 'caches without an end', of: CachePolicy, props: () => ({ maxTtl: Duration.days(3650), defaultTtl: Duration.days(3650) }), variant: 'StaticMediaCdn-site' },
  { what: 'answers without security headers', of: ResponseHeadersPolicy, props: () => ({ securityHeadersBehavior: {} }), variant: 'StaticMediaCdn-site' },
  { what: 'answers that lose headers', of: ResponseHeadersPolicy, props: () => ({ removeHeaders: ['Content-Disposition'] }), variant: 'StaticMediaCdn-site' },
  { what: 'functions that do nothing', of: CloudFrontFunction, props: () => ({ code: FunctionCode.fromInline('function handler(event) { return event.response; }') }), variant: 'StaticMediaCdn-site' },
  { what: 'CDNs that do not sign', of: S3OriginAccessControl, props: () => ({ signing: Signing.NEVER }), variant: 'StaticMediaCdn-site' },
  { what: 'records of some regions', of: ARecord, props: () => ({ weight: 0, setIdentifier: 'none' }), variant: 'StaticMediaCdn-site' },
  { what: 'mighty users', of: User, props: () => ({ managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] }), variant: 'StaticMediaCdn-pages' },
  { what: 'secrets that say something else', of: Secret, props: () => ({ secretStringValue: undefined, secretObjectValue: {} }), variant: 'StaticMediaCdn-pages' },
  { what: 'providers that log for a day', of: Provider, props: () => ({ logRetention: RetentionDays.ONE_DAY, logGroup: undefined }) },
];

const otherNetwork = (scope: Construct) => Vpc.fromVpcAttributes(scope, 'Network', { vpcId: 'vpc-of-others', availabilityZones: ['eu-west-3a'] });

const OF_CACHES: typeof HOSTILE = [
  { what: 'groups that let everything out', of: SecurityGroup, props: () => ({ allowAllOutbound: true, allowAllIpv6Outbound: true }) },
  { what: 'groups of another network', of: SecurityGroup, props: (elsewhere) => ({ vpc: otherNetwork(elsewhere) }) },
  { what: 'keys that stay the same', of: Key, props: () => ({ enableKeyRotation: false }) },
  { what: 'keys that are off', of: Key, props: () => ({ enabled: false }) },
  { what: 'short passwords', of: Secret, props: (_, own) => (own.generateSecretString ? { generateSecretString: { passwordLength: 8 } } : {}) },
  { what: 'secrets under another key', of: Secret, props: () => ({ encryptionKey: undefined }) },
  { what: 'secrets that are copied elsewhere', of: Secret, props: () => ({ replicaRegions: [{ region: 'us-east-1' }] }) },
];

describe.each([...HOSTILE, ...OF_CACHES.map((hostile) => ({ ...hostile, variant: 'EncryptedCache' }))])('$what', ({ of, props, variant = 'ThumbnailToWasabi' }) => {
  const build = VARIANTS.find(({ name }) => name === variant)!.build;
  const hostile = () => synth(build, [of.PROPERTY_INJECTION_ID], (own, elsewhere) => ({ ...own, ...props(elsewhere, own) }));

  test('are not had by injection', () => {
    expect(hostile()).toEqual(synth(build));
  });

  test('would be, if injectors had their way', () => {
    jest.spyOn(mechanism, 'ownPropsWin').mockImplementation(() => undefined);
    const expected = synth(build);
    const actual = (() => {
      try {
        return hostile();
      } catch (error) {
        return error; // CDK itself may find that it does not fit
      }
    })();
    jest.restoreAllMocks();
    expect(actual).not.toEqual(expected);
  });
});

/** The same of constructs that the photo archive is not made of. */
const HOSTILE_TO_OTHERS: { what: string; variant: string; of: { readonly PROPERTY_INJECTION_ID: string }; props: Props }[] = [
  { what: 'roles that anybody takes', variant: 'GithubOidcRole', of: Role, props: { assumedBy: new AnyPrincipal(), managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] } },
  { what: 'providers of another issuer', variant: 'GithubOidcRole', of: OidcProviderNative, props: { url: 'https://evil.example.org', clientIds: ['any'], thumbprints: ['a'.repeat(40)] } },
  { what: 'keys that never rotate', variant: 'TerraformStateBackend', of: Key, props: { enableKeyRotation: false, enabled: false } },
  { what: 'tables that forget', variant: 'TerraformStateBackend-table', of: Table, props: { timeToLiveAttribute: 'LockID', deletionProtection: false, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } } },
];

describe.each(HOSTILE_TO_OTHERS)('$what', ({ variant, of, props }) => {
  const { build } = VARIANTS.find(({ name }) => name === variant)!;
  const hostile = () => synth(build, [of.PROPERTY_INJECTION_ID], (own) => ({ ...own, ...props }));

  test('are not had by injection', () => {
    expect(hostile()).toEqual(synth(build));
  });

  test('would be, if injectors had their way', () => {
    jest.spyOn(mechanism, 'ownPropsWin').mockImplementation(() => undefined);
    const [expected, actual] = [synth(build), hostile()];
    jest.restoreAllMocks();
    expect(actual).not.toEqual(expected);
  });
});

describe('what a construct leaves open', () => {
  const photos = VARIANTS.find(({ name }) => name === 'ThumbnailToWasabi')!.build;
  const withAdded = (of: { readonly PROPERTY_INJECTION_ID: string }, added: Props) =>
    Template.fromJSON(synth(photos, [of.PROPERTY_INJECTION_ID], (own) => ({ ...added, ...own })));

  test('is for injectors to say', () => {
    withAdded(Function, { tracing: Tracing.ACTIVE }).allResourcesProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
    withAdded(Queue, { maxMessageSizeBytes: 65_536 }).allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 65_536 });
    withAdded(Role, { path: '/service/' }).allResourcesProperties('AWS::IAM::Role', { Path: '/service/' });
    withAdded(Bucket, { transferAcceleration: true }).allResourcesProperties('AWS::S3::Bucket', { AccelerateConfiguration: { AccelerationStatus: 'Enabled' } });
  });

  test('may be more of the environment of a function', () => {
    const template = Template.fromJSON(synth(photos, [Function.PROPERTY_INJECTION_ID],
      (own) => ({ ...own, environment: { ...own.environment as Props, TEAM: 'photos' } })));
    template.allResourcesProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ TEAM: 'photos' }) } });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ ARCHIVE_BUCKET: 'photoarchive' }) } });
  });
});

test('the nearest of several injectors is asked, as by CDK', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  for (const [scope, maxMessageSizeBytes] of [[app, 1024], [stack, 2048]] as const) {
    PropertyInjectors.of(scope).add({ constructUniqueId: Queue.PROPERTY_INJECTION_ID, inject: (props) => ({ ...props, maxMessageSizeBytes }) });
  }
  VARIANTS.find(({ name }) => name === 'SecureQueue')!.build(stack);

  Template.fromStack(stack).allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 2048 });
});
