import { ALARM_SEALED } from '../../shared/alarm';
import { OwnProps, SealedProperties } from '../../shared/guards';

/** What the guarantees of a network rest on, besides its removal policies. */
export const SEALED: SealedProperties = {
  ...ALARM_SEALED,
  'AWS::AutoScaling::AutoScalingGroup': { warn: ['maxInstanceLifetime', 'maxSize', 'minSize'] },
  'AWS::EC2::EIP': {},
  'AWS::EC2::FlowLog': { warn: ['logDestination', 'logGroupName', 'resourceId', 'trafficType'] },
  'AWS::EC2::LaunchTemplate': {
    refuse: ['blockDeviceMappings', 'iamInstanceProfile', 'metadataOptions', 'networkInterfaces'].map((property) => `launchTemplateData/${property}`),
    warn: ['launchTemplateData'],
  },
  'AWS::EC2::NetworkInterface': { refuse: ['groupSet'], warn: ['sourceDestCheck'] },
  'AWS::EC2::SecurityGroup': { refuse: ['securityGroupEgress', 'securityGroupIngress'] },
  'AWS::EC2::Subnet': { refuse: ['mapPublicIpOnLaunch'], warn: ['availabilityZone', 'cidrBlock'] },
  'AWS::EC2::VPC': { warn: ['cidrBlock', 'enableDnsHostnames', 'enableDnsSupport'] },
  'AWS::IAM::Role': { refuse: ['assumeRolePolicyDocument'] },
  'AWS::KMS::Key': { refuse: ['enableKeyRotation', 'enabled', 'keyPolicy'] },
  'AWS::Logs::LogGroup': { refuse: ['kmsKeyId'], warn: ['retentionInDays'] },
};

/** What nobody may add to the parts of a network. */
export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
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
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.core.CustomResource': [],
};
