import { DescribeSecurityGroupsCommand, IpPermission } from '@aws-sdk/client-ec2';
import { Reader } from './reader';

export const readSecurityGroup: Reader = async ({ physicalId }, { network }) => {
  const { SecurityGroups } = await network.send(new DescribeSecurityGroupsCommand({ GroupIds: [physicalId] }));
  const [group] = SecurityGroups!;
  return { GroupDescription: group.Description, SecurityGroupEgress: rules(group.IpPermissionsEgress), VpcId: group.VpcId };
};

function rules(permissions: IpPermission[] = []): unknown[] {
  return permissions.flatMap(({ IpProtocol, FromPort, ToPort, IpRanges = [] }) =>
    IpRanges.map(({ CidrIp, Description }) => ({ CidrIp, Description, IpProtocol, FromPort, ToPort })));
}
