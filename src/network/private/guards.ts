import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

/** What the guarantees of a network rest on, besides its removal policies. */
export const SEALED: SealedProperties = {
  'AWS::EC2::EIP': [],
  'AWS::EC2::FlowLog': ['logDestination', 'logGroupName', 'resourceId', 'trafficType'],
  'AWS::EC2::LaunchTemplate': ['launchTemplateData'],
  'AWS::EC2::NetworkInterface': ['groupSet', 'sourceDestCheck'],
  'AWS::EC2::SecurityGroup': ['securityGroupEgress', 'securityGroupIngress'],
  'AWS::EC2::Subnet': ['availabilityZone', 'cidrBlock', 'mapPublicIpOnLaunch'],
  'AWS::EC2::VPC': ['cidrBlock', 'enableDnsHostnames', 'enableDnsSupport'],
  'AWS::IAM::Role': ['assumeRolePolicyDocument'],
  'AWS::KMS::Key': ['enableKeyRotation', 'enabled', 'keyPolicy'],
  'AWS::Logs::LogGroup': ['kmsKeyId'],
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
