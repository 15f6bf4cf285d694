import { ALARM_OWN_PROPS } from '../../shared/alarm';
import { BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED } from '../../shared/bundled-function';
import { OwnProps, SealedProperties } from '../../shared/guards';

/** What the guarantees of a database rest on. */
export const SEALED: SealedProperties = {
  ...BUNDLED_FUNCTION_SEALED,
  'AWS::ApplicationAutoScaling::ScalableTarget': ['maxCapacity', 'minCapacity', 'resourceId'],
  'AWS::Backup::BackupPlan': ['backupPlan'],
  'AWS::Backup::BackupSelection': ['backupSelection'],
  'AWS::Backup::BackupVault': ['accessPolicy', 'encryptionKeyArn'],
  'AWS::EC2::SecurityGroup': ['securityGroupEgress', 'securityGroupIngress'],
  'AWS::KMS::Key': ['enableKeyRotation', 'enabled', 'keyPolicy'],
  'AWS::RDS::DBCluster': [
    'backupRetentionPeriod', 'dbClusterParameterGroupName', 'dbSubnetGroupName', 'deletionProtection', 'enableCloudwatchLogsExports', 'kmsKeyId',
    'masterUserPassword', 'storageEncrypted', 'vpcSecurityGroupIds',
  ],
  'AWS::RDS::DBClusterParameterGroup': ['parameters'],
  'AWS::RDS::DBInstance': [
    'backupRetentionPeriod', 'dbParameterGroupName', 'dbSubnetGroupName', 'deletionProtection', 'enableCloudwatchLogsExports', 'kmsKeyId',
    'masterUserPassword', 'publiclyAccessible', 'storageEncrypted', 'vpcSecurityGroups',
  ],
  'AWS::RDS::DBParameterGroup': ['parameters'],
  'AWS::RDS::DBProxy': ['auth', 'debugLogging', 'requireTls', 'roleArn', 'vpcSecurityGroupIds', 'vpcSubnetIds'],
  'AWS::RDS::DBProxyEndpoint': ['targetRole', 'vpcSecurityGroupIds', 'vpcSubnetIds'],
  'AWS::RDS::DBProxyTargetGroup': ['dbClusterIdentifiers', 'dbInstanceIdentifiers'],
  'AWS::Scheduler::Schedule': ['scheduleExpression', 'state', 'target'],
  'AWS::SecretsManager::RotationSchedule': ['rotationLambdaArn', 'rotationRules'],
  'AWS::SecretsManager::Secret': ['kmsKeyId', 'generateSecretString', 'secretString'],
  'AWS::StepFunctions::StateMachine': ['definitionString', 'roleArn'],
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
