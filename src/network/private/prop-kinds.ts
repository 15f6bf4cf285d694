import {
  kmsKey, list, made, number, PropKinds, removalPolicy, required, resource, retentionDays, struct, text, texts, topic, valueOf,
} from '../../shared/kinds';
import { EndpointSet } from '../endpoint-set';
import { EgressAddress, FlowLogs, HaVpcProps, PublicAccessExclusion } from '../ha-vpc-props';
import { NatStrategy } from '../nat-strategy';
import { SubnetTier } from '../subnet-tier';

const EGRESS_ADDRESS: PropKinds<EgressAddress> = { allocationId: required(text), publicIp: required(text) };

export const PROP_KINDS: PropKinds<HaVpcProps> = {
  additionalTier: made(SubnetTier, 'SubnetTier'),
  alarmTopic: topic,
  availabilityZones: texts,
  cidr: text,
  egressAddresses: list(struct(EGRESS_ADDRESS)),
  encryptionKey: kmsKey,
  flowLogs: made(FlowLogs, 'FlowLogs'),
  interfaceEndpoints: list(made(EndpointSet, 'EndpointSet')),
  ipAddresses: resource('made by ec2.IpAddresses', 'allocateSubnetsCidr'),
  ipProtocol: valueOf('ec2.IpProtocol', /^(Ipv4_Only|Dual_Stack)$/),
  isolatedSubnetCidrs: texts,
  logRetention: retentionDays,
  maxAzs: number,
  natStrategy: made(NatStrategy, 'NatStrategy'),
  privateSubnetCidrs: texts,
  publicAccessExclusion: made(PublicAccessExclusion, 'PublicAccessExclusion'),
  publicSubnetCidrs: texts,
  removalPolicy,
  reservedEgressAddresses: number,
  secondaryCidr: text,
};
