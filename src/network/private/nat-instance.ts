import { Duration, Fn } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { allow, serviceRole } from '../../shared/service-role';
import { EgressAddress } from '../ha-vpc-props';
import { NatInstancesOptions } from '../nat-strategy';

/**
 * How many connections the smallest instance tracks; larger ones one for each 8 KiB of memory. An entry takes about 350 bytes.
 *
 * @see https://docs.kernel.org/networking/nf_conntrack-sysctl.html
 */
export const LEAST_CONNECTIONS = 65_536;

/** What an instance costs least for. */
export const DEFAULT_NAT_INSTANCE_TYPE = 't4g.nano';

interface NatInstancesProps extends NatInstancesOptions {
  readonly vpc: ec2.Vpc;
  readonly addresses: EgressAddress[];
  readonly maxInstanceLifetime: Duration;
}

interface NatInstanceProps extends NatInstancesProps {
  readonly zone: number;
  readonly securityGroup: ec2.SecurityGroup;
  readonly instanceProfile: iam.CfnInstanceProfile;
}

/**
 * An instance that translates addresses for its zone, in a group of one that starts another when it fails. Address and routes belong to a
 * network interface that outlives the instance, so that nothing has to be moved when it does.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/examples-launch-templates-aws-cli.html#example-existing-eni-launch-template
 */
export class NatInstance extends Construct {
  public static inEachZone(scope: Construct, props: NatInstancesProps): NatInstance[] {
    const securityGroup = new ec2.SecurityGroup(scope, 'NatSecurityGroup', {
      vpc: props.vpc, description: 'NAT instances: all that private subnets send, and nothing from outside', allowAllOutbound: true,
    });
    props.vpc.privateSubnets.forEach(({ ipv4CidrBlock }, index) => {
      securityGroup.addIngressRule(ec2.Peer.ipv4(ipv4CidrBlock), ec2.Port.allTraffic(), `to the internet, from private subnet ${index + 1}`);
    });
    acknowledge(securityGroup, { commonPorts: 'what private subnets send to the internet may be for any port, and nobody else is let in' });
    const instanceProfile = new iam.CfnInstanceProfile(scope, 'NatProfile', { roles: [sessionManagerRole(scope).roleName] });
    return props.vpc.publicSubnets.map((_, zone) => new NatInstance(scope, `NatInstance${zone + 1}`, { ...props, zone, securityGroup, instanceProfile }));
  }

  public readonly networkInterfaceId: string;
  public readonly group: autoscaling.CfnAutoScalingGroup;

