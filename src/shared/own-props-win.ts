import { InjectionContext, IPropertyInjector, PropertyInjectors } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { isPlain, plainCopy } from './plain-copy';

/**
 * The L2s that constructs are made of, and what nobody may add to them where we say nothing: it would take a promise back, or contradict what
 * we say. By PROPERTY_INJECTION_ID, written out, as reading it from the class loads its module.
 */
const NOT_ADDED: Record<string, readonly string[]> = {
  'aws-cdk-lib.aws-backup.BackupPlan': ['windowsVss'],
  'aws-cdk-lib.aws-backup.BackupSelection': ['allowRestores'],
  'aws-cdk-lib.aws-backup.BackupVault': ['accessPolicy', 'notificationEvents', 'notificationTopic'],
  'aws-cdk-lib.aws-certificatemanager.Certificate': ['subjectAlternativeNames', 'validation', 'certificateName', 'keyAlgorithm'],
  'aws-cdk-lib.aws-cloudfront.CachePolicy': [],
  'aws-cdk-lib.aws-cloudfront.Distribution': ['enableLogging', 'enabled', 'logBucket', 'logFilePrefix', 'logIncludesCookies', 'publishAdditionalMetrics'],
  'aws-cdk-lib.aws-cloudfront.Function': ['keyValueStore'],
  'aws-cdk-lib.aws-cloudfront.ResponseHeadersPolicy': ['corsBehavior', 'customHeadersBehavior', 'removeHeaders', 'serverTimingSamplingRate'],
  'aws-cdk-lib.aws-cloudfront.S3OriginAccessControl': [],
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-custom-resources.Provider': ['isCompleteHandler', 'logRetention', 'role'],
  'aws-cdk-lib.aws-dynamodb.Table': [
    'contributorInsightsEnabled', 'importSource', 'kinesisStream', 'maxReadRequestUnits', 'maxWriteRequestUnits', 'replicationRegions',
    'resourcePolicy', 'sortKey', 'stream', 'timeToLiveAttribute',
  ],
  'aws-cdk-lib.aws-ec2.FlowLog': ['logFormat'],
  'aws-cdk-lib.aws-ec2.GatewayVpcEndpoint': ['subnets'],
  'aws-cdk-lib.aws-ec2.InterfaceVpcEndpoint': ['lookupSupportedAzs'],
  'aws-cdk-lib.aws-ec2.PrivateSubnet': ['ipv6CidrBlock'],
  'aws-cdk-lib.aws-ec2.PublicSubnet': ['ipv6CidrBlock'],
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-ec2.Vpc': [
    'cidr', 'createInternetGateway', 'defaultInstanceTenancy', 'flowLogs', 'ipv6Addresses', 'maxAzs', 'natGatewayProvider', 'natGatewaySubnets',
    'reservedAzs',
  ],
  'aws-cdk-lib.aws-events.Rule': ['enabled', 'eventBus', 'eventPattern', 'schedule', 'crossStackScope'],
  'aws-cdk-lib.aws-iam.AccessKey': ['serial', 'status'],
  'aws-cdk-lib.aws-iam.OidcProviderNative': ['oidcProviderName', 'thumbprints'],
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-iam.User': ['groups', 'managedPolicies', 'password', 'passwordResetRequired', 'userName'],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
  'aws-cdk-lib.aws-lambda.EventSourceMapping': ['enabled', 'filterEncryption', 'filters'],
  'aws-cdk-lib.aws-lambda.Function': [
    'events', 'initialPolicy', 'logRemovalPolicy', 'logRetention', 'logRetentionRetryOptions', 'logRetentionRole',
    'reservedConcurrentExecutions',
  ],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.aws-rds.AuroraClusterInstance': ['allowMajorVersionUpgrade', 'availabilityZone', 'instanceIdentifier', 'parameterGroup', 'parameters'],
  'aws-cdk-lib.aws-rds.DatabaseCluster': [
    'backtrackWindow', 'clusterScailabilityType', 'clusterScalabilityType', 'cloudwatchLogsRetention', 'cloudwatchLogsRetentionRole', 'domain',
    'domainRole', 'instanceProps', 'instances', 'parameters', 'replicationSourceIdentifier', 's3ExportBuckets', 's3ExportRole', 's3ImportBuckets',
    's3ImportRole', 'serverlessV2AutoPauseDuration', 'serverlessV2MaxCapacity', 'serverlessV2MinCapacity',
  ],
  'aws-cdk-lib.aws-rds.DatabaseInstance': [
    'allowMajorVersionUpgrade', 'availabilityZone', 'characterSetName', 'cloudwatchLogsRetention', 'cloudwatchLogsRetentionRole', 'domain',
    'domainRole', 'iops', 'licenseModel', 'parameters', 's3ExportBuckets', 's3ExportRole', 's3ImportBuckets', 's3ImportRole', 'storageThroughput',
    'timezone',
  ],
  'aws-cdk-lib.aws-rds.ParameterGroup': ['name'],
  'aws-cdk-lib.aws-rds.SubnetGroup': ['subnetGroupName'],
  'aws-cdk-lib.aws-route53.AaaaRecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-route53.ARecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-s3.Bucket': [
    'accessControl', 'autoDeleteObjects', 'bucketKeyEnabled', 'encryptionKey', 'intelligentTieringConfigurations', 'objectLockDefaultRetention',
    'objectLockEnabled', 'publicReadAccess', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'targetObjectKeyFormat',
  ],
  'aws-cdk-lib.aws-s3.BucketPolicy': ['document'],
  'aws-cdk-lib.aws-scheduler.Schedule': ['enabled', 'end', 'key', 'scheduleGroup', 'scheduleName', 'start'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
  'aws-cdk-lib.aws-secretsmanager.SecretTargetAttachment': [],
  'aws-cdk-lib.aws-sqs.Queue': [
    'contentBasedDeduplication', 'deadLetterQueue', 'deduplicationScope', 'encryptionMasterKey', 'fifoThroughputLimit', 'redriveAllowPolicy',
  ],
  'aws-cdk-lib.aws-sqs.QueuePolicy': [],
  'aws-cdk-lib.aws-stepfunctions.StateMachine': [
    'definition', 'definitionSubstitutions', 'queryLanguage', 'stateMachineName', 'stateMachineType', 'timeout',
  ],
  'aws-cdk-lib.aws-ssm.StringParameter': ['allowedPattern', 'dataType', 'parameterName', 'tier', 'type'],
  'aws-cdk-lib.core.CustomResource': [],
};

