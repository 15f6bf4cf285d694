import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { HostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ContainerAppWithAlb, ContainerAppWithAlbProps } from '../../src';

export const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

/** A network with public and private subnets, as small as the constructs take it. */
export function network(scope: Construct): Vpc {
  return scope.node.tryFindChild('Network') as Vpc ?? new Vpc(scope, 'Network', { maxAzs: 2, natGateways: 1 });
}

export function zone(scope: Construct): IHostedZone {
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.org' });
}

export function webApp(scope: Construct, props: Partial<ContainerAppWithAlbProps> = {}): ContainerAppWithAlb {
  return new ContainerAppWithAlb(scope, 'Subject', { vpc: network(scope), image: IMAGE, ...props });
}

