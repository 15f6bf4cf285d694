import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RouterType } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct, IConstruct } from 'constructs';

/** One thing that is wrong in the resources of one variant of the register. */
export interface TemplateDefect {
  readonly name: string;
  readonly variant: string;
  /** The path below the construct; where a variant has nothing there, it cannot have the defect. */
  readonly at: string;
  readonly change: (resource: any) => void;
  /** Of one that no net catches: what would. */
  readonly wouldBeCaughtBy?: string;
}

/** Puts the defect into every construct of its kind in a scope. */
/** @param seals whether the constructs may notice it themselves, by which nets would learn nothing any more */
export function damage({ variant, at, change, name }: TemplateDefect, scope: IConstruct, seals: 'intact' | 'broken' = 'broken'): void {
  if (seals === 'broken') scope.node.findAll().forEach(({ node }) => Object.assign(node, { _validations: undefined }));
  const [kind] = variant.split('-');
  for (const construct of scope.node.findAll().filter((candidate) => candidate.constructor.name === kind && !isPart(candidate))) {
    const resource = at.split('/').reduce<IConstruct | undefined>((found, id) => found?.node.tryFindChild(id), construct);
    if (!resource) continue;
    try {
      change(resource);
    } catch (error) {
      throw new Error(`${UNFIT} ${resource.node.path}: '${name}': ${(error as Error).message}`);
    }
  }
}

/** Begins the message of a defect that is itself defective, which no net may claim to have caught. */
export const UNFIT = 'this defect does not fit';

/** The queue of a photo archive is none of the defects of queues. */
function isPart(construct: IConstruct): boolean {
  return construct.node.scopes.slice(0, -1).some((scope) => Construct.isConstruct(scope) && scope.constructor.name === 'ThumbnailToWasabi');
}

type Statement = Record<string, any>;

/** The statements of a policy as they would be synthesized, changed; `undefined` drops one. */
function statements(change: (statement: Statement) => Statement | undefined, property = 'policyDocument'): (policy: any) => void {
  return (policy) => {
    const document = Stack.of(policy).resolve(policy[property]);
    policy[property] = { ...document, Statement: document.Statement.map(change).filter(Boolean) };
  };
}

function added(...statement: ConstructorParameters<typeof PolicyStatement>): (policy: any) => void {
  return (policy) => policy.document.addStatements(new PolicyStatement(...statement));
}

const withoutDenial = statements((statement) => (statement.Effect === 'Deny' ? undefined : statement));

const unset = (...properties: string[]) => (resource: any) => {
  for (const property of properties) resource[property] = undefined;
};

const override = (path: string, value: unknown) => (resource: CfnResource) => resource.addPropertyOverride(path, value);

