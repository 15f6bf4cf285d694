import { ALARM_OWN_PROPS, ALARM_SEALED } from '../../shared/alarm';
import { BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED } from '../../shared/bundled-function';
import { OwnProps, SealedProperties } from '../../shared/guards';

/** PostgreSQL's, and MySQL's and MariaDB's: see databaseParameters(). */
const TLS_PARAMETERS = ['parameters/rds.force_ssl', 'parameters/require_secure_transport'];

/** What the guarantees of a database rest on. */
export const SEALED: SealedProperties = {
  ...ALARM_SEALED,
  ...BUNDLED_FUNCTION_SEALED,
  'AWS::ApplicationAutoScaling::ScalableTarget': { warn: ['maxCapacity', 'minCapacity', 'resourceId'] },
  'AWS::Backup::BackupPlan': { warn: ['backupPlan'] },
  'AWS::Backup::BackupSelection': { warn: ['backupSelection'] },
  'AWS::Backup::BackupVault': { refuse: ['accessPolicy', 'encryptionKeyArn'] },
  'AWS::EC2::SecurityGroup': { refuse: ['securityGroupEgress', 'securityGroupIngress'] },
  'AWS::KMS::Key': { refuse: ['enableKeyRotation', 'enabled', 'keyPolicy'] },
  'AWS::RDS::DBCluster': {
    refuse: ['dbClusterParameterGroupName', 'dbSubnetGroupName', 'kmsKeyId', 'masterUserPassword', 'storageEncrypted', 'vpcSecurityGroupIds'],
    warn: ['backupRetentionPeriod', 'deletionProtection', 'enableCloudwatchLogsExports', 'serverlessV2ScalingConfiguration'],
  },
  'AWS::RDS::DBClusterParameterGroup': { refuse: TLS_PARAMETERS, warn: ['parameters'] },
  'AWS::RDS::DBInstance': {
    refuse: ['dbParameterGroupName', 'dbSubnetGroupName', 'kmsKeyId', 'masterUserPassword', 'publiclyAccessible', 'storageEncrypted', 'vpcSecurityGroups'],
    warn: ['backupRetentionPeriod', 'dbInstanceClass', 'deletionProtection', 'enableCloudwatchLogsExports', 'multiAz'],
  },
  'AWS::RDS::DBParameterGroup': { refuse: TLS_PARAMETERS, warn: ['parameters'] },
  'AWS::RDS::DBProxy': {
    refuse: ['auth', 'debugLogging', 'requireTls', 'roleArn', 'vpcSecurityGroupIds', 'vpcSubnetIds'], // the debug log has the text of statements
  },
  'AWS::RDS::DBProxyEndpoint': { refuse: ['vpcSecurityGroupIds', 'vpcSubnetIds'], warn: ['targetRole'] },
  'AWS::RDS::DBProxyTargetGroup': { warn: ['dbClusterIdentifiers', 'dbInstanceIdentifiers'] },
  'AWS::Scheduler::Schedule': { warn: ['scheduleExpression', 'state', 'target'] },
  'AWS::SecretsManager::RotationSchedule': { warn: ['rotationLambdaArn', 'rotationRules'] },
  'AWS::SecretsManager::Secret': { refuse: ['kmsKeyId', 'generateSecretString', 'secretString'] },
  'AWS::StepFunctions::StateMachine': { refuse: ['roleArn'], warn: ['definitionString'] },
};

/** The L2s that a database is made of, and what injectors do not add to them. */
export const OWN_PROPS: OwnProps = {
  ...ALARM_OWN_PROPS,
  ...BUNDLED_FUNCTION_OWN_PROPS,
  'aws-cdk-lib.aws-backup.BackupPlan': ['windowsVss'],
  'aws-cdk-lib.aws-backup.BackupSelection': ['allowRestores'],
  'aws-cdk-lib.aws-backup.BackupVault': ['accessPolicy', 'notificationEvents', 'notificationTopic'],
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
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
  'aws-cdk-lib.aws-scheduler.Schedule': ['enabled', 'end', 'key', 'scheduleGroup', 'scheduleName', 'start'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
  'aws-cdk-lib.aws-secretsmanager.SecretTargetAttachment': [],
  'aws-cdk-lib.aws-stepfunctions.StateMachine': [
    'definition', 'definitionSubstitutions', 'queryLanguage', 'stateMachineName', 'stateMachineType', 'timeout',
  ],
};
