/**
 * The properties whose change replaces a database, but for those of `NOT_IN_PIN`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
 */
export const REPLACED_BY: Record<string, string[]> = {
  'AWS::RDS::DBCluster': [
    'Engine', 'DatabaseName', 'MasterUsername', 'KmsKeyId', 'SnapshotIdentifier', 'SourceDBClusterIdentifier', 'SourceDbClusterResourceId', 'RestoreToTime',
    'RestoreType', 'EngineMode', 'AvailabilityZones', 'ClusterScalabilityType', 'DBSystemId', 'PubliclyAccessible', 'SourceRegion',
  ],
  'AWS::RDS::DBInstance': [
    'Engine', 'DBName', 'MasterUsername', 'Port', 'KmsKeyId', 'DBSnapshotIdentifier', 'SourceDBInstanceIdentifier', 'SourceDbiResourceId',
    'SourceDBInstanceAutomatedBackupsArn', 'RestoreTime', 'CharacterSetName', 'Timezone', 'BackupTarget', 'CustomIAMInstanceProfile', 'DBSystemId',
    'NcharCharacterSetName', 'SourceRegion',
  ],
};

/** What replaces a database, too, and would say nothing in a pin: why. */
export const NOT_IN_PIN: Record<string, string> = {
  DBClusterIdentifier: 'it is made of the construct, whose id is in the pin, and of the stack',
  DBInstanceIdentifier: 'the same, of an instance',
  DBSubnetGroupName: 'its group is one of the construct, of the same name with other subnets',
  StorageEncrypted: 'it is always on, but for what is restored, of which the pin says from what',
  UseLatestRestorableTime: 'it is there where a source is and no time, and both are in the pin',
};

export const PINNED = { what: 'database', replacedBy: REPLACED_BY };
