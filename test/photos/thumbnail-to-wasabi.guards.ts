import { CustomResource, Duration, RemovalPolicies, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnEventSourceMapping, CfnFunction, Code, EventSourceMapping, FilterCriteria, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketAccessControl, BucketEncryption, CfnBucket, CfnBucketPolicy, mixins } from 'aws-cdk-lib/aws-s3';
import { CfnQueue, CfnQueuePolicy, DeduplicationScope, Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Change, Injection, inVariant, only, OPEN_POLICY, Props, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('ThumbnailToWasabi', [
    { what: 'suspends the versions of buckets', change: new mixins.BucketVersioning(false), property: 'versioningConfiguration', isWarning: true },
    { what: 'allows public access to buckets', change: new mixins.BucketBlockPublicAccess(BlockPublicAccess.BLOCK_ACLS_ONLY), property: 'publicAccessBlockConfiguration' },
    { what: 'drops the encryption of buckets', change: new ResourceChange(CfnBucket, (bucket) => bucket.bucketEncryption = undefined), property: 'bucketEncryption' },
    { what: 'enables access control lists of buckets', change: new ResourceChange(CfnBucket, (bucket) => bucket.ownershipControls = { rules: [{ objectOwnership: 'ObjectWriter' }] }), property: 'ownershipControls' },
    { what: 'replaces the policies of buckets', change: new ResourceChange(CfnBucketPolicy, (policy) => policy.policyDocument = OPEN_POLICY), property: 'policyDocument' },
    { what: 'replaces the policies of queues', change: new ResourceChange(CfnQueuePolicy, (policy) => policy.policyDocument = OPEN_POLICY), property: 'policyDocument' },
    { what: 'drops the encryption of queues', change: new ResourceChange(CfnQueue, (queue) => queue.sqsManagedSseEnabled = false), property: 'sqsManagedSseEnabled' },
    { what: 'removes the dead-letter queue', change: new ResourceChange(CfnQueue, (queue) => queue.redrivePolicy = undefined), property: 'redrivePolicy', isWarning: true },
    { what: 'allows any queue to redrive', change: new ResourceChange(CfnQueue, (queue) => queue.redriveAllowPolicy = { redrivePermission: 'allowAll' }), property: 'redriveAllowPolicy' },
    { what: 'shortens the retention of dead letters', change: new ResourceChange(CfnQueue, (queue) => queue.messageRetentionPeriod = 60), property: 'messageRetentionPeriod', isWarning: true },
    { what: 'changes the runtime of functions', change: new ResourceChange(CfnFunction, (fn) => fn.runtime = 'nodejs18.x'), property: 'runtime', isWarning: true },
    { what: 'replaces the environment of functions', change: new ResourceChange(CfnFunction, (fn) => fn.environment = { variables: { TEAM: 'photos' } }), property: 'environment' },
    { what: 'disables partial batch responses', change: new ResourceChange(CfnEventSourceMapping, (mapping) => mapping.functionResponseTypes = undefined), property: 'functionResponseTypes', isWarning: true },
    {
      what: 'writes into the existing configuration of versions',
      change: new ResourceChange(CfnBucket, ({ versioningConfiguration }) => {
        if (versioningConfiguration) Object.assign(versioningConfiguration, { status: 'Suspended' });
      }),
      property: 'versioningConfiguration',
      isWarning: true,
    },
    {
      what: 'destroys everything with the stack',
      change: (scope) => RemovalPolicies.of(scope).destroy(),
      property: 'removalPolicy',
      isWarning: true,
      error: '\'removalPolicy\' of Stack/Subject/AccessLogs/Resource, .* and \\d+ more was RETAIN_ON_UPDATE_OR_DELETE and became DESTROY',
    },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('ThumbnailToWasabi', [
    { what: 'queues without encryption', of: Queue, props: () => ({ encryption: QueueEncryption.UNENCRYPTED }) },
    { what: 'queues over plain HTTP', of: Queue, props: () => ({ enforceSSL: false }) },
    { what: 'queues that keep messages for a minute', of: Queue, props: () => ({ retentionPeriod: Duration.minutes(1) }) },
    { what: 'queues that are deleted with the stack', of: Queue, props: () => ({ removalPolicy: RemovalPolicy.DESTROY }) },
    { what: 'queues without dead letters', of: Queue, props: () => ({ deadLetterQueue: undefined }) },
    { what: 'one dead-letter queue for all', of: Queue, props: (_, elsewhere) => ({ deadLetterQueue: { queue: only(elsewhere, 'All', Queue), maxReceiveCount: 1 } }) },
    { what: 'FIFO queues', of: Queue, props: () => ({ fifo: true, contentBasedDeduplication: true, deduplicationScope: DeduplicationScope.QUEUE }) },
    { what: 'queues that accept any redrive', of: Queue, props: () => ({ redriveAllowPolicy: { redrivePermission: RedrivePermission.ALLOW_ALL } }) },
    { what: 'alarms without actions', of: Alarm, props: () => ({ actionsEnabled: false }) },
    { what: 'alarms with an unreachable threshold', of: Alarm, props: () => ({ threshold: 1e9, datapointsToAlarm: 1, treatMissingData: TreatMissingData.BREACHING }) },
    { what: 'public buckets', of: Bucket, props: () => ({ blockPublicAccess: new BlockPublicAccess({}), publicReadAccess: true }) },
    { what: 'buckets with access control lists', of: Bucket, props: () => ({ accessControl: BucketAccessControl.PUBLIC_READ, objectOwnership: undefined }) },
    { what: 'buckets without encryption', of: Bucket, props: () => ({ encryption: BucketEncryption.UNENCRYPTED }) },
    { what: 'buckets over plain HTTP', of: Bucket, props: () => ({ enforceSSL: false, minimumTLSVersion: undefined }) },
    { what: 'buckets without versions', of: Bucket, props: () => ({ versioned: false }) },
    { what: 'buckets that are deleted with the stack', of: Bucket, props: () => ({ removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }) },
    { what: 'buckets whose objects expire', of: Bucket, props: () => ({ lifecycleRules: [{ expiration: Duration.days(1) }] }) },
    { what: 'buckets with object lock', of: Bucket, props: () => ({ objectLockEnabled: true }) },
    { what: 'buckets that log to another bucket', of: Bucket, props: (_, elsewhere) => ({ serverAccessLogsBucket: only(elsewhere, 'Logs', Bucket) }) },
    { what: 'functions of another runtime', of: Function, props: () => ({ runtime: Runtime.PYTHON_3_13, handler: 'other.handler', code: Code.fromInline('pass') }) },
    { what: 'functions of another processor', of: Function, props: (own) => (own.architecture ? { architecture: Architecture.X86_64 } : {}) },
    { what: 'functions with little memory and time', of: Function, props: (own) => (own.memorySize ? { memorySize: 128, timeout: Duration.seconds(3) } : {}) },
    { what: 'functions without concurrency', of: Function, props: () => ({ reservedConcurrentExecutions: 0 }) },
    { what: 'functions with another environment', of: Function, props: (own) => ((own.environment as Props)?.ARCHIVE_BUCKET ? { environment: { ARCHIVE_BUCKET: 'other' } } : {}) },
    { what: 'functions that may do everything', of: Function, props: () => ({ initialPolicy: [new PolicyStatement({ actions: ['*'], resources: ['*'] })] }) },
    { what: 'functions that log for a day', of: Function, props: () => ({ logRetention: RetentionDays.ONE_DAY, logGroup: undefined }) },
    { what: 'disabled event source mappings', of: EventSourceMapping, props: () => ({ enabled: false }) },
    { what: 'event source mappings that filter messages', of: EventSourceMapping, props: () => ({ filters: [FilterCriteria.filter({ body: ['x'] })] }) },
    { what: 'event source mappings without partial batch responses', of: EventSourceMapping, props: () => ({ reportBatchItemFailures: false }) },
    { what: 'log groups that are deleted', of: LogGroup, props: () => ({ retention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY }) },
    { what: 'infrequent-access log groups', of: LogGroup, props: () => ({ logGroupClass: LogGroupClass.INFREQUENT_ACCESS }) },
    { what: 'administrator roles', of: Role, props: () => ({ managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] }) },
    { what: 'disabled rules', of: Rule, props: () => ({ enabled: false }) },
    { what: 'rules on another event bus', of: Rule, props: (_, elsewhere) => ({ eventBus: only(elsewhere, 'Bus', EventBus), eventPattern: { source: ['nobody'] } }) },
    { what: 'rules with a schedule', of: Rule, props: () => ({ schedule: Schedule.rate(Duration.minutes(1)) }) },
    { what: 'custom resources of another provider', of: CustomResource, props: () => ({ serviceToken: 'nobody', properties: {}, removalPolicy: RemovalPolicy.RETAIN }) },
    { what: 'providers that log for a day', of: Provider, props: () => ({ logRetention: RetentionDays.ONE_DAY, logGroup: undefined }) },
  ]),
];