const onQueues: TemplateDefect[] = [
  { name: 'a queue is not encrypted', variant: 'SecureQueue', at: 'Queue/Resource', change: override('SqsManagedSseEnabled', false) },
  { name: 'a queue loses its customer-managed key', variant: 'SecureQueue-producers', at: 'Queue/Resource', change: unset('kmsMasterKeyId') },
  { name: 'a queue takes plain HTTP', variant: 'SecureQueue-producers', at: 'Queue/Policy/Resource', change: withoutDenial },
  { name: 'a dead-letter queue takes plain HTTP', variant: 'SecureQueue-producers', at: 'DeadLetterQueue/Policy/Resource', change: withoutDenial },
  {
    name: 'anybody may send to a queue',
    variant: 'SecureQueue',
    at: 'Queue/Policy',
    change: added({ principals: [new AnyPrincipal()], actions: ['sqs:SendMessage'], resources: ['*'] }),
  },
  {
    name: 'a service may do anything with a queue',
    variant: 'SecureQueue-producers',
    at: 'Queue/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Action: 'sqs:*' } : statement)),
  },
  {
    name: 'a service may send for any account',
    variant: 'SecureQueue-producers',
    at: 'Queue/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Condition: { ArnLike: statement.Condition?.ArnLike } } : statement)),
  },
  { name: 'a message is never received before it is parked', variant: 'SecureQueue', at: 'Queue/Resource', change: override('RedrivePolicy.maxReceiveCount', 0) },
  { name: 'messages are kept for longer than SQS can', variant: 'SecureQueue', at: 'Queue/Resource', change: override('MessageRetentionPeriod', 1_209_601) },
  { name: 'messages are hidden for longer than SQS can', variant: 'SecureQueue', at: 'Queue/Resource', change: override('VisibilityTimeout', 43_201) },
  { name: 'a number is text', variant: 'SecureQueue', at: 'Queue/Resource', change: override('VisibilityTimeout', 'soon') },
  { name: 'a property does not exist', variant: 'SecureQueue', at: 'Queue/Resource', change: override('Retention', 60) },
  { name: 'a queue has no dead-letter queue', variant: 'SecureQueue', at: 'Queue/Resource', change: unset('redrivePolicy') },
  { name: 'dead letters are kept no longer than messages', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('MessageRetentionPeriod', 345_600) },
  { name: 'any queue may use a dead-letter queue', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('RedriveAllowPolicy', { redrivePermission: 'allowAll' }) },
  { name: 'a redrive permission does not exist', variant: 'SecureQueue', at: 'DeadLetterQueue/Resource', change: override('RedriveAllowPolicy.redrivePermission', 'byQueues') },
  {
    name: 'a reference leads nowhere',
    variant: 'SecureQueue',
    at: 'Queue/Resource',
    change: override('RedrivePolicy.deadLetterTargetArn', { 'Fn::GetAtt': ['Missing', 'Arn'] }),
  },
  { name: 'a queue has a fixed name', variant: 'SecureQueue', at: 'Queue/Resource', change: override('QueueName', 'jobs') },
  { name: 'a FIFO queue has the name of a standard one', variant: 'SecureQueue-fifo', at: 'Queue/Resource', change: override('QueueName', 'jobs') },
  { name: 'a dead-letter queue is not FIFO, as its queue is', variant: 'SecureQueue-fifo', at: 'DeadLetterQueue/Resource', change: unset('fifoQueue') },
  { name: 'the logical id of a queue moves', variant: 'SecureQueue', at: 'Queue/Resource', change: (queue: CfnResource) => queue.overrideLogicalId('Moved') },
  { name: 'a queue goes with its stack', variant: 'SecureQueue', at: 'Queue/Resource', change: (queue: CfnResource) => queue.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'an alarm tells nobody', variant: 'SecureQueue-producers', at: 'DeadLetterAlarm/Resource', change: unset('alarmActions') },
  { name: 'an alarm compares as nothing does', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('ComparisonOperator', 'Above') },
  { name: 'an alarm never fires', variant: 'SecureQueue', at: 'DeadLetterAlarm/Resource', change: override('Threshold', 1_000_000) },
  { name: 'an alarm fires while nothing happens', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('TreatMissingData', 'breaching') },
  { name: 'an alarm watches a metric that SQS has not', variant: 'SecureQueue', at: 'AgeAlarm/Resource', change: override('MetricName', 'AgeOfOldestMessage') },
  { name: 'the alarm on dead letters watches the other queue', variant: 'SecureQueue', at: 'DeadLetterAlarm/Resource', change: watchTheOtherQueue },
];

function watchTheOtherQueue(alarm: any): void {
  const { queueName } = alarm.node.scope.node.scope.queue;
  alarm.dimensions = [{ name: 'QueueName', value: queueName }];
}

