import { App, Fn, Stack } from 'aws-cdk-lib';
import { IVpc, SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Checks } from '../../src/shared/checks';
import { dataSubnets, ISOLATED_TIER, requireTwoZones } from '../../src/shared/data-subnets';

const checks = new Checks('Stack/Cache');
const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = SubnetType;

function network(...subnetConfiguration: { name: string; subnetType: SubnetType }[]): Vpc {
  return new Vpc(new Stack(new App(), 'Stack', { env: { region: 'eu-west-3' } }), 'Vpc', { availabilityZones: ['eu-west-3a', 'eu-west-3b'], subnetConfiguration });
}

function chosen(vpc: IVpc, given?: SubnetSelection): string[] {
  return vpc.selectSubnets(dataSubnets(checks, vpc, given, 'a cache')).subnets.map(({ node }) => node.id);
}

describe('data is', () => {
  const open = { name: 'Public', subnetType: PUBLIC };
  const egress = { name: 'Private', subnetType: PRIVATE_WITH_EGRESS };
  const isolated = { name: ISOLATED_TIER, subnetType: PRIVATE_ISOLATED };
  const other = { name: 'Other', subnetType: PRIVATE_ISOLATED };

  test('in the isolated tier, of several isolated ones', () => {
    expect(chosen(network(open, egress, other, isolated))).toEqual(['IsolatedSubnet1', 'IsolatedSubnet2']);
  });

  test('in isolated subnets, whatever they are called', () => {
    expect(chosen(network(open, egress, other))).toEqual(['OtherSubnet1', 'OtherSubnet2']);
    expect(chosen(network({ ...other, name: 'Data' }, other))).toHaveLength(4);
  });

  test('in private ones, where there are none isolated', () => {
    expect(chosen(network(open, egress))).toEqual(['PrivateSubnet1', 'PrivateSubnet2']);
  });

  test('where it is told to be', () => {
    expect(chosen(network(open, egress, isolated), { subnetGroupName: 'Private' })).toEqual(['PrivateSubnet1', 'PrivateSubnet2']);
  });

  test('never public', () => {
    expect(() => chosen(network(open)))
      .toThrow(new Error('Stack/Cache: \'vpc\' must have isolated or private subnets, got Stack/Vpc with public ones only: a cache is never reachable from the internet'));
    expect(() => chosen(network(open, isolated), { subnetType: PUBLIC }))
      .toThrow(new Error('Stack/Cache: \'vpcSubnets\' must not be public, got Stack/Vpc/PublicSubnet1: a cache is never reachable from the internet'));
  });
});

describe('two zones', () => {
  function refused(availabilityZones: string[], isolatedSubnetIds: string[]): string | undefined {
    const stack = new Stack(new App(), 'Stack');
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones, isolatedSubnetIds });
    try {
      requireTwoZones(checks, vpc.selectSubnets({ subnetType: PRIVATE_ISOLATED }), (zones) => `got ${zones}`);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  const zone = (index: number) => Fn.select(index, Fn.getAzs());

  test('are two or more', () => {
    expect(refused(['a', 'b'], ['subnet-1', 'subnet-2'])).toBeUndefined();
    expect(refused([zone(0), zone(1)], ['subnet-1', 'subnet-2'])).toBeUndefined();
  });

  test('are not one', () => {
    expect(refused(['a'], ['subnet-1', 'subnet-2'])).toBe('Stack/Cache: got a');
    expect(refused([zone(0)], ['subnet-1', 'subnet-2'])).toBe('Stack/Cache: got one');
    expect(refused([zone(0)], ['subnet-1'])).toBe('Stack/Cache: got one');
  });

  test('may be a list that is known when it is deployed', () => {
    const zones = Fn.split(',', Fn.importValue('Zones'));
    expect(refused(zones, Fn.split(',', Fn.importValue('Subnets')))).toBeUndefined();
    expect(refused(zones, ['subnet-1', 'subnet-2'])).toBeUndefined();
    expect(refused(zones, ['subnet-1'])).toBe('Stack/Cache: got one');
  });

  test('may be those of a network that is not looked up yet', () => {
    const pending = { subnets: [], subnetIds: [], availabilityZones: [], isPendingLookup: true } as any;
    expect(() => requireTwoZones(checks, pending, () => 'too few')).not.toThrow();
    expect(() => requireTwoZones(checks, { ...pending, isPendingLookup: false }, (zones) => `got ${zones}`)).toThrow('Stack/Cache: got none');
  });
});
