import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnUser } from 'aws-cdk-lib/aws-elasticache';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Change, Injection, inVariant, ResourceChange } from '../checks/guard';

const otherNetwork = (scope: Construct) => Vpc.fromVpcAttributes(scope, 'Network', { vpcId: 'vpc-of-others', availabilityZones: ['eu-west-3a'] });

export const CHANGES: Change[] = [
  ...inVariant<Change>('EncryptedCache', [
    { what: 'takes the standby away', change: new ResourceChange(CfnReplicationGroup, (group) => group.automaticFailoverEnabled = false), property: 'automaticFailoverEnabled', isWarning: true },
    { what: 'keeps snapshots for another time', change: new ResourceChange(CfnReplicationGroup, (group) => group.snapshotRetentionLimit = 2), property: 'snapshotRetentionLimit', isWarning: true },
    { what: 'keeps logs for another time', change: new ResourceChange(CfnLogGroup, (group) => group.retentionInDays = 7), property: 'retentionInDays', isWarning: true },
    { what: 'drops the encryption of logs', change: new ResourceChange(CfnLogGroup, (group) => group.kmsKeyId = undefined), property: 'kmsKeyId' },
    { what: 'disables alarms', change: new ResourceChange(CfnAlarm, (alarm) => alarm.actionsEnabled = false), property: 'actionsEnabled', isWarning: true },
    { what: 'disables keys', change: new ResourceChange(CfnKey, (key) => key.enabled = false), property: 'enabled' },
    { what: 'accepts unencrypted connections', change: new ResourceChange(CfnReplicationGroup, (group) => group.transitEncryptionEnabled = false), property: 'transitEncryptionEnabled' },
    { what: 'drops the encryption of caches', change: new ResourceChange(CfnReplicationGroup, (group) => group.atRestEncryptionEnabled = false), property: 'atRestEncryptionEnabled' },
    { what: 'removes the user group', change: new ResourceChange(CfnReplicationGroup, (group) => group.userGroupIds = undefined), property: 'userGroupIds' },
    { what: 'uses another security group', change: new ResourceChange(CfnReplicationGroup, (group) => group.securityGroupIds = ['sg-12345678']), property: 'securityGroupIds' },
    { what: 'allows all commands to all users', change: new ResourceChange(CfnUser, (user) => user.accessString = 'on ~* +@all'), property: 'accessString' },
    { what: 'stops the rotation of keys', change: new ResourceChange(CfnKey, (key) => key.enableKeyRotation = false), property: 'enableKeyRotation' },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('EncryptedCache', [
    { what: 'security groups that allow all egress', of: SecurityGroup, props: () => ({ allowAllOutbound: true, allowAllIpv6Outbound: true }) },
    { what: 'security groups of another VPC', of: SecurityGroup, props: (_, elsewhere) => ({ vpc: otherNetwork(elsewhere) }) },
    { what: 'keys without rotation', of: Key, props: () => ({ enableKeyRotation: false }) },
    { what: 'disabled keys', of: Key, props: () => ({ enabled: false }) },
    { what: 'short passwords', of: Secret, props: (own) => (own.generateSecretString ? { generateSecretString: { passwordLength: 8 } } : {}) },
    { what: 'secrets under another key', of: Secret, props: () => ({ encryptionKey: undefined }) },
    { what: 'replicated secrets', of: Secret, props: () => ({ replicaRegions: [{ region: 'us-east-1' }] }) },
  ]),
];
