import { OwnProps, SealedProperties } from '../../shared/guards';

/** Of `containerTask()`, `fargateService()` and `appCluster()`. */
export const CONTAINER_SEALED: SealedProperties = {
  'AWS::ApplicationAutoScaling::ScalableTarget': { warn: ['maxCapacity', 'minCapacity', 'resourceId'] },
  'AWS::EC2::SecurityGroup': { refuse: ['securityGroupEgress', 'securityGroupIngress'] },
  'AWS::ECS::Cluster': { warn: ['capacityProviders', 'clusterSettings', 'configuration'] },
  'AWS::ECS::Service': {
    refuse: ['enableExecuteCommand', 'networkConfiguration', 'taskDefinition'],
    warn: ['availabilityZoneRebalancing', 'capacityProviderStrategy', 'deploymentConfiguration'],
  },
  'AWS::ECS::TaskDefinition': { refuse: ['containerDefinitions', 'executionRoleArn', 'networkMode', 'taskRoleArn'], warn: ['cpu', 'memory', 'runtimePlatform'] },
  'AWS::IAM::Role': { refuse: ['assumeRolePolicyDocument'] },
  'AWS::Logs::LogGroup': { refuse: ['kmsKeyId'], warn: ['retentionInDays'] },
};

export const CONTAINER_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-ecs.Cluster': [
    'capacity', 'clusterName', 'containerInsights', 'defaultCloudMapNamespace', 'enableFargateCapacityProviders', 'executeCommandConfiguration', 'managedStorageConfiguration',
  ],
  'aws-cdk-lib.aws-ecs.ContainerDefinition': [
    'credentialSpecs', 'disableNetworking', 'dnsSearchDomains', 'dnsServers', 'dockerSecurityOptions', 'environmentFiles', 'extraHosts', 'gpuCount', 'healthCheck',
    'hostname', 'inferenceAcceleratorResources', 'interactive', 'memoryLimitMiB', 'memoryReservationMiB', 'pseudoTerminal',
  ],
  'aws-cdk-lib.aws-ecs.FargateService': [
    'cloudMapOptions', 'daemon', 'deploymentController', 'deploymentStrategy', 'desiredCount', 'launchType', 'securityGroup', 'serviceConnectConfiguration',
    'serviceName', 'volumeConfigurations',
  ],
  'aws-cdk-lib.aws-ecs.FargateTaskDefinition': ['family', 'pidMode', 'proxyConfiguration', 'volumes'],
  'aws-cdk-lib.aws-ecs.FirelensLogRouter': ['environment', 'secrets'],
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
};