const onBuckets: TemplateDefect[] = [
  {
    name: 'a bucket may be made public',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: (bucket) => {
      const onAccessControlLists = { blockPublicAcls: true, ignorePublicAcls: true };
      bucket.publicAccessBlockConfiguration = { ...onAccessControlLists, blockPublicPolicy: false, restrictPublicBuckets: false };
    },
  },
  { name: 'a bucket leaves public access to the defaults of S3', variant: 'ThumbnailToWasabi', at: 'Thumbnails/Resource', change: unset('publicAccessBlockConfiguration') },
  {
    name: 'a bucket takes access control lists, and is public by one',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Resource',
    change: (bucket) => Object.assign(bucket, { ownershipControls: { rules: [{ objectOwnership: 'ObjectWriter' }] }, accessControl: 'PublicRead' }),
  },
  { name: 'a bucket is not encrypted by its own setting', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: unset('bucketEncryption') },
  { name: 'a bucket has an encryption that S3 has not', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: encryptBy('AES512') },
  { name: 'a bucket has no versions', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: unset('versioningConfiguration') },
  { name: 'a bucket writes no access logs', variant: 'ThumbnailToWasabi', at: 'Thumbnails/Resource', change: unset('loggingConfiguration') },
  { name: 'a bucket takes plain HTTP and old TLS', variant: 'ThumbnailToWasabi', at: 'Dropbox/Policy/Resource', change: withoutDenial },
  {
    name: 'a bucket takes TLS 1.1',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Policy/Resource',
    change: statements((statement) => (statement.Condition?.NumericLessThan ? undefined : statement)),
  },
  {
    name: 'anybody may read a bucket',
    variant: 'ThumbnailToWasabi',
    at: 'Thumbnails/Policy',
    change: added({ principals: [new AnyPrincipal()], actions: ['s3:GetObject'], resources: ['*'] }),
  },
  {
    name: 'the access logs of any bucket are taken',
    variant: 'ThumbnailToWasabi',
    at: 'AccessLogs/Policy/Resource',
    change: statements((statement) => (statement.Effect === 'Allow' ? { ...statement, Condition: undefined } : statement)),
  },
  {
    name: 'originals that are not archived expire',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: override('LifecycleConfiguration.Rules.0.NoncurrentVersionExpiration', { NoncurrentDays: 1 }),
  },
  { name: 'a lifecycle rule is in a state that S3 has not', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: override('LifecycleConfiguration.Rules.0.Status', 'Active') },
  { name: 'a bucket sends no events', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.addPropertyDeletionOverride('NotificationConfiguration') },
  { name: 'the logical id of a bucket moves', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.overrideLogicalId('Moved') },
  { name: 'a bucket has a fixed name', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: override('BucketName', 'dropbox') },
  { name: 'a bucket goes with its stack', variant: 'ThumbnailToWasabi', at: 'Dropbox/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  {
    name: 'a bucket has a deletion policy that CloudFormation has not',
    variant: 'ThumbnailToWasabi',
    at: 'Dropbox/Resource',
    change: (bucket: CfnResource) => bucket.addOverride('DeletionPolicy', 'Keep'),
  },
  {
    name: 'an ephemeral bucket is not emptied',
    variant: 'ThumbnailToWasabi-ephemeral',
    at: 'Dropbox',
    change: (bucket: IConstruct) => bucket.node.tryRemoveChild('AutoDeleteObjectsCustomResource'),
  },
  {
    name: 'an ephemeral bucket may not be emptied any more when it should be',
    variant: 'ThumbnailToWasabi-ephemeral',
    at: 'Dropbox/AutoDeleteObjectsCustomResource/Default',
    change: (resource: CfnResource) => resource.addDeletionOverride('DependsOn'),
  },
];

function encryptBy(sseAlgorithm: string): (bucket: any) => void {
  return (bucket) => { bucket.bucketEncryption = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm } }] }; };
}

