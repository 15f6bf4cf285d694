import { IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { HostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { ContainerAppWithAlb, ContainerAppWithAlbProps } from '../../src';

export const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

/** A network with public and private subnets, which somebody else created. */
export function network(scope: Construct): IVpc {
  return scope.node.tryFindChild('Network') as unknown as IVpc ?? Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId: 'vpc-00000001',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['eu-west-3a', 'eu-west-3b'],
    publicSubnetIds: ['subnet-00000001', 'subnet-00000002'],
    privateSubnetIds: ['subnet-00000003', 'subnet-00000004'],
    privateSubnetRouteTableIds: ['rtb-00000003', 'rtb-00000004'],
  });
}

export function zone(scope: Construct): IHostedZone {
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.org' });
}

export function webApp(scope: Construct, props: Partial<ContainerAppWithAlbProps> = {}): ContainerAppWithAlb {
  return new ContainerAppWithAlb(scope, 'Subject', { vpc: network(scope), image: IMAGE, ...props });
}

