import { CfnResource, Duration, Lazy, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { InstanceType, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { BindingTarget, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps, StageProfile } from '../../src';
import { PINNED } from '../../src/database/private/replacement-pin';
import { pinOf } from '../../src/shared/removal-policy';
import { Variant } from '../checks/variant';

/** A network of somebody else's, so that the checks look at the database alone. */
export function networkOf(scope: Construct) {
  return Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['a', 'b'].map((zone) => `${Stack.of(scope).region}${zone}`),
    isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
    privateSubnetIds: ['subnet-0c1d2e3f', 'subnet-0d1e2f3a'],
  });
}

/** Of another account. */
export function vaultElsewhere(scope: Construct) {
  return BackupVault.fromBackupVaultArn(scope, 'Elsewhere', `arn:${Stack.of(scope).partition}:backup:${Stack.of(scope).region}:999999999999:backup-vault:copies`);
}

const defaultsOf = (scope: Construct, engine: DatabaseEngine): EncryptedDatabaseProps => ({ vpc: networkOf(scope), engine, databaseName: 'skills' });

export const VARIANTS: Variant<EncryptedDatabaseProps>[] = [
  {
    name: 'EncryptedDatabase',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.mysql()), ...update }),
    update: { backupRetention: Duration.days(14) },
  },
  {
    name: 'EncryptedDatabase-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.postgres()), ...update });
    },
    update: { standby: true },
  },
  {
    name: 'EncryptedDatabase-mariadb',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.mariadb()),
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      instanceType: new InstanceType('t3.small'), // without insights
      standby: false,
      allocatedStorage: Size.gibibytes(50),
      maxAllocatedStorage: Size.gibibytes(100),
      characterSet: 'utf8mb3',
      collation: 'utf8mb3_unicode_ci',
      parameters: { max_connections: '200' },
      masterUsername: 'skillsadmin',
      rotateAfter: Duration.days(90),
      port: 3307,
      backupRetention: Duration.days(35),
      backupWindow: '01:00-02:00',
      maintenanceWindow: 'mon:02:30-mon:03:30',
      allowMajorVersionUpgrade: true,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.SNAPSHOT,
      logRetention: RetentionDays.TWO_WEEKS,
      ...update,
    }),
    update: { parameters: { max_connections: '300' } },
  },
  {
    name: 'EncryptedDatabase-aurora-mysql',
    build: (scope, update) => {
      const alarmTopic = new Topic(scope, 'Topic', { masterKey: new Key(scope, 'TopicKey', { enableKeyRotation: true }), enforceSSL: true });
      const encryptionKey = new Key(scope, 'CustomerKey', { enableKeyRotation: true });
      new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.auroraMysql()), alarmTopic, encryptionKey, ...update });
    },
    update: { rotateAfter: Duration.days(7) },
  },
  {
    name: 'EncryptedDatabase-restored',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.postgres()), snapshotIdentifier: 'before-the-move', allocatedStorage: Size.gibibytes(50), ...update,
    }),
    update: { backupRetention: Duration.days(30) },
  },
  {
    name: 'EncryptedDatabase-restored-to-time',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.mysql()), restoreFrom: 'skills-before', restoreTime: '2026-11-20T23:45:00Z', allocatedStorage: Size.gibibytes(50), ...update,
    }),
    update: { backupRetention: Duration.days(30) },
  },
  {
    name: 'EncryptedDatabase-restored-cluster',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.auroraPostgres()), restoreFrom: 'skills-before', ...update,
    }),
    update: { rotateAfter: Duration.days(60) },
  },
  {
    name: 'EncryptedDatabase-serverless',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.auroraPostgres()),
      serverless: { maximumCapacity: 8, autoPauseAfter: Duration.minutes(30) },
      readers: 2,
      ...update,
    }),
    update: { serverless: { minimumCapacity: 1, maximumCapacity: 16 } },
  },
  {
    name: 'EncryptedDatabase-scaled-readers',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.auroraMysql()),
      readers: 1,
      maxReaders: 4,
      readerTargetCpuPercent: 70,
      readerTargetConnections: 400,
      ...update,
    }),
    update: { maxReaders: 6 },
  },
  {
    name: 'EncryptedDatabase-proxied',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.mysql()),
      port: 3307,
      proxy: { maxConnectionsPercent: 80, idleClientTimeout: Duration.minutes(10), borrowTimeout: Duration.seconds(30) },
      ...update,
    }),
    update: { proxy: { maxConnectionsPercent: 60 } },
  },
  {
    name: 'EncryptedDatabase-proxied-cluster',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.auroraPostgres()), readers: 1, proxy: {}, ...update,
    }),
    update: { readers: 2 },
  },
  {
    name: 'EncryptedDatabase-used',
    build: (scope, update) => {
      const database = new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.auroraPostgres()), ...update });
      const vpc = scope.node.findChild('Vpc') as Vpc;
      const securityGroup = new SecurityGroup(scope, 'Reader', { vpc, allowAllOutbound: false });
      securityGroup.addEgressRule(Peer.ipv4('10.0.0.0/16'), Port.tcp(443), 'to endpoints');
      const taskDefinition = new FargateTaskDefinition(scope, 'Uploader', {
        cpu: 256, memoryLimitMiB: 512, taskRole: new Role(scope, 'Operator', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }),
      });
      const container = taskDefinition.addContainer('Web', {
        image: ContainerImage.fromRegistry('example/web:1.4.0'),
        logging: LogDrivers.awsLogs({ streamPrefix: 'web', logGroup: new LogGroup(scope, 'Logs') }),
        readonlyRootFilesystem: true,
      });
      const cluster = Cluster.fromClusterAttributes(scope, 'Archivist', { clusterName: 'apps', vpc });
      const service = new FargateService(scope, 'Restored', { cluster, taskDefinition, securityGroups: [securityGroup], desiredCount: 1 });
      BindingTarget.container(container, service).use(database.binding({ url: 'DATABASE_URL', poolSize: 20 }));
      database.grantConnect(taskDefinition.taskRole, 'reports');
      database.restartAfterRotation(service);
    },
    update: { maintenanceWindow: 'sat:04:30-sat:05:30' },
  },
  {
    name: 'EncryptedDatabase-backed-up',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.mysql()), backupPlan: {}, ...update }),
    update: { backupPlan: { every: Duration.hours(6) } },
  },
  {
    name: 'EncryptedDatabase-backed-up-cluster',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.auroraPostgres()),
      backupPlan: { every: Duration.hours(12), retention: Duration.days(14), copyTo: [vaultElsewhere(scope)], copyRetention: Duration.days(90) },
      ...update,
    }),
    update: { backupPlan: { retention: Duration.days(7) } },
  },
  {
    name: 'EncryptedDatabase-pinned',
    build: (scope, update) => {
      const database: EncryptedDatabase = new EncryptedDatabase(scope, 'Subject', {
        ...defaultsOf(scope, DatabaseEngine.mariadb()),
        replacementPin: Lazy.string({ produce: () => pinOf(database.instance!.node.defaultChild as CfnResource, PINNED) }), // as the checks build it under many ids
        ...update,
      });
    },
    update: { backupRetention: Duration.days(20) },
  },
  {
    name: 'EncryptedDatabase-drilled',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', {
      ...defaultsOf(scope, DatabaseEngine.mysql()),
      restoreDrill: { every: Duration.days(2), query: 'SELECT count(*) FROM skills', instanceType: new InstanceType('t4g.large') },
      ...update,
    }),
    update: { restoreDrill: { every: Duration.days(3) } },
  },
  {
    name: 'EncryptedDatabase-drilled-cluster',
    build: (scope, update) => new EncryptedDatabase(scope, 'Subject', { ...defaultsOf(scope, DatabaseEngine.auroraPostgres()), restoreDrill: {}, ...update }),
    update: { restoreDrill: { every: Duration.days(1) } },
  },
];
