import { networkChanges } from './network-changes';
import { NatStrategy } from '../../src';

function counted(types: string[]): Record<string, number> {
  return Object.fromEntries([...new Set(types)].sort().map((type) => [type, types.filter((each) => each === type).length]));
}

test('a third zone adds what is in it, and replaces and removes nothing', () => {
  const { changes, same } = networkChanges({ maxAzs: 2 }, { maxAzs: 3 });
  expect(new Set(changes.map(({ what }) => what))).toEqual(new Set(['added', 'changed']));
  expect(changes.filter(({ what }) => what === 'changed').map(({ type, properties }) => [type, properties]))
    .toEqual([['AWS::EC2::VPCEndpoint', ['RouteTableIds']], ['AWS::EC2::VPCEndpoint', ['RouteTableIds']]]);
  expect(counted(changes.filter(({ what }) => what === 'added').map(({ type }) => type))).toMatchObject({
    'AWS::EC2::EIP': 1, 'AWS::EC2::NatGateway': 1, 'AWS::EC2::RouteTable': 3, 'AWS::EC2::Subnet': 3,
  });
  expect(counted(same)).toMatchObject({ 'AWS::EC2::VPC': 1, 'AWS::EC2::Subnet': 6, 'AWS::EC2::NatGateway': 2, 'AWS::EC2::EIP': 2 });
});

test('one gateway for three moves two routes, removes two gateways, and leaves two addresses in the account', () => {
  const { changes, same } = networkChanges({ natStrategy: NatStrategy.perAz() }, { natStrategy: NatStrategy.single() });
  const of = (wanted: string) => counted(changes.filter(({ what }) => what === wanted).map(({ type }) => type));
  expect(of('changed')).toEqual({ 'AWS::EC2::Route': 2 });
  expect(of('removed')).toEqual({ 'AWS::CloudWatch::Alarm': 4, 'AWS::EC2::NatGateway': 2 });
  expect(of('left in the account')).toEqual({ 'AWS::EC2::EIP': 2 });
  expect(changes).toHaveLength(10);
  expect(counted(same)).toMatchObject({ 'AWS::EC2::VPC': 1, 'AWS::EC2::Subnet': 9, 'AWS::EC2::RouteTable': 9, 'AWS::EC2::NatGateway': 1 });
});

test('what is replaced would be said so', () => {
  expect(networkChanges({}, { cidr: '10.1.0.0/16' }).changes).toContainEqual(expect.objectContaining({ what: 'replaced', type: 'AWS::EC2::VPC', properties: ['CidrBlock'] }));
});
