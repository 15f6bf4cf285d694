import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HaVpc, HaVpcProps } from '../../src';
import { replacedBy } from '../checks/replaced-by';

export const EXACT: HaVpcProps = Object.freeze({
  cidr: '192.168.100.0/24',
  availabilityZones: ['us-west-2a', 'us-west-2b'],
  publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/27'],
  privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.64/27'],
});

export function build(props?: HaVpcProps): { stack: Stack; subject: HaVpc } {
  const stack = new Stack(new App(), 'Stack');
  return { stack, subject: new HaVpc(stack, 'Subject', props) };
}

export function synth(props?: HaVpcProps): Template {
  return Template.fromStack(build(props).stack);
}

/** The blocks of the subnets of a tier, in the order of their zones. */
export function blocks(template: Template, tier: string): string[] {
  const subnets = Object.entries(template.findResources('AWS::EC2::Subnet')).filter(([id]) => id.startsWith(`SubjectVpc${tier}Subnet`));
  return subnets.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { Properties }]) => Properties.CidrBlock);
}

/** What the default routes of the private subnets lead to, by zone. */
export function waysOut(template: Template, tier = 'Private'): unknown[] {
  const routes = Object.entries(template.findResources('AWS::EC2::Route')).filter(([id]) => new RegExp(`^SubjectVpc${tier}Subnet\\dDefaultRoute(?!6)`).test(id));
  return routes.sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { Properties: { NatGatewayId, NetworkInterfaceId } }]) => NatGatewayId?.Ref ?? NetworkInterfaceId['Fn::GetAtt'][0]);
}

export const ids = (template: Template, type: string) => Object.keys(template.findResources(type));

/** What CloudFormation would remove or replace, when it goes from one template to the other, of some types. */
export function losses(before: Template, after: Template, types: string[]): string[] {
  const now = after.toJSON().Resources;
  return Object.entries<any>(before.toJSON().Resources).filter(([, { Type }]) => types.includes(Type)).flatMap(([id, { Type, Properties = {} }]) => {
    if (now[id]?.Type !== Type) return [`${id} is gone`];
    const names = Object.keys({ ...Properties, ...now[id].Properties });
    const changed = names.filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(now[id].Properties?.[name]));
    return changed.filter((name) => replacedBy(Type).includes(name)).map((name) => `${id} is replaced by its ${name}`);
  });
}
