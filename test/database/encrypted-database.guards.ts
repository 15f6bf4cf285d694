import { Duration, RemovalPolicies } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceClass, InstanceSize, InstanceType, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { CfnRotationSchedule, CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Change, Injection, inVariant, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('EncryptedDatabase', [
    { what: 'changes the runtime of functions', change: new ResourceChange(CfnFunction, (fn) => fn.runtime = 'nodejs20.x'), property: 'runtime', isWarning: true },
    { what: 'changes the class of instances', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.dbInstanceClass = 'db.t4g.micro'), property: 'dbInstanceClass', isWarning: true },
    { what: 'stops the logs of the engine', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.enableCloudwatchLogsExports = []), property: 'enableCloudwatchLogsExports', isWarning: true },
    { what: 'keeps logs for another time', change: new ResourceChange(CfnLogGroup, (group) => group.retentionInDays = 7), property: 'retentionInDays', isWarning: true },
    { what: 'opens instances to the internet', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.publiclyAccessible = true), property: 'publiclyAccessible' },
    { what: 'drops encryption', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.storageEncrypted = false), property: 'storageEncrypted' },
    { what: 'stops backups', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.backupRetentionPeriod = 0), property: 'backupRetentionPeriod', isWarning: true },
    { what: 'removes the deletion protection', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.deletionProtection = false), property: 'deletionProtection', isWarning: true },
    { what: 'uses the default parameter group', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.dbParameterGroupName = 'default.mysql8.4'), property: 'dbParameterGroupName' },
    { what: 'uses another security group', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.vpcSecurityGroups = ['sg-1']), property: 'vpcSecurityGroups' },
    { what: 'sets a password in plain text', change: new ResourceChange(rds.CfnDBInstance, (instance) => instance.masterUserPassword = 'hunter2'), property: 'masterUserPassword' },
    { what: 'accepts unencrypted connections', change: new ResourceChange(rds.CfnDBParameterGroup, (group) => group.parameters = { require_secure_transport: '0' }), property: 'require_secure_transport' },
    { what: 'stops the rotation of keys', change: new ResourceChange(CfnKey, (key) => key.enableKeyRotation = false), property: 'enableKeyRotation' },
    { what: 'removes the key of secrets', change: new ResourceChange(CfnSecret, (secret) => secret.kmsKeyId = undefined), property: 'kmsKeyId' },
    { what: 'stops the rotation of passwords', change: new ResourceChange(CfnRotationSchedule, (schedule) => schedule.rotationRules = undefined), property: 'rotationRules', isWarning: true },
    {
      what: 'destroys everything with the stack',
      change: (scope) => RemovalPolicies.of(scope).destroy(),
      property: 'removalPolicy',
      isWarning: true,
      error: '\'removalPolicy\' of Stack/Subject/Key/Resource, .* and \\d+ more was RETAIN_ON_UPDATE_OR_DELETE and became DESTROY',
    },
  ]),
  ...inVariant<Change>('EncryptedDatabase-serverless', [
    { what: 'drops the encryption of clusters', change: new ResourceChange(rds.CfnDBCluster, (cluster) => cluster.kmsKeyId = undefined), property: 'kmsKeyId' },
    { what: 'accepts unencrypted connections to clusters', change: new ResourceChange(rds.CfnDBClusterParameterGroup, (group) => group.parameters = { 'rds.force_ssl': '0' }), property: 'rds.force_ssl' },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('EncryptedDatabase', [
    { what: 'public instances', of: rds.DatabaseInstance, props: () => ({ publiclyAccessible: true }) },
    { what: 'instances without encryption', of: rds.DatabaseInstance, props: () => ({ storageEncrypted: false, storageEncryptionKey: undefined }) },
    { what: 'instances without backups', of: rds.DatabaseInstance, props: () => ({ backupRetention: Duration.days(0) }) },
    { what: 'instances that are deleted with the stack', of: rds.DatabaseInstance, props: () => ({ deletionProtection: false, deleteAutomatedBackups: true }) },
    { what: 'instances that log for a day', of: rds.DatabaseInstance, props: () => ({ cloudwatchLogsRetention: RetentionDays.ONE_DAY }) },
    { what: 'small instances', of: rds.DatabaseInstance, props: () => ({ instanceType: InstanceType.of(InstanceClass.T3, InstanceSize.MICRO) }) },
    { what: 'parameter groups that accept unencrypted connections', of: rds.ParameterGroup, props: () => ({ parameters: {} }) },
    { what: 'subnet groups with a fixed name', of: rds.SubnetGroup, props: () => ({ subnetGroupName: 'all' }) },
    { what: 'security groups that allow all egress', of: SecurityGroup, props: () => ({ allowAllOutbound: true }) },
    { what: 'disabled keys without rotation', of: Key, props: () => ({ enableKeyRotation: false, enabled: false }) },
    { what: 'short passwords', of: Secret, props: (own) => (own.generateSecretString ? { generateSecretString: { passwordLength: 8 } } : {}) },
    { what: 'unencrypted log groups', of: LogGroup, props: () => ({ encryptionKey: undefined, retention: RetentionDays.ONE_DAY }) },
    { what: 'alarms without actions', of: Alarm, props: () => ({ actionsEnabled: false }) },
  ]),
  ...inVariant<Injection>('EncryptedDatabase-aurora-mysql', [
    { what: 'clusters with backtrack', of: rds.DatabaseCluster, props: () => ({ backtrackWindow: Duration.hours(1) }) },
    { what: 'clusters without IAM authentication', of: rds.DatabaseCluster, props: () => ({ iamAuthentication: false }) },
  ]),
];