const onFunctions: TemplateDefect[] = [
  { name: 'a function has a runtime that is no longer kept', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn) => { fn.runtime = 'nodejs16.x'; } },
  { name: 'a function has a runtime that Lambda has not', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn) => { fn.runtime = 'nodejs24'; } },
  { name: 'a function has a runtime of another language', variant: 'ThumbnailToWasabi', at: 'Archive/Function/Resource', change: (fn) => { fn.runtime = 'python3.13'; } },
  { name: 'a function has less memory than Lambda gives', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('MemorySize', 64) },
  { name: 'a function runs for longer than Lambda lets it', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('Timeout', 901) },
  { name: 'a function has no handler', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: unset('handler') },
  { name: 'a function runs on the other processor than its zip is for', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: override('Architectures', ['x86_64']) },
  {
    name: 'a function has a secret in its environment',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Function/Resource',
    change: override('Environment.Variables.WASABI_SECRET', 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01'),
  },
  { name: 'a function misses a setting', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addPropertyDeletionOverride('Environment.Variables.ARCHIVE_BUCKET') },
  { name: 'a function logs where nothing is ever deleted', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: unset('loggingConfig') },
  { name: 'a function does not wait for its archive', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addDeletionOverride('DependsOn') },
  { name: 'a function waits for what is not there', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Resource', change: (fn: CfnResource) => fn.addOverride('DependsOn', ['Missing']) },
  { name: 'the photos that did well are tried again, too', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: unset('functionResponseTypes') },
  { name: 'a function takes larger batches than Lambda gives', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: override('BatchSize', 10_001) },
  { name: 'a function has no source', variant: 'ThumbnailToWasabi', at: 'Photo/Function/Uploads/Resource', change: unset('eventSourceArn') },
  { name: 'a function may do anything with any bucket', variant: 'ThumbnailToWasabi', at: 'Photo/Role/DefaultPolicy', change: added({ actions: ['s3:*'], resources: ['*'] }) },
  {
    name: 'a function may read any secret',
    variant: 'ThumbnailToWasabi',
    at: 'Archive/Role/DefaultPolicy/Resource',
    change: statements((statement) => (String(statement.Action).includes('secretsmanager:') ? { ...statement, Resource: '*' } : statement)),
  },
  {
    name: 'a function may not remove what it has archived',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/DefaultPolicy/Resource',
    change: statements((statement) => (String(statement.Action).includes('s3:DeleteObjectVersion') ? undefined : statement)),
  },
  {
    name: 'a function may do an action that IAM has not',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/DefaultPolicy',
    change: (policy) => added({ actions: ['s3:HeadObject'], resources: [policy.node.scope.roleArn] })(policy),
  },
  {
    name: 'a function is an administrator',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role',
    change: (role: Role) => role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')),
  },
  {
    name: 'anybody may take the role of a function',
    variant: 'ThumbnailToWasabi',
    at: 'Photo/Role/Resource',
    change: statements((statement) => ({ ...statement, Principal: { AWS: '*' } }), 'assumeRolePolicyDocument'),
  },
  {
    name: 'a policy belongs to one partition',
    variant: 'ThumbnailToWasabi',
    at: 'Archive/Role/DefaultPolicy/Resource',
    change: statements((statement) => JSON.parse(JSON.stringify(statement).replaceAll('"arn:",{"Ref":"AWS::Partition"},":', '"arn:aws:'))),
  },
];

const onTheRest: TemplateDefect[] = [
  { name: 'logs are kept for ever', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: unset('retentionInDays') },
  { name: 'logs are kept for a time that CloudWatch has not', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: override('RetentionInDays', 100) },
  { name: 'a log group has a fixed name', variant: 'ThumbnailToWasabi', at: 'Photo/Logs/Resource', change: override('LogGroupName', '/photos') },
  { name: 'uploads are not routed', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: override('State', 'DISABLED') },
  { name: 'the uploads of every bucket are routed', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: (rule: CfnResource) => rule.addPropertyDeletionOverride('EventPattern.detail.bucket') },
  { name: 'undeliverable uploads are lost', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: (rule: CfnResource) => rule.addPropertyDeletionOverride('Targets.0.DeadLetterConfig') },
  { name: 'a rule is in a state that EventBridge has not', variant: 'ThumbnailToWasabi', at: 'Uploads/Resource', change: override('State', 'ON') },
  { name: 'an archive that is kept is removed', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('OnDelete', 'destroy') },
  { name: 'another archive takes the place of one', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('BucketName', 'other') },
  { name: 'a custom resource has no function', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: (resource: CfnResource) => resource.addPropertyDeletionOverride('ServiceToken') },
  { name: 'a custom resource is waited for longer than CloudFormation does', variant: 'ThumbnailToWasabi', at: 'Archive/Resource/Default', change: override('ServiceTimeout', 7200) },
  { name: 'an alarm on errors counts nothing', variant: 'ThumbnailToWasabi', at: 'ErrorAlarm/Resource', change: override('EvaluationPeriods', 0) },
  { name: 'an alarm on deliveries watches every rule', variant: 'ThumbnailToWasabi', at: 'UploadsDeliveryAlarm/Resource', change: unset('dimensions') },
];

const onNetworks: TemplateDefect[] = [
  { name: 'a subnet gives public addresses', variant: 'HaVpc', at: 'Vpc/PublicSubnet1/Subnet', change: override('MapPublicIpOnLaunch', true) },
  { name: 'a subnet is in another place', variant: 'HaVpc', at: 'Vpc/PrivateSubnet1/Subnet', change: override('CidrBlock', '10.0.99.0/24') },
  { name: 'a subnet has a block that is none', variant: 'HaVpc', at: 'Vpc/PrivateSubnet2/Subnet', change: override('CidrBlock', '10.0.32.0/33') },
  { name: 'the addresses of a network go with its stack', variant: 'HaVpc', at: 'EgressAddress1', change: (address: CfnResource) => address.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'nobody knows what flows', variant: 'HaVpc', at: 'FlowLog', change: (flowLog: IConstruct) => flowLog.node.scope!.node.tryRemoveChild('FlowLog') },
  { name: 'an isolated subnet may reach out', variant: 'HaVpc', at: 'Vpc/IsolatedSubnet1', change: (subnet: any) => subnet.addRoute('Out', { routerId: 'igw-1', routerType: RouterType.GATEWAY }) },
];

const onDatabases: TemplateDefect[] = [
  { name: 'a database is not encrypted', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('StorageEncrypted', false) },
  { name: 'a database is public', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('PubliclyAccessible', true) },
  { name: 'a database has no backups', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('BackupRetentionPeriod', 0) },
  { name: 'a database may be deleted', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('DeletionProtection', false) },
  { name: 'a database survives no zone', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('MultiAZ', false) },
  { name: 'a database goes with its stack', variant: 'EncryptedDatabase', at: 'Database/Resource', change: (database: CfnResource) => database.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'another database takes the place of one', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('DBInstanceIdentifier', 'other') },
  { name: 'a cluster has another database', variant: 'EncryptedDatabase-serverless', at: 'Database/Resource', change: override('DatabaseName', 'other') },
  { name: 'a database is watched as often as RDS cannot', variant: 'EncryptedDatabase', at: 'Database/Resource', change: override('MonitoringInterval', 7) },
  {
    name: 'everybody reaches a database',
    variant: 'EncryptedDatabase',
    at: 'SecurityGroup/Resource',
    change: override('SecurityGroupIngress', [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 }]),
  },
];

