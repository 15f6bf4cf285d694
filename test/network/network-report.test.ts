import { InstanceType, IpAddresses, IpProtocol } from 'aws-cdk-lib/aws-ec2';
import { build, EXACT } from './ha-vpc';
import { EndpointSet, HaVpcProps, NatStrategy } from '../../src';

describe('explain', () => {
  const explain = (props?: HaVpcProps) => build(props).subject.explain();
  const total = (props?: HaVpcProps) => Number(/^in all +([\d.]+)$/m.exec(explain(props))![1]);

  test('prices what is there whether it is used or not, by list price', () => {
    const rest = 1; // the key
    expect(total({ natStrategy: NatStrategy.none() })).toBe(rest);
    expect(total({ natStrategy: NatStrategy.none(), reservedEgressAddresses: 2 })).toBeCloseTo(rest + 2 * 0.005 * 730);
    expect(total()).toBeCloseTo(rest + 3 * (0.045 + 0.005) * 730 + 12 * 0.1);
    expect(total({ natStrategy: NatStrategy.regional() })).toBeCloseTo(rest + 3 * (0.045 + 0.005) * 730 + 4 * 0.1);
    expect(total({ natStrategy: NatStrategy.instances(), maxAzs: 2 })).toBeCloseTo(rest + 2 * (0.0042 * 730 + 0.64 + 0.005 * 730) + 2 * 0.1);
    expect(total({ natStrategy: NatStrategy.none(), interfaceEndpoints: [EndpointSet.ssm()] })).toBeCloseTo(rest + 3 * 3 * 0.01 * 730);
  });

  test('says that it does not know a price', () => {
    const text = explain({ natStrategy: NatStrategy.instances({ instanceType: new InstanceType('c7gn.large') }) });
    expect(text).toMatch(/^3 × c7gn\.large with its volume +unknown$/m);
    expect(text).toMatch(/^in all, without what is unknown +12\.25$/m);
    expect(explain()).not.toContain('unknown');
    expect(text).not.toContain('NaN');
    expect(text).not.toContain('Infinity');
  });

  test('offers what is cheaper than now, and nothing else', () => {
    const offers = (natStrategy: NatStrategy) => [...explain({ natStrategy }).matchAll(/^NatStrategy\.(\w+)\(\)/gm)].map(([, name]) => name);
    expect(offers(NatStrategy.perAz())).toEqual(['single', 'instances', 'none']);
    expect(offers(NatStrategy.single())).toEqual(['instances', 'none']);
    expect(offers(NatStrategy.instances())).toEqual(['none']);
    expect(offers(NatStrategy.none())).toEqual([]);
  });

  test('shows each subnet with its way out, and what is free', () => {
    const text = explain({ ...EXACT, natStrategy: NatStrategy.instances() });
    expect(text).toMatch(/^PublicSubnet2 +us-west-2b +192\.168\.100\.192\/27 +27 +internet gateway$/m);
    expect(text).toMatch(/^PrivateSubnet2 +us-west-2b +192\.168\.100\.64\/27 +27 +NAT instance 2$/m);
    expect(text).toContain('free: 192.168.100.32/27, 192.168.100.96/27, 192.168.100.160/27, 192.168.100.224/27\n');
    expect(explain({ natStrategy: NatStrategy.single() })).toMatch(/^PrivateSubnet3 .* NAT gateway 1$/m);
    expect(explain({ natStrategy: NatStrategy.none() })).toMatch(/^PrivateSubnet3 .* S3 and DynamoDB only, of any account$/m);
  });

  test('tells of IPv6, which leaves without NAT', () => {
    const text = explain({ natStrategy: NatStrategy.none(), ipProtocol: IpProtocol.DUAL_STACK });
    expect(text).toMatch(/^Stack\/Subject: 10\.0\.0\.0\/16 and IPv6, 3 zones/);
    expect(text).toMatch(/^PublicSubnet1 .* internet gateway$/m);
    expect(text).toMatch(/^PrivateSubnet3 .* S3 and DynamoDB only, of any account; IPv6: egress-only gateway$/m);
    expect(text).toMatch(/^IsolatedSubnet3 .* S3 and DynamoDB only, of any account$/m);
    const perZone = explain({ ipProtocol: IpProtocol.DUAL_STACK });
    expect(perZone).toMatch(/^PrivateSubnet2 .* NAT gateway 2; IPv6: egress-only gateway$/m);
    expect(perZone.match(/^NatStrategy\..*over IPv4: /gm)).toHaveLength(3);
    expect(explain()).not.toContain('IPv6');
  });

  test('shows no token: what a pool decides is not known', () => {
    const text = explain({ ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 16 }) });
    expect(text).not.toMatch(/Token/);
    expect(text).toContain('free: known when a pool has given the network its block');
  });
});
