import { writeFileSync } from 'fs';
import { join } from 'path';
import { HaVpcProps, NatStrategy } from '../src';
import { networkChanges } from '../test/network/network-changes';

/** Writes what changes of a network change in its template, which test/network/network-changes.test.ts holds true. */
const PAGE = join(__dirname, '..', 'docs', 'network-changes.md');

function section(heading: string, before: HaVpcProps, after: HaVpcProps): string[] {
  const { changes, same } = networkChanges(before, after);
  const count = (type: string) => same.filter((each) => each === type).length;
  return [
    '', `## ${heading}`, '', '| what | logical id | type | properties |', '|---|---|---|---|',
    ...changes.map(({ what, id, type, properties }) => `| ${what} | \`${id}\` | \`${type}\` | ${properties.map((name) => `\`${name}\``).join(', ')} |`),
    '',
    `As they were: ${same.length} resources, among them ${count('AWS::EC2::VPC')} VPC, ${count('AWS::EC2::Subnet')} subnets, ` +
    `${count('AWS::EC2::RouteTable')} route tables, ${count('AWS::EC2::NatGateway')} NAT gateways and ${count('AWS::EC2::EIP')} elastic addresses.`,
  ];
}

export function networkChangesPage(): string {
  return [
    '# What a change of a network changes',
    '',
    'Generated from the templates before and after, of `new HaVpc(this, \'Network\')` in a stack in production. *Changed* is in place; what would be *replaced* is said so.',
    'Logical ids end in a hash of their path, so they differ in your app. Why nothing moves: [a network keeps its addresses](decisions/network.md).',
    ...section('A third zone: `maxAzs: 2` becomes `3`', { maxAzs: 2 }, { maxAzs: 3 }),
    ...section('One gateway for three: `NatStrategy.perAz()` becomes `single()`', { natStrategy: NatStrategy.perAz() }, { natStrategy: NatStrategy.single() }),
    '',
    'The elastic addresses that leave stay in the account, are billed until they are released, and are no longer in `egressIps`. With `reservedEgressAddresses: 3`, set before:',
    ...section(
      'The same, with its addresses reserved', { natStrategy: NatStrategy.perAz(), reservedEgressAddresses: 3 }, { natStrategy: NatStrategy.single(), reservedEgressAddresses: 3 },
    ),
    '',
  ].join('\n');
}

if (require.main === module) writeFileSync(PAGE, networkChangesPage());