const onCaches: TemplateDefect[] = [
  { name: 'a cache takes plain connections', variant: 'EncryptedCache', at: 'Nodes', change: override('TransitEncryptionEnabled', false) },
  { name: 'a cache is not encrypted at rest', variant: 'EncryptedCache', at: 'Nodes', change: override('AtRestEncryptionEnabled', false) },
  { name: 'a cache does not fail over', variant: 'EncryptedCache', at: 'Nodes', change: override('AutomaticFailoverEnabled', false) },
  { name: 'a cache has no backups', variant: 'EncryptedCache', at: 'Nodes', change: override('SnapshotRetentionLimit', 0) },
  { name: 'the logical id of a cache moves', variant: 'EncryptedCache', at: 'Nodes', change: (nodes: CfnResource) => nodes.overrideLogicalId('Moved') },
];

const onDelivery: TemplateDefect[] = [
  { name: 'media go with their stack', variant: 'StaticMediaCdn', at: 'Media/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'media have no versions', variant: 'StaticMediaCdn', at: 'Media/Resource', change: unset('versioningConfiguration') },
  { name: 'media may be made public', variant: 'StaticMediaCdn', at: 'Media/Resource', change: unset('publicAccessBlockConfiguration') },
  { name: 'a distribution has an HTTP version that CloudFront has not', variant: 'StaticMediaCdn', at: 'Distribution/Resource', change: override('DistributionConfig.HttpVersion', 'http4') },
  { name: 'a distribution has an origin that is none', variant: 'StaticMediaCdn', at: 'Distribution/Resource', change: override('DistributionConfig.DefaultCacheBehavior.TargetOriginId', 'missing') },
];

const onStates: TemplateDefect[] = [
  { name: 'states go with their stack', variant: 'TerraformStateBackend-ephemeral', at: 'Bucket/Resource', change: (bucket: CfnResource) => bucket.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'states have no versions', variant: 'TerraformStateBackend', at: 'Bucket/Resource', change: unset('versioningConfiguration') },
  { name: 'locks cannot be restored', variant: 'TerraformStateBackend-table', at: 'LockTable/Resource', change: unset('pointInTimeRecoverySpecification') },
  { name: 'locks have another key', variant: 'TerraformStateBackend-table', at: 'LockTable/Resource', change: override('KeySchema.0.AttributeName', 'LockId') },
];

const onIdentities: TemplateDefect[] = [
  { name: 'a repository is an administrator', variant: 'GithubOidcRole', at: 'Role', change: (role: Role) => role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')) },
  { name: 'a repository stays for longer than IAM lets it', variant: 'GithubOidcRole', at: 'Role/Resource', change: override('MaxSessionDuration', 43_201) },
];

export const TEMPLATE_DEFECTS = [
  ...onQueues, ...onBuckets, ...onFunctions, ...onTheRest, ...onNetworks, ...onDatabases, ...onCaches, ...onDelivery, ...onStates, ...onIdentities,
];
