import { CfnResource, SecretValue, Stack, Tokenization } from 'aws-cdk-lib';
import { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IBaseService } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, Dependable, IConstruct, IDependable } from 'constructs';
import { DatabaseBindingNames, PasswordlessBindingNames } from './database-options';
import { EncryptedDatabaseProps } from './encrypted-database-props';
import { requireKinds } from '../shared/kinds';
import { DatabaseBackupPlan } from './private/backup-plan';
import { scaleReaders } from './private/cluster';
import { ConnectionBudget, maxConnectionsOf } from './private/connection-budget';
import { databaseAlarms } from './private/database-alarms';
import { DatabaseProxy } from './private/database-proxy';
import { warnIfRestoredMinorIsNamed } from './private/database-restore';
import { DatabaseServer, databaseServer } from './private/database-server';
import { DatabaseSettings } from './private/database-settings';
import { OWN_PROPS, SEALED } from './private/guards';
import { connectionFields, requireIamLogin } from './private/login';
import { PASSWORD_PLACEHOLDER, PasswordRotation } from './private/password-rotation';
import { PROP_KINDS } from './private/prop-kinds';
import { PINNED } from './private/replacement-pin';
import { RestoreDrill } from './private/restore-drill';
import { obstacleToRestart, ROTATED, ServiceRestart } from './private/service-restart';
import { settingsOf } from './private/settings-of';
import { warnIfSupportEnds } from './private/support';
import { IBinding, IBindingTarget } from '../binding/binding';
import { acknowledge, addWarning } from '../shared/acknowledge';
import { notifyOrWarn } from '../shared/alarm';
import { addSettings, isDeployedWith, replaceTasksWith, runBy, startAfter } from '../shared/application';
import { Checks } from '../shared/checks';
import { preferOwnProps, seal } from '../shared/guards';
import { requireUsableKey } from '../shared/key-grants';
import { requirePinnedIdentity, warnIfDataOutlivesNeeds } from '../shared/removal-policy';
import { openPortToPeer, openPort } from '../shared/security-groups';
import { explainCircles, outermostStack, requireSameRegion } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/**
 * A relational database that is encrypted at rest and in transit, in subnets without a way in, and that nobody reaches but who is let in: by
 * `allowFrom()`, or by a binding. An instance or a cluster, with the same props and attributes.
 *
 * Creates the database with its key, security group, subnet and parameter group, log groups, two secrets, a function that rotates the password,
 * and alarms at shares of what the class can do.
 *
 * @example
 * declare const vpc: ec2.Vpc;
 * const database = new EncryptedDatabase(this, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
 */
export class EncryptedDatabase extends Construct implements ec2.IConnectable {
  /** The instance, of an engine that is not Aurora's. */
  public readonly instance?: rds.DatabaseInstance;
  /** The cluster, of an Aurora engine. */
  public readonly cluster?: rds.DatabaseCluster;
  /** The name and password of the master user, with the address of the database; it rotates. */
  public readonly secret: secretsmanager.ISecret;
  /** What applications read: `username`, `password`, `url`, `jdbcUrl` and `uri`. Each rotation writes it anew. */
  public readonly connectionSecret: secretsmanager.ISecret;
  /** Encrypts all that there is of the database. */
  public readonly encryptionKey: kms.IKey;
  /** The address that applications use: of the instance, or of the writer of the cluster; of the proxy, if there is one. */
  public readonly endpointAddress: string;
  /** The address that the readers of a cluster share; the writer's, while there is none. Of the proxy, if there is one. */
  public readonly readerEndpointAddress?: string;
  /** The port that applications use, which is open to nobody at first. */
  public readonly port: number;
  /** The database that is created in it. */
  public readonly databaseName: string;
  /** Its security group, or the proxy's, if there is one; `allowFrom()` opens the port. */
  public readonly connections: ec2.Connections;
  /** All alarms: of the database, and of the rotation. */
  public readonly alarms: cloudwatch.Alarm[];
  /**
   * About how many connections it takes, by its parameters or by RDS's formula for its class or maximum capacity; 2000 at the most for Aurora PostgreSQL
   * that scales to less than one capacity unit. Absent for a class that is not known here.
   */
  public readonly maxConnections?: number;
  /** Gives the master user a new password. */
  public readonly rotationFunction: lambda.Function;
  /** Has Aurora Auto Scaling add readers, up to `maxReaders`. */
  public readonly readerScaling?: CfnScalableTarget;
  /** The proxy that applications connect to, with `proxy`. */
  public readonly proxy?: rds.CfnDBProxy;
  /** Has AWS Backup make snapshots; `addRule()` adds others to them. Absent without the prop, and where the database is destroyed with its stack. */
  public readonly backupPlan?: backup.BackupPlan;
  /** Where AWS Backup keeps its snapshots, from which nobody can delete one before its time. Absent without `backupPlan`. */
  public readonly backupVault?: backup.BackupVault;
  /** Restores the newest snapshot, asks it and destroys it; for a drill out of turn, start it. Absent without `restoreDrill`. */
  public readonly restoreDrill?: sfn.StateMachine;

