import { Annotations, CfnResource, Duration, RemovalPolicy, SecretValue, Stack, Token, Tokenization } from 'aws-cdk-lib';
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
import { Construct, Dependable, IConstruct } from 'constructs';
import { DatabaseBindingNames, PasswordlessBindingNames } from './database-binding-names';
import { EncryptedDatabaseProps } from './encrypted-database-props';
import { IBinding, IBindingTarget } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { addSettings } from '../shared/add-settings';
import { acknowledge } from '../shared/acknowledge';
import { notifyOrWarn } from '../shared/alarm-notification';
import { DatabaseBackupPlan, validateBackupPlan } from './private/backup-plan';
import { clusterCapacity, leastCapacity, validateCapacity } from './private/cluster-capacity';
import { ConnectionBudget } from './private/connection-budget';
import { databaseAlarms } from './private/database-alarms';
import { connectionFields } from './private/database-connection';
import { connectionsOfSmallest, hasInsights, localStorageOf, maxConnections, memoryOf, serverlessConnections } from './private/database-limits';
import { hasIamLogin, requireIamLogin } from './private/database-login';
import { databaseLogs, letDatabaseLogsUse } from './private/database-logs';
import { databaseParameters } from './private/database-parameters';
import { DatabaseProxy, validateProxy, warnOfWakefulProxy } from './private/database-proxy';
import { restore, validateRestore } from './private/database-restore';
import { databaseSubnets } from './private/database-subnets';
import { EngineTraits } from './private/engine-traits';
import { openPort } from '../shared/open-port';
import { ec2Description } from '../shared/ec2-description';
import { monitoringRole } from './private/monitoring-role';
import { nameOfThisLife } from '../shared/name-of-this-life';
import { ownPropsWin } from '../shared/own-props-win';
import { PASSWORD_PLACEHOLDER, PasswordRotation } from './private/password-rotation';
import { scaleReaders, validateReaderScaling, warnOfScaledReaders } from './private/reader-scaling';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { holdTo } from './private/replacement-pin';
import { RestoreDrill, validateDrill } from './private/restore-drill';
import { seal } from '../shared/sealed';
import { requireDatabaseWindows } from '../shared/service-windows';
import { warnOfSupportEnd } from './private/support-end';
import { storageOf, validateDatabase } from './private/validate-database';
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

  private readonly engine: EngineTraits;
  private readonly rotation: PasswordRotation;
  private readonly budget: ConnectionBudget;
  /** The database itself, whether or not there is a proxy before it. */
  private readonly own: { readonly address: string; readonly port: number; readonly connections: ec2.Connections };

  /**
   * @throws if a prop is out of what RDS takes, a subnet is public, or the engine has no such prop
   */
  constructor(scope: Construct, id: string, props: EncryptedDatabaseProps) {
    super(scope, id);
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const engine = this.engine = props.engine._traits;
    const kind = engine.clusterEngine ? 'cluster' : 'instance';
    const where = this.node.path;
    const standby = props.standby ?? profile.standby;
    const instanceType = props.instanceType ?? new ec2.InstanceType(standby ? (engine.clusterEngine ? 'r7g.large' : 'm7g.large') : 't4g.medium');
    const readers = props.readers ?? 0;
    const user = props.masterUsername ?? 'dbadmin';
    const rotateAfter = props.rotateAfter ?? Duration.days(30);
    const backupRetention = props.backupRetention ?? profile.backupRetention;
    const backupWindow = props.backupWindow ?? '03:00-04:00';
    const maintenanceWindow = props.maintenanceWindow ?? 'sun:04:30-sun:05:30';
    const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
    const kept = keptInsteadOfSnapshot(removalPolicy);
    const logRetention = props.logRetention ?? profile.logRetention;
    const port = props.port ?? engine.port;
    this.databaseName = props.databaseName;
    validateDatabase(where, { ...props, masterUsername: user, rotateAfter, backupRetention, port });
    const storage = storageOf(where, props);
    validateCapacity(where, `${props.engine}`, kind === 'cluster', { ...props, readers });
    validateReaderScaling(where, `${props.engine}`, kind === 'cluster', { ...props, readers, standby });
    validateProxy(where, { ...props, engine, masterUsername: user });
    validateRestore(where, engine, props);
    requireDatabaseWindows(where, backupWindow, maintenanceWindow);
    if (props.backupPlan) validateBackupPlan(where, props.backupPlan);
    if (props.restoreDrill) validateDrill(where, props.restoreDrill);
    const parameters = databaseParameters(where, { ...props, engine });
    const vpcSubnets = databaseSubnets(where, props.vpc, props.vpcSubnets);

    this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `All that there is of the database ${where}`,
      enableKeyRotation: true,
      removalPolicy: kept,
    });
    const description = ec2Description(`The database ${where}`);
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description,
      allowAllOutbound: false,
    });
    securityGroup.applyRemovalPolicy(kept); // this and the next two cannot be deleted before a database that is kept
    const subnetGroup = new rds.SubnetGroup(this, 'SubnetGroup', { vpc: props.vpc, vpcSubnets, description, removalPolicy: kept });
    const parameterGroup = new rds.ParameterGroup(this, 'Parameters', {
      engine: (engine.clusterEngine ?? engine.instanceEngine)!, description, parameters, removalPolicy: kept,
    });
    const credentials = new secretsmanager.Secret(this, 'Credentials', {
      description: `The master user of the database ${where}`,
      encryptionKey: this.encryptionKey,
      generateSecretString: {
        secretStringTemplate: Stack.of(this).toJsonString({ username: user }),
        generateStringKey: 'password',
        excludePunctuation: true, // so that it means the same in a URL, in a query, in a properties file and in a shell
        passwordLength: 40, // MySQL takes 41: 238 bits
      },
      removalPolicy: kept,
    });

    const identifier = nameOfThisLife(this); // known before the database is made, or RDS makes the log groups: docs/decisions/database-identifier.md
    const logGroups = databaseLogs(this, {
      kind, identifier, logs: engine.logs, encryptionKey: this.encryptionKey, retention: logRetention, removalPolicy: kept,
    });
    if (!letDatabaseLogsUse(this.encryptionKey, this)) warnOfKeyPolicy(this);
    const monitoring = monitoringRole(this);
    const common = {
      credentials: rds.Credentials.fromSecret(credentials, user),
      parameterGroup,
      subnetGroup,
      securityGroups: [securityGroup],
      vpc: props.vpc,
      vpcSubnets,
      port,
      iamAuthentication: hasIamLogin(engine),
      storageEncrypted: true,
      storageEncryptionKey: this.encryptionKey,
      preferredMaintenanceWindow: maintenanceWindow,
      cloudwatchLogsExports: engine.logs,
      monitoringInterval: Duration.minutes(1),
      monitoringRole: monitoring,
      ...((props.serverless || hasInsights(engine, instanceType.toString())) && {
        enablePerformanceInsights: true,
        performanceInsightEncryptionKey: this.encryptionKey,
        performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
        databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
      }),
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection ?? profile.deletionProtection,
      deleteAutomatedBackups: removalPolicy === RemovalPolicy.DESTROY,
      removalPolicy,
    };
    if (engine.instanceEngine) {
      this.instance = new rds.DatabaseInstance(this, 'Database', {
        ...common,
        engine: engine.instanceEngine,
        instanceIdentifier: identifier,
        databaseName: props.databaseName,
        instanceType,
        multiAz: standby,
        storageType: rds.StorageType.GP3,
        allocatedStorage: storage?.allocated,
        maxAllocatedStorage: storage?.ceiling,
        backupRetention,
        preferredBackupWindow: backupWindow,
        autoMinorVersionUpgrade: true,
        publiclyAccessible: false,
      });
    } else {
      this.cluster = new rds.DatabaseCluster(this, 'Database', {
        ...common,
        ...clusterCapacity({ instanceType, serverless: props.serverless, standby, readers, maintenanceWindow }),
        engine: engine.clusterEngine!,
        clusterIdentifier: identifier,
        defaultDatabaseName: props.databaseName,
        backup: { retention: backupRetention, preferredWindow: backupWindow },
        autoMinorVersionUpgrade: true,
      });
    }
    const database = (this.instance ?? this.cluster)!;
    // It says that Performance Insights is off for the instances, as CDK looks at their own props; that of a cluster is that of its instances.
    Annotations.of(database).acknowledgeWarning('@aws-cdk/aws-rds:instancePerformanceInsightsOverridden');
    const instances = database.node.findAll().filter((node): node is rds.CfnDBInstance => node instanceof rds.CfnDBInstance);
    // Or a cluster that is kept would be out of reach.
    if (this.cluster && removalPolicy !== RemovalPolicy.SNAPSHOT) instances.forEach((instance) => instance.applyRemovalPolicy(kept));
    database.node.addDependency(...logGroups, monitoring); // with its policy, or RDS may refuse the role
    this.secret = database.secret!;
    restore(database.node.defaultChild!, props);
    const address = this.instance?.dbInstanceEndpointAddress ?? this.cluster!.clusterEndpoint.hostname;
    this.own = { address, port, connections: database.connections };
    const servesReads = readers > 0 || props.maxReaders !== undefined;
    const proxy = props.proxy && new DatabaseProxy(this, 'Proxy', {
      ...props.proxy,
      engine,
      database,
      securityGroup,
      databasePort: port,
      vpc: props.vpc,
      vpcSubnets,
      credentials,
      encryptionKey: this.encryptionKey,
      logRetention,
      removalPolicy: kept,
      servesReads,
    });
    if (proxy) warnOfWakefulProxy(this, props.serverless);
    this.proxy = proxy?.proxy;
    this.endpointAddress = proxy?.endpointAddress ?? address;
    this.readerEndpointAddress = this.cluster && (proxy?.readerEndpointAddress ?? this.cluster.clusterReadEndpoint.hostname);
    this.port = proxy?.port ?? port;
    this.connections = proxy?.connections ?? database.connections;

    const fieldsWith = (password: string) => connectionFields({
      engine, user, password, host: this.endpointAddress, port: Tokenization.stringifyNumber(this.port), databaseName: props.databaseName,
    });
    this.connectionSecret = new secretsmanager.Secret(this, 'Connection', {
      description: `What applications read to use the database ${where}`,
      encryptionKey: this.encryptionKey,
      // CloudFormation puts the password in when it makes the secret; the rotation writes the next ones. Neither is in the template.
      secretStringValue: SecretValue.unsafePlainText(Stack.of(this).toJsonString(fieldsWith(credentials.secretValueFromJson('password').unsafeUnwrap()))),
      removalPolicy: kept,
    });
    this.rotation = new PasswordRotation(this, 'Rotation', {
      kind,
      identifier,
      credentials,
      connection: this.connectionSecret,
      fields: fieldsWith(PASSWORD_PLACEHOLDER),
      encryptionKey: this.encryptionKey,
      rotateAfter,
      logRetention,
      removalPolicy: kept,
    });
    this.rotation.node.addDependency(this.secret, this.connectionSecret); // complete, with what stands in them of the database
    this.rotationFunction = this.rotation.fn;
    if (this.cluster) this.readerScaling = scaleReaders(this, this.cluster, { ...props, readers, standby });
    if (this.readerScaling) warnOfScaledReaders(this, removalPolicy);
    const backups = props.backupPlan && kept !== RemovalPolicy.DESTROY ? new DatabaseBackupPlan(this, 'BackupPlan', {
      ...props.backupPlan, database, identifier, backupWindow, encryptionKey: this.encryptionKey, removalPolicy: kept,
    }) : undefined;
    this.backupPlan = backups?.plan;
    this.backupVault = backups?.vault;
    if (backups?.accountsWithoutKey.length) warnOfCopyKey(this, backups.accountsWithoutKey);
    const drill = props.restoreDrill && new RestoreDrill(this, 'RestoreDrill', {
      ...props.restoreDrill,
      engine,
      identifier,
      instanceClass: props.serverless ? 'serverless' : instanceType.toString(),
      maximumCapacity: props.serverless?.maximumCapacity,
      vpc: props.vpc,
      vpcSubnets,
      subnetGroupName: subnetGroup.subnetGroupName,
      parameterGroupName: this.instance ? parameterGroup.bindToInstance({}).parameterGroupName : parameterGroup.bindToCluster({}).parameterGroupName,
      port,
      user,
      databaseName: props.databaseName,
      encryptionKey: this.encryptionKey,
      logRetention,
      removalPolicy: kept,
    });
    this.restoreDrill = drill?.machine;
    const needKey = [backups?.role, drill?.machine.role].filter((role) => role !== undefined);
    if (needKey.length > 0 && this.instance && (props.snapshotIdentifier ?? props.restoreFrom) !== undefined) warnOfSnapshotKey(this, needKey);
    this.acknowledgeWhatItHasNot(standby);
    beAwaitedWithout(this, this.rotation);
    if (props.replacementPin !== undefined) holdTo(props.replacementPin, this, database.node.defaultChild as CfnResource);

    seal(this);

    const memory = props.serverless ? props.serverless.maximumCapacity * BYTES_PER_CAPACITY_UNIT : memoryOf(instanceType.toString());
    this.maxConnections = connectionLimit(props, memory);
    this.budget = new ConnectionBudget(this, proxy ? undefined : this.maxConnections); // a proxy lets them wait
    this.alarms = [...databaseAlarms(this, {
      dimensions: { [kind === 'instance' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier']: identifier },
      memory,
      maxConnections: this.maxConnections,
      storage: storage?.allocated,
      localStorage: this.cluster && !props.serverless && memory ? localStorageOf(memory) : undefined, // CloudWatch has no such metric of serverless ones
      hasReaders: kind === 'cluster' && (standby || readers > 0),
      servesReads,
      rotation: this.rotation,
    }), ...(proxy?.alarms(this) ?? []), ...(backups?.alarms ?? []), ...(drill?.alarms ?? [])];
    notifyOrWarn(this, this.alarms, props.alarmTopic ?? profile.alarmTopic);
    warnOfSupportEnd(this, props.engine);
  }

  /**
   * Lets a peer connect to the port of the database, and nobody else.
   */
  public allowFrom(peer: ec2.IConnectable): void {
    this.connections.allowFrom(peer, ec2.Port.tcp(this.port));
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
    requireIamLogin(`${this.node.path}.grantConnect()`, 'user', this.engine, user);
    return this.instance ? this.instance.grantConnect(grantee, user) : this.cluster!.grantConnect(grantee, user);
  }

  /**
   * Replaces the tasks of a service after each rotation, one after the other. A task reads its secrets when it starts, and the password of before
   * logs in no more: without this, a service that opens new connections fails after a rotation, until somebody deploys it.
   *
   * A binding with a password does that for its service already, so this is for what no binding knows, such as a service that reads the secret by other
   * means. The rotation then depends on the service, which may depend on the database all the same.
   *
   * @throws if the service is of another stack
   */
  public restartAfterRotation(service: IBaseService): void {
    if (Stack.of(service) !== Stack.of(this)) {
      throw new Error(
        `${this.node.path}: the service ${service.node.path} must be of the same stack, or the two stacks would depend on each other: import it here, ` +
        'by FargateService.fromFargateServiceAttributes() with names that are known',
      );
    }
    this.rotation.restart(service);
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
   * The database as an application uses it: the settings asked for, and its port. Secrets come from `connectionSecret`. A service of the same stack
   * whose tasks are given the password, by whatever name, is restarted after each rotation; where that cannot be, a warning says so. A function is
   * given the ARN and reads the password itself: one that keeps it must read it again when it is refused.
   *
   * @throws when it is used: if `poolSize` is given, and is not a whole number, or it is not known how many tasks there can be
   */
  public binding(names: DatabaseBindingNames): IBinding {
    const origin = `${this.node.path}.binding()`;
    const of = (field: string) => ({ secret: this.connectionSecret, field });
    return {
      bind: (target) => {
        this.reservePools(target, names.poolSize);
        const secrets = { password: of('password'), url: of('url'), jdbcUrl: of('jdbcUrl'), uri: of('uri') };
        addSettings(target, names, { ...this.place(this.endpointAddress, this.port), user: of('username'), ...secrets }, origin);
        openPort(this.connections, ec2.Port.tcp(this.port), target);
        const holdsPassword = [names.password, names.url, names.jdbcUrl, names.uri].some((name) => typeof name === 'string');
        if (holdsPassword) this.renewAfterRotation(target);
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
    requireIamLogin(origin, 'databaseUser', this.engine, databaseUser);
    return {
      bind: (target) => {
        this.reservePools(target, names.poolSize);
        const { address, port, connections } = this.own;
        addSettings(target, names, { ...this.place(address, port), user: databaseUser }, origin);
        this.grantConnect(target, databaseUser);
        openPort(connections, ec2.Port.tcp(port), target);
      },
    };
  }

  private reservePools(target: IBindingTarget, poolSize?: number): void {
    if (poolSize !== undefined) this.budget.reservePools(target, runBy(target), poolSize);
  }

  private renewAfterRotation(target: IBindingTarget): void {
    const { service, fn } = runBy(target);
    if (fn) return; // it reads the secret itself
    if (service && Stack.of(service) === Stack.of(this)) this.rotation.restart(service);
    else warnOfStaleSettings(this, target);
  }

  private place(host: string, port: number) {
    return { host, port: Tokenization.stringifyNumber(port), name: this.databaseName };
  }

  private acknowledgeWhatItHasNot(standby: boolean): void {
    const database = (this.instance ?? this.cluster)!;
    const { deletionProtection } = database.node.defaultChild as rds.CfnDBInstance | rds.CfnDBCluster;
    acknowledge(database, {
      backtrack: this.cluster && this.own.port === 3306 ? 'backups restore it to any second of their retention, beside it, without rewinding what else has happened since' : undefined,
      backupPlanOfDatabase: this.backupPlan ? this.cluster && 'its cluster is in a backup plan' : 'RDS backs it up by itself, daily and continuously',
      databasePort: this.own.port === 3306 || (this.instance && this.own.port === 5432) ? 'nobody connects but the security groups that were let in; another port keeps no one out, and clients have this one by default: \'port\' sets it' : undefined,
      deletionProtection: deletionProtection ? undefined : 'the StageProfile, or \'deletionProtection\', says that this one may be deleted',
      multiAz: this.instance && !standby ? 'the StageProfile, or \'standby\', says that this one need not survive a zone' : undefined,
    });
    acknowledge(this.connectionSecret, { secretRotation: 'it is derived from the secret that rotates, whose rotation writes it anew' });
  }
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html */
const BYTES_PER_CAPACITY_UNIT = 2 * 2 ** 30;

function connectionLimit({ engine: { _traits: engine }, parameters, serverless }: EncryptedDatabaseProps, memory?: number): number | undefined {
  const text = parameters?.max_connections;
  const given = text !== undefined && !Token.isUnresolved(text) ? Number(text) : NaN; // a formula of RDS is none
  if (!serverless) return Number.isInteger(given) ? given : memory && maxConnections(engine, memory);
  const wanted = Number.isInteger(given) ? given : serverlessConnections(engine, serverless);
  return Math.min(wanted, connectionsOfSmallest(engine, leastCapacity(serverless)));
}

/**
 * A service that waits for the database does not wait for what waits for the service itself: the rotation, which restarts it, and the rules
 * that let its security group in; nor for alarms.
 */
function beAwaitedWithout(database: EncryptedDatabase, rotation: Construct): void {
  const isAwaited = (part: IConstruct) => CfnResource.isCfnResource(part) && !part.node.scopes.includes(rotation)
    && !['AWS::CloudWatch::Alarm', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress'].includes(part.cfnResourceType);
  Dependable.implement(database, {
    get dependencyRoots() {
      return database.node.findAll().filter(isAwaited);
    },
  });
}

function runBy(target: IBindingTarget): typeof BindingTarget.prototype._runBy {
  return target instanceof BindingTarget ? target._runBy : {};
}

function warnOfStaleSettings(database: EncryptedDatabase, { node }: IBindingTarget): void {
  Annotations.of(node.scopes[node.scopes.length - 1]).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.StaleAfterRotation',
    `what runs ${node.path} is not restarted when the password of the database ${database.node.path} is rotated, as it is of another stack, or no service: new connections ` +
    'with the password of before are then refused. Put the service into the stack of the database, or import it there and give it to restartAfterRotation(), and acknowledge ' +
    'this; or read connectionSecret at run time; or log in without a password, by passwordlessBinding()',
  );
}

function warnOfKeyPolicy(database: EncryptedDatabase): void {
  Annotations.of(database).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.KeyPolicyUnchanged',
    `the key ${database.encryptionKey.node.path} is imported, so its policy is not changed here: let CloudWatch Logs use it for the log groups of /aws/rds/, ` +
    'or they cannot be created',
  );
}

function warnOfSnapshotKey(database: EncryptedDatabase, roles: iam.IRole[]): void {
  Annotations.of(database).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.SnapshotKeyUnknown',
    `the database is encrypted as what it was restored from: let ${roles.map(({ node }) => node.path).join(' and ')} use kms:CreateGrant and ` +
    'kms:DescribeKey with the key of that, or its backups and drills fail',
  );
}

function warnOfCopyKey(database: EncryptedDatabase, accounts: string[]): void {
  Annotations.of(database).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.CopyKeyUnshared',
    `the key ${database.encryptionKey.node.path} is imported, so its policy is not changed here: let AWSServiceRoleForBackup of ${accounts.join(' and ')} use it, ` +
    'or snapshots cannot be copied there',
  );
}
