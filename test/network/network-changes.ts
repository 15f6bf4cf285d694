import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HaVpc, HaVpcProps } from '../../src';

/** The properties that replace a resource: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html */
export const REPLACED_BY: Record<string, string[]> = {
  'AWS::EC2::EIP': ['Domain'],
  'AWS::EC2::InternetGateway': [],
  'AWS::EC2::NatGateway': ['SubnetId', 'AllocationId', 'AvailabilityMode', 'ConnectivityType', 'VpcId'],
  'AWS::EC2::Route': ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock'],
  'AWS::EC2::RouteTable': ['VpcId'],
  'AWS::EC2::Subnet': ['AvailabilityZone', 'CidrBlock', 'Ipv6CidrBlock', 'VpcId'],
  'AWS::EC2::SubnetRouteTableAssociation': ['SubnetId', 'RouteTableId'],
  'AWS::EC2::VPC': ['CidrBlock'],
  'AWS::EC2::VPCEndpoint': ['ServiceName', 'VpcEndpointType', 'VpcId'],
  'AWS::EC2::VPCGatewayAttachment': ['VpcId'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
};

/** What CloudFormation does with a resource when the props of a network change. */
export interface NetworkChange {
  readonly what: 'added' | 'changed' | 'replaced' | 'removed' | 'left in the account';
  readonly id: string;
  readonly type: string;
  /** The properties that change. */
  readonly properties: string[];
}

/** The changes from one network to another, and what stays as it is. */
export function networkChanges(before: HaVpcProps, after: HaVpcProps): { changes: NetworkChange[]; same: NetworkChange['type'][] } {
  const [old, now] = [before, after].map(resources);
  const removed = Object.entries(old).filter(([id]) => !now[id]).map(([id, { Type, DeletionPolicy = 'Delete' }]): NetworkChange => (
    { what: DeletionPolicy === 'Delete' ? 'removed' : 'left in the account', id, type: Type, properties: [] }
  ));
  const added = Object.entries(now).filter(([id]) => !old[id]).map(([id, { Type }]): NetworkChange => ({ what: 'added', id, type: Type, properties: [] }));
  const kept = Object.entries(now).filter(([id]) => old[id]).map(([id, { Type, Properties = {} }]): NetworkChange => {
    const given = old[id].Properties ?? {};
    const properties = [...new Set([...Object.keys(given), ...Object.keys(Properties)])].filter((name) => !isSame(given[name], Properties[name]));
    return { what: properties.length > 0 && replaces(Type, properties) ? 'replaced' : 'changed', id, type: Type, properties };
  });
  return {
    changes: [...added, ...kept.filter(({ properties }) => properties.length > 0), ...removed],
    same: kept.filter(({ properties }) => properties.length === 0).map(({ type }) => type),
  };
}

function resources(props: HaVpcProps): Record<string, any> {
  const stack = new Stack(new App(), 'Stack');
  new HaVpc(stack, 'Network', props);
  return Template.fromStack(stack).toJSON().Resources;
}

function replaces(type: string, properties: string[]): boolean {
  if (!REPLACED_BY[type]) throw new Error(`${type} changes by ${properties.join(', ')}: say in REPLACED_BY which of its properties replace it`);
  return properties.some((name) => REPLACED_BY[type].includes(name));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