  private readonly settings: DatabaseSettings;
  private readonly server: DatabaseServer;
  private readonly rotation: PasswordRotation;
  private readonly budget: ConnectionBudget;
  /** What leads to the database, beside the rule of each application. */
  private readonly ways: IDependable[];

  /**
   * @throws if a prop is out of what RDS takes, a subnet is public, or the engine has no such prop
   */
  constructor(scope: Construct, id: string, props: EncryptedDatabaseProps) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS);

    const settings = this.settings = settingsOf(new Checks(this.node.path), props, StageProfile.of(this), Stack.of(this).region);
    this.databaseName = settings.databaseName;
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'Secrets Manager and CloudWatch Logs' });
    requireSameRegion({ owner: this, as: '\'vpc\'', resource: props.vpc, because: 'a network is of one region' });

    this.encryptionKey = settings.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `All that there is of the database ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: settings.retention.policy,
    });
    const server = this.server = databaseServer(this, settings, this.encryptionKey);
    this.instance = server.instance;
    this.cluster = server.cluster;
    this.secret = server.database.secret!;

    const proxy = settings.proxy && new DatabaseProxy(this, 'Proxy', settings, server, settings.proxy);
    this.proxy = proxy?.proxy;
    this.endpointAddress = proxy?.endpointAddress ?? server.address;
    this.readerEndpointAddress = this.cluster && (proxy?.readerEndpointAddress ?? this.cluster.clusterReadEndpoint.hostname);
    this.port = proxy?.port ?? settings.port;
    this.connections = proxy?.connections ?? server.database.connections;
    this.ways = proxy ? [proxy.targets] : [];

    this.connectionSecret = this.createConnectionSecret();
    this.rotation = new PasswordRotation(this, 'Rotation', settings, server, {
      secret: this.connectionSecret, fields: this.connectionFields(PASSWORD_PLACEHOLDER),
    });
    this.rotation.node.addDependency(this.secret, this.connectionSecret); // complete, with what stands in them of the database
    this.rotationFunction = this.rotation.fn;

    this.readerScaling = this.cluster && scaleReaders(this, this.cluster, settings);
    const backups = settings.backupPlan && new DatabaseBackupPlan(this, 'BackupPlan', settings, server, settings.backupPlan);
    this.backupPlan = backups?.plan;
    this.backupVault = backups?.vault;
    const drill = settings.restoreDrill && new RestoreDrill(this, 'RestoreDrill', settings, server, settings.restoreDrill);
    this.restoreDrill = drill?.machine;

    this.maxConnections = maxConnectionsOf(settings);
    this.budget = new ConnectionBudget(this, proxy ? undefined : this.maxConnections); // a proxy lets them wait
    this.alarms = [
      ...databaseAlarms(this, settings, server.identifier, this.maxConnections), this.rotation.alarm(this),
      ...(proxy?.alarms(this) ?? []), ...(backups?.alarms ?? []), ...(drill?.alarms ?? []),
    ];
    notifyOrWarn(this, this.alarms, settings.alarmTopic);
    warnIfSupportEnds(this, settings.engine);
    warnIfRestoredMinorIsNamed(this, settings);
    const { subnets } = settings.vpc.selectSubnets(settings.vpcSubnets);
    warnIfDataOutlivesNeeds(this, server.resource, { vpc: settings.vpc, subnets, encryptionKey: this.encryptionKey });
    warnIfSnapshotKeyUnknown(this, settings, [backups?.role, drill?.role]);
    if (settings.replacementPin !== undefined) requirePinnedIdentity(settings.replacementPin, this, server.resource, PINNED);
    excludeFromDependable(this, this.rotation);
    seal(this, SEALED);
  }

  /**
   * Lets a peer connect to the port of the database, and nobody else. Of two stacks, whichever depends on the other has the rule.
   */
  public allowFrom(peer: ec2.IConnectable): void {
    openPortToPeer(this.connections, ec2.Port.tcp(this.port), peer);
  }

  /**
   * Lets an identity log in as one user of the database, by a token of IAM in place of a password. The user must be there:
   * `CREATE USER app; GRANT rds_iam TO app` in PostgreSQL, `CREATE USER app IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'` in MySQL and MariaDB.
   * It is for the database itself; a proxy takes passwords only. RDS has it for MariaDB from 10.11 on, and not in all regions.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.IamDatabaseAuthentication.html
   * @throws if the user is empty or a pattern, such as `*`, or the engine has no login by IAM
   */
  public grantConnect(grantee: iam.IGrantable, user: string): iam.Grant {
    requireIamLogin(`${this.node.path}.grantConnect()`, 'user', this.settings.engine, user);
    return this.instance ? this.instance.grantConnect(grantee, user) : this.cluster!.grantConnect(grantee, user);
  }

  /**
   * Replaces the tasks of a service after each rotation, one after the other. ECS reads secrets only when a task starts, and the old password stops working: without this,
   * new connections of the service fail after a rotation, until somebody deploys it.
   *
   * A binding with a password does that for its service already, so this is for what no binding knows, such as a service that reads the secret by other
   * means. The rotation of a service of the same stack depends on the service, which may depend on the database all the same. A service of another stack is restarted by a state machine
   * there, when the rotation puts an event on the default event bus.
   *
   * @throws if the service is of another account or region, where no such event arrives, or has a deployment controller other than ECS's, with which it cannot be restarted
   */
  public restartAfterRotation(service: IBaseService): void {
    const obstacle = obstacleToRestart(this, service);
    if (obstacle !== undefined) throw new Error(`${this.node.path}: the service ${service.node.path} cannot be restarted after a rotation, as ${obstacle}`);
    this.restart(service);
  }

  /**
   * Says how many connections somebody may open at the most, whom no binding with a `poolSize` counts: tasks at the most, times the size of the pool
   * of each. There is a warning at synthesis if all together leave less than a tenth of `maxConnections` for migrations, monitoring and people: the
   * outage that scaling brings about. With a proxy there is none, as it has them wait for one that is free.
   *
   * @throws if the count is not a whole number
   */
  public reserveConnections(by: string, count: number): void {
    this.budget.reserve(by, count);
  }

  /**
   * The database as an application uses it: the settings asked for, and its port. Secrets come from `connectionSecret`. The application starts after the database, and after
   * all that leads to it. A service whose tasks are given the password, by whatever name, is restarted after each rotation, of whichever stack it is; where that cannot be, a warning
   * says so. A function is given the ARN, by `secretArn`, and reads the password itself: one that keeps it must read it again when it is refused.
   *
   * @throws when it is used: if `poolSize` is given, and is not a whole number, or it is not known how many tasks there can be
   */
  public binding(names: DatabaseBindingNames): IBinding {
    const origin = `${this.node.path}.binding()`;
    const of = (field: string) => ({ secret: this.connectionSecret, field });
    return {
      bind: (target) => {
        this.budget.reservePools(target, names.poolSize);
        const secrets = { password: of('password'), url: of('url'), jdbcUrl: of('jdbcUrl'), uri: of('uri') };
        const settings = { ...this.addressSettings(this.endpointAddress, this.port), user: of('username'), ...secrets, secretArn: { arnOf: this.connectionSecret } };
        addSettings(target, names, settings, origin);
        startAfter(target, this.server.database, ...this.ways, ...openPort(this.connections, ec2.Port.tcp(this.port), target));
        if (this.proxy && !isDeployedWith(target, this)) this.exportWayPastProxy();
        const holdsPassword = [names.password, names.url, names.jdbcUrl, names.uri].some((name) => typeof name === 'string');
        if (!holdsPassword) return;
        const address = `${this.endpointAddress}:${Tokenization.stringifyNumber(this.port)}`;
        replaceTasksWith(target, this, { address, kind: this.proxy ? 'proxy' : this.settings.kind });
        this.restartOrWarn(target);
      },
    };
  }

  /**
   * The database as an application uses it that logs in as one user by a token of IAM, which is good for 15 minutes, in place of a password: no secret
   * holds anything of it, and no rotation concerns it. The user must be there: see `grantConnect()`. It goes to the database itself, past a proxy.
   *
   * @throws if the user is empty or a pattern, such as `*`, or the engine has no login by IAM; when it is used: if `poolSize` is given, and is not a whole
   * number, or it is not known how many tasks there can be
   */
  public passwordlessBinding(databaseUser: string, names: PasswordlessBindingNames): IBinding {
    const origin = `${this.node.path}.passwordlessBinding()`;
    requireIamLogin(origin, 'databaseUser', this.settings.engine, databaseUser);
    return {
      bind: (target) => {
        this.budget.reservePools(target, names.poolSize);
        const { server: { address, database: { connections } }, settings: { port } } = this;
        addSettings(target, names, { ...this.addressSettings(address, port), user: databaseUser }, origin);
        this.grantConnect(target, databaseUser);
        startAfter(target, this.server.database, ...openPort(connections, ec2.Port.tcp(port), target));
      },
    };
  }

  /** A service reads the password when it starts, so it is restarted when that changes. */
  private restartOrWarn(target: IBindingTarget): void {
    const { service, fn, task } = runBy(target);
    if (fn || task) return; // a function reads the secret itself, and each run of a task reads it anew
    const obstacle = service ? obstacleToRestart(this, service) : 'it is no service';
    if (obstacle !== undefined) warnOfStalePassword(this, target, obstacle);
    else this.restart(service!);
  }

  /** The function of the rotation restarts services of its own stack. One of another stack is restarted there, as the stack of the database must not depend on it. */
  private restart(service: IBaseService): void {
    if (Stack.of(service) === Stack.of(this)) this.rotation.restart(service);
    else ServiceRestart.of(service).restartAfter(this.connectionSecret, this.settings.alarmTopic);
  }

  /**
   * Keeps what applications of other stacks used before there was a proxy: CloudFormation removes no export that is imported, and the stack of the database is
   * deployed first.
   */
  private exportWayPastProxy(): void {
    const { address, securityGroup } = this.server;
    [address, securityGroup.securityGroupId].forEach((value) => outermostStack(this).exportValue(value));
  }

  private addressSettings(host: string, port: number) {
    return { host, port: Tokenization.stringifyNumber(port), name: this.databaseName };
  }

  private connectionFields(password: string): Record<string, string> {
    return connectionFields(this.settings, { host: this.endpointAddress, port: Tokenization.stringifyNumber(this.port) }, password);
  }

  private createConnectionSecret(): secretsmanager.Secret {
    const password = this.server.credentials.secretValueFromJson('password').unsafeUnwrap();
    const secret = new secretsmanager.Secret(this, 'Connection', {
      description: `What applications read to use the database ${this.node.path}`,
      encryptionKey: this.encryptionKey,
      // CloudFormation puts the password in when it makes the secret; the rotation writes the next ones. Neither is in the template.
      secretStringValue: SecretValue.unsafePlainText(Stack.of(this).toJsonString(this.connectionFields(password))),
      removalPolicy: this.settings.retention.policy,
    });
    acknowledge(secret, { secretRotation: 'it is derived from the secret that rotates, whose rotation writes it anew' });
    return secret;
  }
}

