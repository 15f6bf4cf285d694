import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AccessPoint } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { idOf, SmallApp } from './internal-app';
import { StageProfile } from '../../src';
import { DATA_VOLUME_SEALED } from '../../src/container-app/private/data-volume';
import { seal } from '../../src/shared/guards';

const PATH = '/usr/share/elasticsearch/data';

function search(props: object = {}, stack?: Stack) {
  const app = new SmallApp(stack);
  const service = app.internal('Search', { dataPath: PATH, dataOwner: '1000:0', ...props });
  return { app, service, stack: app.stack, template: () => Template.fromStack(app.stack) };
}

test('the data is on an encrypted file system of elastic throughput, with backups, and is retained', () => {
  search().template().hasResource('AWS::EFS::FileSystem', {
    Properties: { Encrypted: true, KmsKeyId: Match.absent(), ThroughputMode: 'elastic', BackupPolicy: { Status: 'ENABLED' } },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('its logical id is a public contract', () => {
  const { stack, service } = search();
  expect(stack.resolve((service.fileSystem!.node.defaultChild as any).logicalId)).toBe('AppSearchDataFileSystem82302D23');
});

test('it is encrypted with a key of the user', () => {
  const stack = new Stack(new App(), 'Stack');
  const encryptionKey = new Key(stack, 'Key');
  const { template } = search({ encryptionKey }, stack);
  template().hasResourceProperties('AWS::EFS::FileSystem', { Encrypted: true, KmsKeyId: stack.resolve(encryptionKey.keyArn) });
});

test('data that is retained warns of a key that is not', () => {
  const stack = new Stack(new App(), 'Stack');
  search({ encryptionKey: new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }) }, stack);
  Annotations.fromStack(stack).hasWarning('/Stack/App/Search/Data', Match.stringLikeRegexp('the key Stack/Key is not: nobody can read the data without it'));
});

test('data that is deleted with its stack has no backups, which would cost money', () => {
  const stack = new Stack(new App(), 'Stack');
  StageProfile.ephemeral().applyTo(stack);
  search({}, stack).template().hasResource('AWS::EFS::FileSystem', { Properties: { BackupPolicy: Match.absent() }, DeletionPolicy: 'Delete' });
});

test('a removal policy of its own wins, and a snapshot, which there is none of, retains', () => {
  search({ removalPolicy: RemovalPolicy.DESTROY }).template().hasResource('AWS::EFS::FileSystem', { DeletionPolicy: 'Delete' });
  search({ removalPolicy: RemovalPolicy.SNAPSHOT }).template().hasResource('AWS::EFS::FileSystem', { DeletionPolicy: 'RetainExceptOnCreate' });
});

test('the access point is all that is mounted: one directory, as one user', () => {
  search().template().hasResourceProperties('AWS::EFS::AccessPoint', {
    PosixUser: { Uid: '1000', Gid: '0' },
    RootDirectory: { Path: '/data', CreationInfo: { OwnerUid: '1000', OwnerGid: '0', Permissions: '0770' } },
  });
});

test('the container mounts it by the access point, over TLS, as its role, and keeps its root read-only', () => {
  const { template } = search();
  const ref = (type: string) => ({ Ref: Object.keys(template().findResources(type))[0] });
  template().hasResourceProperties('AWS::ECS::TaskDefinition', {
    Volumes: [{
      Name: 'data',
      EFSVolumeConfiguration: {
        FilesystemId: ref('AWS::EFS::FileSystem'),
        TransitEncryption: 'ENABLED',
        AuthorizationConfig: { AccessPointId: ref('AWS::EFS::AccessPoint'), IAM: 'ENABLED' },
        RootDirectory: Match.absent(), // ECS accepts none with an access point but /
      },
    }],
    ContainerDefinitions: [Match.objectLike({
      MountPoints: [{ ContainerPath: PATH, ReadOnly: false, SourceVolume: 'data' }],
      ReadonlyRootFilesystem: true,
    })],
  });
});

test('its role may mount and write, by the access point, and nothing else', () => {
  const { stack, service, template } = search();
  const policies = Object.values(template().findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
  const [policy] = policies.filter(({ Roles }) => Roles[0].Ref === idOf(stack, service.taskDefinition.taskRole as any));
  const { accessPointArn } = service.fileSystem!.node.findChild('AccessPoint') as AccessPoint;
  expect(policy.PolicyDocument.Statement).toEqual([{
    Effect: 'Allow',
    Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    Resource: { 'Fn::GetAtt': [idOf(stack, service.fileSystem!), 'Arn'] },
    Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': stack.resolve(accessPointArn) } },
  }]);
});

describe('mount targets', () => {
  test('are in the private subnets, one for each zone', () => {
    const { app, template } = search();
    const targets = Object.values(template().findResources('AWS::EFS::MountTarget')).map(({ Properties }) => Properties.SubnetId);
    expect(targets).toEqual(app.stack.resolve(app.context.vpc.privateSubnets.map(({ subnetId }) => subnetId)));
  });

  test('of a network with two private subnets in a zone are in one of them', () => {
    const stack = new Stack(new App(), 'Stack');
    new ec2.Vpc(stack, 'Network', {
      maxAzs: 2,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Web', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Work', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
    });
    search({}, stack).template().resourceCountIs('AWS::EFS::MountTarget', 2);
  });

  test.each([true, undefined])('have ids by their subnets, whatever the feature flag is (%p)', (flag) => {
    const app = new App({ context: { '@aws-cdk/aws-efs:mountTargetOrderInsensitiveLogicalId': flag } });
    const ids = Object.keys(search({}, new Stack(app, 'Stack')).template().findResources('AWS::EFS::MountTarget'));
    expect(ids.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([1, 2].map((zone) => `AppSearchDataFileSystemEfsMountTargetPrivateSubnet${zone}`));
  });

  test('are open to the service, on the port of NFS, and to nobody else', () => {
    const { stack, service, template } = search();
    const [own] = service.fileSystem!.connections.securityGroups;
    const groupOf = (group: ec2.ISecurityGroup) => stack.resolve(group.securityGroupId);
    const rules = Object.values(template().findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(rules).toEqual([expect.objectContaining({
      GroupId: groupOf(own), SourceSecurityGroupId: groupOf(service.service.connections.securityGroups[0]), FromPort: 2049, ToPort: 2049, IpProtocol: 'tcp',
    })]);
    const { Properties } = template().findResources('AWS::EC2::SecurityGroup')[idOf(stack, own as ec2.SecurityGroup)];
    expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]);
    for (const target of Object.values(template().findResources('AWS::EFS::MountTarget'))) expect(target.Properties.SecurityGroups).toEqual([groupOf(own)]);
  });
});

test('the service waits for the mount targets, their rule, and what its role may do', () => {
  const { stack, service, template } = search();
  const { DependsOn } = template().findResources('AWS::ECS::Service')[idOf(stack, service.service)];
  const needed = ['AWS::EFS::MountTarget', 'AWS::EC2::SecurityGroupIngress', 'AWS::IAM::Policy'].flatMap((type) => Object.keys(template().findResources(type)));
  expect(needed).toHaveLength(5); // two mount targets, a rule, and the policies of both roles
  expect(DependsOn).toEqual(expect.arrayContaining(needed));
});

// What the policies decide: internal-service.access.ts
describe('the policy of the file system', () => {
  test('has no statement that allows everybody, which CDK adds by default, by a flag, and with a grant', () => {
    const app = new App({ context: { '@aws-cdk/aws-efs:denyAnonymousAccess': true } });
    const { service, template } = search({}, new Stack(app, 'Stack'));
    service.fileSystem!.grantRead(service.taskDefinition.taskRole);
    const [{ Properties }] = Object.values(template().findResources('AWS::EFS::FileSystem'));
    expect(Properties.FileSystemPolicy.Statement.map(({ Effect }: any) => Effect)).toEqual(['Deny', 'Deny', 'Deny']);
  });

  test('is guarded against a later line that allows everybody', () => {
    const { app, service, stack } = search();
    seal(app.app, DATA_VOLUME_SEALED);
    service.fileSystem!.addToResourcePolicy(new PolicyStatement({ principals: [new AnyPrincipal()], actions: ['elasticfilesystem:ClientMount'] }));
    expect(() => Template.fromStack(stack)).toThrow("'fileSystemPolicy' of Stack/App/Search/Data/FileSystem/Resource admits everybody without a condition");
  });

  test.each([
    ['encrypted', false], ['fileSystemPolicy', undefined],
  ])('and what else it rests on is guarded against a later line that changes %s', (property, value) => {
    const { app, service, stack } = search();
    seal(app.app, DATA_VOLUME_SEALED);
    (service.fileSystem!.node.defaultChild as any)[property] = value;
    expect(() => Template.fromStack(stack)).toThrow(`'${property}' of Stack/App/Search/Data/FileSystem/Resource was`);
  });
});

describe('dataPath', () => {
  const PLAIN = "'dataPath' must be an absolute path without '.', '..' and a slash at its end, and no directory of the system, got ";

  test.each(['data', './data', '/data/', '/a//b', '/a/../etc', '/a/./b', '/', '/etc', '/usr', '/var', '/tmp', '/proc', '/proc/sys', '/dev/shm', '/sys/fs', '', ' /data'])(
    'must not be %p', (dataPath) => expect(() => search({ dataPath })).toThrow(`Stack/App/Search: ${PLAIN}'${dataPath}'`));

  test.each(['/data', '/var/lib/mysql', '/usr/share/elasticsearch/data', '/srv/x.y', '/home/app/data', '/processed', '/device'])(
    'may be %p', (dataPath) => expect(() => search({ dataPath })).not.toThrow());

  test('must not be in memory', () => {
    expect(() => search({ dataPath: '/data', writablePaths: ['/tmp', '/data'] })).toThrow("'writablePaths' must not have '/data', which is 'dataPath'");
  });
});

describe('dataOwner', () => {
  test.each(['1000', 'app', 'app:app', '1000:', ':1000', '1000:1000:1000', '-1:0', '1.5:0', '4294967296:0', '0:4294967296'])(
    'must not be %p', (dataOwner) => expect(() => search({ dataOwner })).toThrow(`Stack/App/Search: 'dataOwner' must be the numbers of a user and a group, each between 0 and 4294967295, such as 1000:0, got '${dataOwner}'`));

  test.each(['0:0', '0:1000', '00:1'])('must not be root: %p', (dataOwner) => {
    expect(() => search({ dataOwner })).toThrow("'dataOwner' must not be root, which nobody may be on the file system");
  });

  test('is 1000:1000 by default, and may be as large as EFS accepts', () => {
    search({ dataOwner: undefined }).template().hasResourceProperties('AWS::EFS::AccessPoint', { PosixUser: { Uid: '1000', Gid: '1000' } });
    expect(() => search({ dataOwner: '4294967295:4294967295' })).not.toThrow();
  });
});
