import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { IConnectable } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { skillsDataTier } from './skills-data-tier';
import { BindingTarget } from '../../src';

/** The data tier, and a container that is bound to both. */
function build() {
  const stack = new Stack(new App(), 'Skills', { env: { account: '123456789012', region: 'eu-west-2' } });
  const { vpc, database, cache } = skillsDataTier(stack);
  const taskDefinition = new FargateTaskDefinition(stack, 'Task', { cpu: 2048, memoryLimitMiB: 8192 });
  const app = taskDefinition.addContainer('app', { image: ContainerImage.fromRegistry('skills:4f2c1e0'), environment: { ENVIRONMENT: 'production' } });
  const service = new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition, desiredCount: 2 });
  BindingTarget.container(app, service).use(
    database.binding({ uri: 'DB_URI', user: 'DB_USER', password: 'DB_PASSWORD', name: 'DB_NAME' }), cache.binding({ url: 'REDIS_URI' }),
  );
  database.restartAfterRotation(service);
  return { stack, database, cache, service, template: Template.fromStack(stack) };
}

const { stack, database, cache, service, template } = build();
const PRIVATE_SUBNETS = Object.entries<any>(template.findResources('AWS::EC2::Subnet'))
  .filter(([, { Properties }]) => ['192.168.100.0/27', '192.168.100.64/27'].includes(Properties.CidrBlock)).map(([id]) => ({ Ref: id }));
const groupOf = ({ connections }: IConnectable) => stack.resolve(connections.securityGroups[0].securityGroupId);

describe('the data tier of an application in four /27', () => {
  test('is in the two private subnets, one in each zone, as there are no isolated ones', () => {
    expect(PRIVATE_SUBNETS).toHaveLength(2);
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: PRIVATE_SUBNETS });
    template.hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: PRIVATE_SUBNETS });
    template.hasResourceProperties('AWS::ECS::Service', { NetworkConfiguration: { AwsvpcConfiguration: { Subnets: PRIVATE_SUBNETS, AssignPublicIp: 'DISABLED' } } });
  });

  test('is a MySQL of two zones in utf8mb3, over TLS only, that is kept', () => {
    template.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: Match.not('Delete'),
      Properties: { Engine: 'mysql', DBInstanceClass: 'db.t3.small', MultiAZ: true, PubliclyAccessible: false, StorageEncrypted: true, AllocatedStorage: '20' },
    });
    template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Parameters: Match.objectLike({ character_set_server: 'utf8mb3', collation_server: 'utf8mb3_unicode_ci', require_secure_transport: '1' }),
    });
  });

  test('is a Redis of two nodes in two zones, which takes over by itself, encrypted at rest and in transit', () => {
    template.hasResourceProperties('AWS::ElastiCache::ReplicationGroup', {
      Engine: 'redis', CacheNodeType: 'cache.t3.small', AutomaticFailoverEnabled: true, MultiAZEnabled: true, AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true,
    });
  });

  test('is told to the container under the names that it reads, what is secret by reference', () => {
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    const [container] = Properties.ContainerDefinitions;
    expect(container.Environment).toEqual([{ Name: 'ENVIRONMENT', Value: 'production' }, { Name: 'DB_NAME', Value: 'skills' }]);
    expect(container.Secrets.map(({ Name }: any) => Name).sort()).toEqual(['DB_PASSWORD', 'DB_URI', 'DB_USER', 'REDIS_URI']);
  });

  test('lets in the service, on 3306 and on the port of the cache, and nobody else', () => {
    const [target] = service.connections.securityGroups;
    const source = stack.resolve(target.securityGroupId);
    const rules = Object.values<any>(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    for (const [group, port] of [[groupOf(database), 3306], [groupOf(cache), 6379]]) {
      const isGroup = (other: unknown) => JSON.stringify(other) === JSON.stringify(group);
      const own = rules.filter(({ GroupId, SourceSecurityGroupId }) => isGroup(GroupId) && !isGroup(SourceSecurityGroupId));
      expect(own).toEqual([expect.objectContaining({ SourceSecurityGroupId: source, IpProtocol: 'tcp', FromPort: port, ToPort: port })]);
    }
  });

  test('has no errors, and no warning of this library but of alarms that nobody hears, and of data that outlives the network of its stack', () => {
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => `${entry.data}`);
    expect(warnings.filter((warning) => warning.includes('cdk-mainstay:') && !/AlarmsUnheard|NetworkOfRetainedData/.test(warning))).toEqual([]);
  });
});
