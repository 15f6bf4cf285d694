/** The properties that give a resource a physical name, by its type; those within others after a dot. */
export const NAMES: Record<string, string> = {
  'AWS::ApplicationAutoScaling::ScalingPolicy': 'none: CloudFormation wants a name, which counts within its target only',
  'AWS::AutoScaling::AutoScalingGroup': 'AutoScalingGroupName',
  'AWS::Backup::BackupPlan': 'none: its name is a display name, which CloudFormation wants',
  'AWS::Backup::BackupVault': 'BackupVaultName',
  'AWS::CloudFront::CachePolicy': 'CachePolicyConfig.Name',
  'AWS::CloudFront::Function': 'Name',
  'AWS::CloudFront::OriginAccessControl': 'OriginAccessControlConfig.Name',
  'AWS::CloudFront::ResponseHeadersPolicy': 'ResponseHeadersPolicyConfig.Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::EC2::LaunchTemplate': 'LaunchTemplateName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::EC2::SecurityGroup': 'GroupName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::ECS::TaskDefinition': 'none: its family is no physical name, and CDK makes it of the logical id',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
  'AWS::ElastiCache::ParameterGroup': 'CacheParameterGroupName',
  'AWS::ElastiCache::ReplicationGroup': 'ReplicationGroupId',
  'AWS::ElastiCache::ServerlessCache': 'ServerlessCacheName',
  'AWS::ElastiCache::SubnetGroup': 'CacheSubnetGroupName',
  'AWS::ElastiCache::User': 'UserId',
  'AWS::ElastiCache::UserGroup': 'UserGroupId',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::Policy': 'none: CloudFormation wants a name, which CDK makes of the logical id, and it is no physical one',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBClusterParameterGroup': 'DBClusterParameterGroupName',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::RDS::DBParameterGroup': 'DBParameterGroupName',
  'AWS::RDS::DBProxy': 'DBProxyName',
  'AWS::RDS::DBProxyEndpoint': 'DBProxyEndpointName',
  'AWS::RDS::DBSubnetGroup': 'DBSubnetGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::ServiceDiscovery::PrivateDnsNamespace': 'none: it is a domain name, and of the app',
  'AWS::ServiceDiscovery::Service': 'none: it is a host name, which the user gives',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** Names in the template that are the same wherever it is deployed. */
export function fixedNames(template: object): string[] {
  return Object.entries<any>((template as any).Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const name = NAMES[Type]?.split('.').reduce((value, key) => value?.[key], Properties);
    return name === undefined || JSON.stringify(name).includes('AWS::StackId') ? [] : [`${id}: ${JSON.stringify(name)}`];
  });
}

/** ARNs in the template that say which partition they are of. */
export function partitionsIn(template: object): string[] {
  return JSON.stringify(template).match(/arn:aws(-cn|-us-gov)?:[^"]*/g) ?? [];
}