/**
 * Keeps the injectors of an app from changing what is said in a scope: they still add what is left open there.
 */
export function ownPropsWin(scope: IConstruct): void {
  PropertyInjectors.of(scope).add(...Object.keys(NOT_ADDED).map((id) => new OwnPropsWin(id, scope)));
}

type Props = Record<string, unknown>;

class OwnPropsWin implements IPropertyInjector {
  constructor(public readonly constructUniqueId: string, private readonly scope: IConstruct) {}

  public inject(own: Props = {}, context: InjectionContext): Props {
    const injected = this.injectorAbove()?.inject(plainCopy(own), context) as Props ?? {};
    const added = Object.entries(injected).filter(([prop]) => !(prop in own) && !NOT_ADDED[this.constructUniqueId].includes(prop));
    const ofBoth = isPlain(own.environment) && isPlain(injected.environment) && { environment: { ...injected.environment, ...own.environment } };
    return { ...Object.fromEntries(added), ...own, ...ofBoth };
  }

  /** The one that CDK would have asked, had this scope none. */
  private injectorAbove(): IPropertyInjector | undefined {
    const above = this.scope.node.scopes.reverse().slice(1).filter((ancestor) => PropertyInjectors.hasPropertyInjectors(ancestor));
    return above.map((ancestor) => PropertyInjectors.of(ancestor).for(this.constructUniqueId)).find((injector) => injector !== undefined);
  }
}
