import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { EFS_MOUNTTARGET_ORDERINSENSITIVE_LOGICAL_ID } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { ContainerTask } from './container-task';
import { acknowledge } from '../../shared/acknowledge';
import { Checks, isUnknown } from '../../shared/checks';
import { OwnProps, SealedProperties } from '../../shared/guards';
import { keptInsteadOfSnapshot, warnIfDataOutlivesKey } from '../../shared/removal-policy';
import { ec2Description, openPort } from '../../shared/security-groups';
import { allow } from '../../shared/service-role';

/** What the guarantees of the file system rest on, besides its removal policy. */
export const DATA_VOLUME_SEALED: SealedProperties = {
  'AWS::EFS::AccessPoint': { refuse: ['posixUser', 'rootDirectory'] },
  'AWS::EFS::FileSystem': { refuse: ['encrypted', 'fileSystemPolicy', 'kmsKeyId'], warn: ['backupPolicy', 'throughputMode'] },
  'AWS::EFS::MountTarget': { refuse: ['securityGroups'] },
};

export const DATA_VOLUME_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-efs.AccessPoint': ['clientToken'],
  'aws-cdk-lib.aws-efs.FileSystem': ['kmsKey', 'oneZone', 'performanceMode', 'provisionedThroughputPerSecond', 'replicationOverwriteProtection'],
};

export interface DataVolumeProps {
  readonly vpc: ec2.IVpc;
  /** Of the subnets that tasks run in. */
  readonly vpcSubnets: ec2.SubnetSelection;
  /** `UID:GID`. */
  readonly owner: string;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A directory that outlives tasks: an encrypted file system, of which one access point is all that anybody may mount, over TLS, and never as root.
 *
 * Its policy allows nobody anything: a role needs a permission of its own, and `mount()` gives the role of the task one, for this access point. It cannot name
 * the access point itself, whose ARN EFS generates after the file system has its policy. It does not name the role either: EFS enforces four condition keys
 * for NFS clients, and `aws:PrincipalArn` is none of them. A role that is allowed `elasticfilesystem:ClientMount` everywhere is kept out by the security group.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 */
export class DataVolume extends Construct {
  public readonly fileSystem: efs.FileSystem;
  private readonly accessPoint: efs.AccessPoint;

  constructor(scope: Construct, id: string, props: DataVolumeProps) {
    super(scope, id);
    const [uid, gid = uid] = props.owner.split(':'); // one, while it is still looked up
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy); // CloudFormation makes no snapshots of file systems
    // By the names of their subnets: by their number, a zone more would move mount targets, and EFS accepts one for each zone at a time.
    this.node.setContext(EFS_MOUNTTARGET_ORDERINSENSITIVE_LOGICAL_ID, true);
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc, description: ec2Description(`Who may mount ${this.node.path}`), allowAllOutbound: false,
    });
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      vpc: props.vpc,
      vpcSubnets: { ...props.vpcSubnets, onePerAz: true },
      securityGroup,
      encrypted: true,
      kmsKey: props.encryptionKey,
      throughputMode: efs.ThroughputMode.ELASTIC,
      enableAutomaticBackups: removalPolicy !== RemovalPolicy.DESTROY, // backups cost money, and stay when the file system goes
      fileSystemPolicy: policyOf(this),
      allowAnonymousAccess: true, // else, CDK adds a statement that allows everybody to write and to be root
      removalPolicy,
    });
    this.accessPoint = this.fileSystem.addAccessPoint('AccessPoint', {
      path: '/data', // EFS creates it, with this owner
      createAcl: { ownerUid: uid, ownerGid: gid, permissions: '0770' },
      posixUser: { uid, gid },
    });
    const resource = this.fileSystem.node.defaultChild as CfnResource;
    acknowledge(this.fileSystem, {
      backupPlanOfFiles: removalPolicy === RemovalPolicy.DESTROY
        ? 'the data is deleted with its stack, as the removal policy says, so it has no backups'
        : "it has EFS's automatic backups: daily ones in the default plan of AWS Backup, kept for 35 days",
    });
    if (props.encryptionKey) warnIfDataOutlivesKey(this, resource, props.encryptionKey);
  }

  /** Mounts the volume into a container, which may write, and allows the task's role to do so. */
  public mount({ taskDefinition, container }: ContainerTask, containerPath: string): void {
    const name = 'data';
    taskDefinition.addVolume({
      name,
      efsVolumeConfiguration: {
        fileSystemId: this.fileSystem.fileSystemId,
        transitEncryption: 'ENABLED',
        authorizationConfig: { accessPointId: this.accessPoint.accessPointId, iam: 'ENABLED' },
      },
    });
    container.addMountPoints({ sourceVolume: name, containerPath, readOnly: false });
    allow(taskDefinition.taskRole, ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'], this.fileSystem.fileSystemArn, {
      StringEquals: { 'elasticfilesystem:AccessPointArn': this.accessPoint.accessPointArn },
    });
  }

  /**
   * Lets a service reach the volume. The service waits for that and for the mount targets: CDK has it wait for neither, and its first tasks would fail.
   *
   * @see https://github.com/docker-archive/compose-cli/issues/1490
   */
  public openTo(service: ecs.FargateService): void {
    const rules = openPort(this.fileSystem.connections, ec2.Port.tcp(efs.FileSystem.DEFAULT_PORT), service);
    (service.node.defaultChild as CfnResource).node.addDependency(this.fileSystem.mountTargetsAvailable, ...rules);
  }
}

