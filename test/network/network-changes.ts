import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HaVpc, HaVpcProps } from '../../src';
import { replacedBy } from '../checks/replaced-by';

/** The types of resources that a network is made of, and whose replacement is felt. */
export const LASTING = [
  'AWS::EC2::EIP', 'AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::Route', 'AWS::EC2::RouteTable', 'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::VPCGatewayAttachment', 'AWS::Logs::LogGroup',
];

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
    return { what: properties.some((name) => replacedBy(Type).includes(name)) ? 'replaced' : 'changed', id, type: Type, properties };
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

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