/**
 * A service that waits for the database does not wait for what waits for the service itself: the rotation, which restarts it, and the rules
 * that let its security group in; nor for alarms.
 */
function excludeFromDependable(database: EncryptedDatabase, rotation: Construct): void {
  const isAwaited = (part: IConstruct) => CfnResource.isCfnResource(part) && !part.node.scopes.includes(rotation)
    && !['AWS::CloudWatch::Alarm', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress'].includes(part.cfnResourceType);
  Dependable.implement(database, {
    get dependencyRoots() {
      return database.node.findAll().filter(isAwaited);
    },
  });
}

function warnOfStalePassword(database: EncryptedDatabase, { node }: IBindingTarget, obstacle: string): void {
  addWarning(
    node.scopes[node.scopes.length - 1], 'cdk-mainstay:EncryptedDatabase.StaleAfterRotation',
    `what runs ${node.path} is not restarted when the password of the database ${database.node.path} is rotated, as ${obstacle}: new connections with the old password are then ` +
    'refused. Read the secret at run time, by \'secretArn\' of the binding; or log in without a password, by passwordlessBinding(); or restart it yourself when the default event bus ' +
    `of the database gets an event of ${ROTATED.source[0]}, and acknowledge this`,
  );
}

/** What is restored into an instance is encrypted with the key that it was encrypted with before. */
function warnIfSnapshotKeyUnknown(
  database: EncryptedDatabase, { kind, snapshotIdentifier, restoreFrom }: DatabaseSettings, roles: (iam.IRole | undefined)[],
): void {
  const needKey = roles.filter((role) => role !== undefined);
  if (needKey.length === 0 || kind === 'cluster' || (snapshotIdentifier ?? restoreFrom) === undefined) return;
  addWarning(
    database, 'cdk-mainstay:EncryptedDatabase.SnapshotKeyUnknown',
    `the database is encrypted as what it was restored from: let ${needKey.map(({ node }) => node.path).join(' and ')} use kms:CreateGrant and ` +
    'kms:DescribeKey with the key of that, or its backups and drills fail',
  );
}