const MOUNT_AND_WRITE = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'];
const BE_ROOT = 'elasticfilesystem:ClientRootAccess';

/**
 * Takes the place of EFS's default policy, which allows everybody everything, without a name, who reaches a mount target. What is allowed nowhere is denied,
 * so a client without a role gets nothing.
 *
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html#default-filesystempolicy
 */
function policyOf(scope: Construct): iam.PolicyDocument {
  const denied = (sid: string, actions: string[], conditions?: iam.Conditions) =>
    new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()], actions, conditions });
  const anyAccessPoint = Stack.of(scope).formatArn({ service: 'elasticfilesystem', resource: 'access-point', resourceName: '*' });
  return new iam.PolicyDocument({
    statements: [
      denied('WithoutTls', [...MOUNT_AND_WRITE, BE_ROOT], { Bool: { 'aws:SecureTransport': 'false' } }),
      denied('WithoutAccessPoint', MOUNT_AND_WRITE, { StringNotLike: { 'elasticfilesystem:AccessPointArn': anyAccessPoint } }),
      denied('AsRoot', [BE_ROOT]),
    ],
  });
}

/** What an image needs to be as it is, or what the kernel gives. Directories in them may be mounted over, but for those of the kernel. */
const OF_THE_SYSTEM = ['/', '/bin', '/boot', '/etc', '/home', '/lib', '/lib64', '/opt', '/root', '/run', '/sbin', '/tmp', '/usr', '/usr/bin', '/usr/lib', '/usr/sbin', '/usr/share', '/var'];
const OF_THE_KERNEL = /^\/(dev|proc|sys)(\/|$)/;

/** @throws if a directory of the system, or a relative path, would be mounted over */
export function requireDataPath(checks: Checks, dataPath: string, writablePaths: string[]): void {
  checks.known('dataPath', dataPath, 'it is compared with the other paths of the container');
  if (isUnknown(dataPath)) return;
  const isPlain = dataPath.startsWith('/') && dataPath.slice(1).split('/').every((part) => !['', '.', '..'].includes(part));
  if (!isPlain || OF_THE_SYSTEM.includes(dataPath) || OF_THE_KERNEL.test(dataPath)) {
    throw checks.error(
      `'dataPath' must be an absolute path without '.', '..' and a slash at its end, and no directory of the system, got '${dataPath}': ` +
      'give the directory that the server keeps its data in, such as /usr/share/elasticsearch/data',
    );
  }
  if (writablePaths.includes(dataPath)) {
    throw checks.error(`'writablePaths' must not have '${dataPath}', which is 'dataPath': what is in memory goes with the task; leave it out there, the container may write its data`);
  }
}

/** The largest id of a user or group that EFS accepts. */
const LARGEST_ID = 2 ** 32 - 1;

/**
 * @throws if it is not UID:GID in numbers, or if it is root
 * @see https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html
 */
export function requireDataOwner(checks: Checks, dataOwner: string): void {
  checks.known('dataOwner', dataOwner, 'it has two numbers in it');
  if (isUnknown(dataOwner)) return;
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(dataOwner) ?? [];
  if (uid === undefined || Math.max(Number(uid), Number(gid)) > LARGEST_ID) {
    throw checks.error(`'dataOwner' must be the numbers of a user and a group, each between 0 and ${LARGEST_ID}, such as 1000:0, got '${dataOwner}'`);
  }
  if (Number(uid) === 0) throw checks.error(`'dataOwner' must not be root, which nobody may be on the file system, got '${dataOwner}': give the user that the image runs as, such as 1000:0`);
}
