import { App, CfnResource, Stack, Stage, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnVPCPeeringConnection } from 'aws-cdk-lib/aws-ec2';
import { build } from './ha-vpc';
import { HaVpc, StageProfile } from '../../src';

describe('overlap', () => {
  const environment = (profile = StageProfile.production()) => {
    const app = new App();
    profile.applyTo(app);
    return app;
  };

  test('of declared peers is an error that names both', () => {
    const stack = new Stack(new App(), 'Stack');
    const [one, other, apart] = [new HaVpc(stack, 'One'), new HaVpc(stack, 'Other'), new HaVpc(stack, 'Apart', { cidr: '10.1.0.0/16' })];
    expect(() => one.declarePeer(apart)).not.toThrow();
    expect(() => one.declarePeer(other)).toThrow(
      'Stack/One: \'cidr\' must not overlap with Stack/Other, as they are peers, got 10.0.0.0/16 and 10.0.0.0/16: ' +
      'give one of them another block, such as HaVpc.cidrFor(environmentName)',
    );
  });

  test('counts second blocks', () => {
    const stack = new Stack(new App(), 'Stack');
    const one = new HaVpc(stack, 'One', { secondaryCidr: '100.64.0.0/20' });
    expect(() => one.declarePeer(new HaVpc(stack, 'Other', { cidr: '100.64.0.0/16' }))).toThrow('\'secondaryCidr\' must not overlap with Stack/Other');
  });

  const peered = (between: (one: HaVpc, other: HaVpc) => { vpcId: string; peerVpcId: string }, cidr = '10.0.128.0/17') => {
    const app = new App();
    const [here, there] = ['Here', 'There'].map((id) => new Stack(app, id));
    const { vpcId, peerVpcId } = between(new HaVpc(here, 'Network'), new HaVpc(there, 'Network', { cidr }));
    return { here, vpcId, peerVpcId, synth: () => app.synth() };
  };
  const both = (one: HaVpc, other: HaVpc) => ({ vpcId: one.vpc.vpcId, peerVpcId: other.vpc.vpcId });

  test('of networks that a peering connection joins fails the synthesis', () => {
    const { here, synth, ...ids } = peered(both);
    new CfnVPCPeeringConnection(here, 'Peering', ids);
    expect(synth).toThrow(
      '[Here/Network] \'cidr\' must not overlap with There/Network, as they are peers by Here/Peering, got 10.0.0.0/16 and 10.0.128.0/17: ' +
      'give one of them another block, such as HaVpc.cidrFor(environmentName)',
    );
  });

  test('of networks that one joins, written as CloudFormation has it, fails the synthesis, too', () => {
    const { here, synth, vpcId, peerVpcId } = peered((one, other) => both(other, one));
    new CfnResource(here, 'Raw', { type: 'AWS::EC2::VPCPeeringConnection', properties: { VpcId: vpcId, PeerVpcId: peerVpcId } });
    expect(synth).toThrow('[There/Network] \'cidr\' must not overlap with Here/Network, as they are peers by Here/Raw');
  });

  test.each<[string, (one: HaVpc, other: HaVpc) => { vpcId: string; peerVpcId: string }, string]>([
    ['networks that are apart', both, '10.1.0.0/16'],
    ['a network that is not of the app', (one) => ({ vpcId: one.vpc.vpcId, peerVpcId: 'vpc-1' }), '10.0.128.0/17'],
    ['a network that asks from elsewhere', (one) => ({ vpcId: 'vpc-1', peerVpcId: one.vpc.vpcId }), '10.0.128.0/17'],
  ])('is none by a peering connection of %s', (_, between, cidr) => {
    const { here, synth, ...ids } = peered(between, cidr);
    new CfnVPCPeeringConnection(here, 'Peering', ids);
    expect(synth).not.toThrow();
  });

  test('in one environment is an error that names both', () => {
    const app = environment();
    new HaVpc(new Stack(app, 'One'), 'Network');
    expect(() => new HaVpc(new Stack(app, 'Other'), 'Network')).toThrow(
      'Other/Network: \'cidr\' must not overlap with One/Network, as they are of one environment (the StageProfile of the app)',
    );
  });

  test('is no error in two environments, two regions or where nobody spoke of environments', () => {
    const app = environment();
    new HaVpc(new Stack(app, 'One', { env: { account: '123456789012', region: 'eu-west-3' } }), 'Network');
    expect(() => new HaVpc(new Stack(app, 'Elsewhere', { env: { account: '123456789012', region: 'us-east-1' } }), 'Network')).not.toThrow();
    const staging = new Stack(app, 'Staging', { env: { account: '123456789012', region: 'eu-west-3' } });
    StageProfile.staging().applyTo(staging);
    expect(() => new HaVpc(staging, 'Network')).not.toThrow();
    const alone = new Stack(new App(), 'Stack');
    expect(() => ['One', 'Other'].map((id) => new HaVpc(alone, id))).not.toThrow();
  });

  test('is none with a network that was removed, by itself or with its stack', () => {
    const app = environment();
    const stack = new Stack(app, 'Stack');
    new HaVpc(stack, 'One');
    stack.node.tryRemoveChild('One');
    new HaVpc(stack, 'Other');
    app.node.tryRemoveChild('Stack');
    expect(() => new HaVpc(new Stack(app, 'Stack'), 'Other')).not.toThrow();
  });

  test('where nobody spoke of environments is a warning to the second network', () => {
    const stack = new Stack(new App(), 'Stack');
    ['One', 'Other', 'Third'].forEach((id) => new HaVpc(stack, id));
    const warned = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('HaVpc.OverlappingNetworks'));
    expect(warned.map(({ id }) => id)).toEqual(['/Stack/Other', '/Stack/Third']);
    expect(warned[0].entry.data).toContain(
      '\'cidr\' must not overlap with Stack/One, as they are of one app, account and region, got 10.0.0.0/16 and 10.0.0.0/16: ' +
      'give one of them another block, such as HaVpc.cidrFor(environmentName), or acknowledge this',
    );
  });

  test.each<[string, (app: App) => [Stack, Stack]]>([
    ['two regions', (app) => [new Stack(app, 'One', { env: { region: 'eu-west-1' } }), new Stack(app, 'Other', { env: { region: 'eu-west-3' } })]],
    ['two stages that do not say where they are', (app) => [new Stack(new Stage(app, 'A'), 'Stack'), new Stack(new Stage(app, 'B'), 'Stack')]],
    ['a region that is known and one that is not', (app) => [new Stack(app, 'One', { env: { region: 'eu-west-1' } }), new Stack(app, 'Other')]],
  ])('nobody is warned of %s', (_, stacksOf) => {
    const stacks = stacksOf(new App());
    stacks.forEach((stack) => new HaVpc(stack, 'Network'));
    stacks.forEach((stack) => Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('HaVpc.OverlappingNetworks')));
  });

  test('blocks that are apart are none', () => {
    const stack = new Stack(new App(), 'Stack');
    [new HaVpc(stack, 'One'), new HaVpc(stack, 'Other', { cidr: '10.1.0.0/16' })].forEach(({ node }) => expect(JSON.stringify(node.metadata)).not.toContain('OverlappingNetworks'));
  });
});

describe('cidrFor', () => {
  test('is the same for ever', () => {
    expect(['production', 'preprod', 'staging', 'test', 'development', 'review'].map((name) => HaVpc.cidrFor(name)))
      .toEqual(['10.16.0.0/16', '10.17.0.0/16', '10.18.0.0/16', '10.19.0.0/16', '10.20.0.0/16', '10.21.0.0/16']);
    expect(HaVpc.cidrFor('feature-login')).toBe(HaVpc.cidrFor('feature-login'));
  });

  test('is a block that a network can have, apart from the default and those of known names', () => {
    for (let index = 0; index < 1000; index++) {
      const cidr = HaVpc.cidrFor(`feature-${index}`);
      expect(cidr).toMatch(/^10\.(3[2-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-5])\.0\.0\/16$/);
    }
    expect(() => build({ cidr: HaVpc.cidrFor('feature-login') })).not.toThrow();
  });

  test('takes no token and no empty text', () => {
    expect(() => HaVpc.cidrFor(Token.asString({ Ref: 'P' }))).toThrow('HaVpc: \'environmentName\' must be known at synthesis, got a token');
    expect(() => HaVpc.cidrFor('')).toThrow('got an empty text');
  });
});
