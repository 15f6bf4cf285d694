import {
  DescribeCacheClustersCommand, DescribeCacheParameterGroupsCommand, DescribeCacheParametersCommand, DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand, DescribeUserGroupsCommand, DescribeUsersCommand,
} from '@aws-sdk/client-elasticache';
import { Reader } from './reader';

export const readReplicationGroup: Reader = async ({ physicalId: ReplicationGroupId }, { caches }) => {
  const { ReplicationGroups } = await caches.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }));
  const [group] = ReplicationGroups!;
  const { CacheClusters } = await caches.send(new DescribeCacheClustersCommand({ CacheClusterId: group.MemberClusters![0] }));
  const [node] = CacheClusters!;
  return {
    AtRestEncryptionEnabled: group.AtRestEncryptionEnabled,
    AutoMinorVersionUpgrade: group.AutoMinorVersionUpgrade,
    AutomaticFailoverEnabled: group.AutomaticFailover === 'enabled',
    CacheNodeType: group.CacheNodeType,
    CacheParameterGroupName: node.CacheParameterGroup?.CacheParameterGroupName,
    CacheSubnetGroupName: node.CacheSubnetGroupName,
    Engine: group.Engine ?? node.Engine,
    EngineVersion: node.EngineVersion,
    KmsKeyId: group.KmsKeyId,
    LogDeliveryConfigurations: group.LogDeliveryConfigurations?.map(({ LogType, LogFormat, DestinationType, DestinationDetails }) => ({
      LogType, LogFormat, DestinationType, DestinationDetails: { CloudWatchLogsDetails: DestinationDetails?.CloudWatchLogsDetails },
    })),
    MultiAZEnabled: group.MultiAZ === 'enabled',
    NumCacheClusters: group.MemberClusters?.length,
    Port: group.NodeGroups?.[0].PrimaryEndpoint?.Port,
    PreferredMaintenanceWindow: node.PreferredMaintenanceWindow,
    ReplicationGroupDescription: group.Description,
    SecurityGroupIds: node.SecurityGroups?.map(({ SecurityGroupId }) => SecurityGroupId),
    SnapshotRetentionLimit: group.SnapshotRetentionLimit,
    SnapshotWindow: group.SnapshotWindow,
    TransitEncryptionEnabled: group.TransitEncryptionEnabled,
    UserGroupIds: group.UserGroupIds,
  };
};

export const readCacheSubnetGroup: Reader = async ({ physicalId }, { caches }) => {
  const { CacheSubnetGroups } = await caches.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: physicalId }));
  const [group] = CacheSubnetGroups!;
  return { Description: group.CacheSubnetGroupDescription, SubnetIds: group.Subnets?.map(({ SubnetIdentifier }) => SubnetIdentifier) };
};

export const readCacheParameterGroup: Reader = async ({ physicalId: CacheParameterGroupName }, { caches }) => {
  const { CacheParameterGroups } = await caches.send(new DescribeCacheParameterGroupsCommand({ CacheParameterGroupName }));
  const { Parameters = [] } = await caches.send(new DescribeCacheParametersCommand({ CacheParameterGroupName }));
  const [group] = CacheParameterGroups!;
  return {
    CacheParameterGroupFamily: group.CacheParameterGroupFamily,
    Description: group.Description,
    Properties: Object.fromEntries(Parameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue])),
  };
};

export const readCacheUser: Reader = async ({ physicalId: UserId }, { caches }) => {
  const { Users } = await caches.send(new DescribeUsersCommand({ UserId }));
  const [user] = Users!;
  return { AccessString: user.AccessString, Engine: user.Engine, UserId: user.UserId, UserName: user.UserName };
};

export const readCacheUserGroup: Reader = async ({ physicalId: UserGroupId }, { caches }) => {
  const { UserGroups } = await caches.send(new DescribeUserGroupsCommand({ UserGroupId }));
  const [group] = UserGroups!;
  return { Engine: group.Engine, UserGroupId: group.UserGroupId, UserIds: group.UserIds };
};
