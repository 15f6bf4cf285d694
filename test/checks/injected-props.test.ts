import { App, CfnElement, CustomResource, Duration, PropertyInjectors, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, EventSourceMapping, FilterCriteria, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketAccessControl, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { DeduplicationScope, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct, IConstruct } from 'constructs';
import { REGISTER } from './register';
import * as mechanism from '../../src/private/own-props-win';

process.env.JSII_DEPRECATED = 'quiet'; // what is hostile may be old, too

type Props = Record<string, unknown>;

/** The register calls each of our constructs its subject. CDK's function that empties buckets is beside them. */
const isOurs = (scope: IConstruct) => /\/(Subject|Custom::S3AutoDeleteObjectsCustomResourceProvider)(\/|$)/.test(scope.node.path);

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
  test.each(REGISTER)('is the same in $name where injectors forget it', ({ build }) => {
    const ids = injectableIn(build);
    expect(ids).toContain(Alarm.PROPERTY_INJECTION_ID);

    expect(synth(build, ids, forget)).toEqual(synth(build));
  });
});

function only<T>(scope: Construct, id: string, type: new (scope: Construct, id: string) => T): T {
  return scope.node.tryFindChild(id) as T ?? new type(scope, id);
}

/** What an organization might want of all its resources, or somebody hostile of ours. */
const HOSTILE: { what: string; of: { readonly PROPERTY_INJECTION_ID: string }; props: (elsewhere: Stack, own: Props) => Props }[] = [
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
  { what: 'providers that log for a day', of: Provider, props: () => ({ logRetention: RetentionDays.ONE_DAY, logGroup: undefined }) },
];

describe.each(HOSTILE)('$what', ({ of, props }) => {
  const photos = REGISTER.find(({ name }) => name === 'ThumbnailToWasabi')!.build;
  const hostile = () => synth(photos, [of.PROPERTY_INJECTION_ID], (own, elsewhere) => ({ ...own, ...props(elsewhere, own) }));

  test('are not had by injection', () => {
    expect(hostile()).toEqual(synth(photos));
  });

  test('would be, if injectors had their way', () => {
    jest.spyOn(mechanism, 'ownPropsWin').mockImplementation(() => undefined);
    const expected = synth(photos);
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

describe('what a construct leaves open', () => {
  const photos = REGISTER.find(({ name }) => name === 'ThumbnailToWasabi')!.build;
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
  REGISTER.find(({ name }) => name === 'SecureQueue')!.build(stack);

  Template.fromStack(stack).allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 2048 });
});