  private constructor(scope: Construct, id: string, { vpc, addresses, zone, securityGroup, instanceProfile, ...props }: NatInstanceProps) {
    super(scope, id);
    const subnet = vpc.publicSubnets[zone];
    const instanceType = props.instanceType ?? new ec2.InstanceType(DEFAULT_NAT_INSTANCE_TYPE);
    const name = [{ key: 'Name', value: this.node.path }];

    const networkInterface = new ec2.CfnNetworkInterface(this, 'Interface', {
      description: `NAT for ${vpc.node.path}, zone ${zone + 1}`,
      subnetId: subnet.subnetId,
      groupSet: [securityGroup.securityGroupId],
      sourceDestCheck: false,
      tags: name,
    });
    this.networkInterfaceId = networkInterface.attrId;
    const association = new ec2.CfnEIPAssociation(this, 'Address', {
      allocationId: addresses[zone].allocationId, networkInterfaceId: networkInterface.attrId,
    });
    association.node.addDependency(subnet.internetConnectivityEstablished); // AWS maps no address where no internet gateway is attached
    const template = new ec2.CfnLaunchTemplate(this, 'LaunchTemplate', {
      launchTemplateData: {
        imageId: `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${instanceType.architecture}`, // the newest at each launch
        instanceType: instanceType.toString(),
        iamInstanceProfile: { arn: instanceProfile.attrArn },
        metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
        networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: networkInterface.attrId, deleteOnTermination: false }],
        blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { encrypted: true, volumeType: 'gp3', volumeSize: 8, deleteOnTermination: true } }],
        instanceInitiatedShutdownBehavior: 'terminate',
        tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags: name })),
        userData: Fn.base64(userData(vpc.privateSubnets.filter(({ availabilityZone }) => availabilityZone === subnet.availabilityZone))),
      },
    });
    this.group = new autoscaling.CfnAutoScalingGroup(this, 'Group', {
      minSize: '1',
      maxSize: '1',
      availabilityZones: [subnet.availabilityZone], // and no subnet: the interface is in one
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      healthCheckType: 'EC2',
      healthCheckGracePeriod: 120,
      maxInstanceLifetime: props.maxInstanceLifetime.toSeconds(),
      instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 }, // the old one must let the interface go first
      metricsCollection: [{ granularity: '1Minute', metrics: ['GroupInServiceInstances'] }],
      tags: name.map((tag) => ({ ...tag, propagateAtLaunch: false })),
    });
    this.group.cfnOptions.updatePolicy = { autoScalingRollingUpdate: { minInstancesInService: 0, maxBatchSize: 1 } };
    this.group.node.addDependency(association); // it installs what it needs when it starts
    acknowledge(this.group, {
      scalingNotifications: 'it never scales: one instance, replaced by another when it fails, and an alarm tells when there is none',
    });
  }

  /** Fires when the zone has no instance in service for three minutes. */
  public alarm(scope: Construct, id: string): cloudwatch.Alarm {
    return alarm(scope, id, {
      subject: this,
      description: 'no instance is in service, so the private subnets of its zone do not reach the internet; what does its group say?',
      metric: new cloudwatch.Metric({
        namespace: 'AWS/AutoScaling',
        metricName: 'GroupInServiceInstances',
        dimensionsMap: { AutoScalingGroupName: this.group.ref },
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      below: 1,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }
}

/** What Session Manager needs, and no more: the managed policy for it also reads all parameters of the account. */
function sessionManagerRole(scope: Construct): iam.Role {
  const role = serviceRole(scope, 'NatRole', 'ec2.amazonaws.com');
  allow(role, [
    'ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
  ], '*');
  const unboundWrites = 'Session Manager\'s channels know no narrower resource';
  acknowledgeWildcard(role, '*', unboundWrites);
  acknowledge(role.node.findChild('DefaultPolicy'), { unboundWrites });
  return role;
}

/**
 * Address translation by the kernel. What fails here ends the instance, and the group starts another: one that runs without translating
 * would not be noticed.
 */
function userData(privateSubnets: ec2.ISubnet[]): string {
  return `#!/bin/bash
set -euo pipefail
trap 'shutdown -h now' ERR

# The smallest instances have too little memory for the package manager.
dd if=/dev/zero of=/swapfile bs=1M count=1024
chmod 600 /swapfile
mkswap /swapfile
swapon /swapfile

for attempt in 1 2 3 4 5 6; do
  if dnf -y install nftables; then break; fi
  sleep 10
done

cat > /etc/sysconfig/nftables.conf <<'RULES'
flush ruleset
define inside = { ${privateSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock).join(', ')} }
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr $inside masquerade fully-random
  }
}
table ip filter {
  chain forward {
    type filter hook forward priority filter; policy drop;
    tcp flags syn tcp option maxseg size set 1460
    ct state established,related accept
    ip saddr $inside accept
  }
}
RULES
systemctl enable nftables
systemctl restart nftables
nft list chain ip nat postrouting

# By itself the kernel tracks one connection for each 16 KiB of memory, 4096 on the smallest instance, and each for five days: then it drops packets.
connections=$(( $(awk '/^MemTotal/ { print $2 }' /proc/meminfo) / 8 ))
if [ $connections -lt ${LEAST_CONNECTIONS} ]; then connections=${LEAST_CONNECTIONS}; fi
echo nf_conntrack > /etc/modules-load.d/90-nat.conf
echo "options nf_conntrack hashsize=$(( connections / 4 ))" > /etc/modprobe.d/90-nat.conf
modprobe nf_conntrack
echo $(( connections / 4 )) > /sys/module/nf_conntrack/parameters/hashsize
cat > /etc/sysctl.d/90-nat.conf <<SETTINGS
net.netfilter.nf_conntrack_max = $connections
net.netfilter.nf_conntrack_tcp_timeout_established = 3600
net.ipv4.ip_forward = 1
SETTINGS
sysctl --load /etc/sysctl.d/90-nat.conf

# It translates already, and keeps doing so if this fails: the instance that follows it tries again.
for attempt in 1 2 3 4 5 6; do
  if dnf -y --releasever=latest upgrade; then break; fi
  sleep 10
done
`;
}
