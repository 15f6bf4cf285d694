import { Annotations, ArnFormat, Aws, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { clusterInstances } from './cluster';
import { hasInsights } from './connection-budget';
import { requestedVersion, restore } from './database-restore';
import { DatabaseSettings } from './database-settings';
import { hasIamLogin } from './login';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { allowLogGroupsToUseKey } from '../../shared/resource-policies';
import { ec2Description } from '../../shared/security-groups';
import { allow, serviceRole } from '../../shared/service-role';
import { stackScopedName } from '../../shared/stack-scoped-name';

/** The database itself, whether or not there is a proxy before it, with what it stands on. */
export interface DatabaseServer extends Foundation {
  /** One of the next two. */
  readonly database: rds.DatabaseInstance | rds.DatabaseCluster;
  readonly instance?: rds.DatabaseInstance;
  readonly cluster?: rds.DatabaseCluster;
  readonly resource: CfnResource;
  readonly address: string;
  readonly identifier: string;
  readonly encryptionKey: IKey;
}

type Foundation = ReturnType<typeof foundationOf>;

/** Below 63, which RDS takes, as RDS adds to it: docs/decisions/database-identifier.md */
const LONGEST_IDENTIFIER = 35;

/**
 * Creates the instance or the cluster in a scope, with its groups, its first password, its logs and its monitoring.
 */
export function databaseServer(scope: Construct, settings: DatabaseSettings, encryptionKey: IKey): DatabaseServer {
  const foundation = foundationOf(scope, settings, encryptionKey);
  const identifier = stackScopedName(scope, { maxLength: LONGEST_IDENTIFIER }); // known before the database is made, or RDS makes the log groups
  const logGroups = databaseLogs(scope, settings, identifier, encryptionKey);
  const monitoring = monitoringRole(scope);
  const common = commonProps(settings, foundation, encryptionKey, monitoring);
  const instance = settings.kind === 'instance' ? createInstance(scope, settings, identifier, common) : undefined;
  const cluster = settings.kind === 'cluster' ? createCluster(scope, settings, identifier, common) : undefined;
  const database = (instance ?? cluster)!;
  database.node.addDependency(...logGroups, monitoring); // with its policy, or RDS may refuse the role
  const resource = database.node.defaultChild as rds.CfnDBInstance | rds.CfnDBCluster;
  resource.engineVersion = requestedVersion(settings);
  restore(resource, settings);
  acknowledgeSettings(database, settings);
  return {
    ...foundation,
    database,
    instance,
    cluster,
    identifier,
    encryptionKey,
    resource,
    address: instance?.dbInstanceEndpointAddress ?? cluster!.clusterEndpoint.hostname,
  };
}

/** What cannot be deleted before a database that is kept. */
function foundationOf(scope: Construct, settings: DatabaseSettings, encryptionKey: IKey) {
  const { vpc, vpcSubnets, engine, parameters, masterUsername, retention: { policy: removalPolicy } } = settings;
  const path = scope.node.path;
  const description = ec2Description(`The database ${path}`);
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  securityGroup.applyRemovalPolicy(removalPolicy);
  return {
    securityGroup,
    subnetGroup: new rds.SubnetGroup(scope, 'SubnetGroup', { vpc, vpcSubnets, description, removalPolicy }),
    parameterGroup: new rds.ParameterGroup(scope, 'Parameters', {
      engine: (engine.clusterEngine ?? engine.instanceEngine)!, description, parameters, removalPolicy,
    }),
    /** The name and password of the master user. */
    credentials: new secretsmanager.Secret(scope, 'Credentials', {
      description: `The master user of the database ${path}`,
      encryptionKey,
      generateSecretString: {
        secretStringTemplate: Stack.of(scope).toJsonString({ username: masterUsername }),
        generateStringKey: 'password',
        excludePunctuation: true, // so that it means the same in a URL, in a query, in a properties file and in a shell
        passwordLength: 40, // MySQL takes 41: 238 bits
      },
      removalPolicy,
    }),
  };
}

function commonProps(settings: DatabaseSettings, foundation: Foundation, encryptionKey: IKey, monitoring: iam.IRole) {
  const { engine, vpc, vpcSubnets, port, deletionProtection, removalPolicy } = settings;
  const { credentials, parameterGroup, subnetGroup, securityGroup } = foundation;
  return {
    credentials: rds.Credentials.fromSecret(credentials, settings.masterUsername),
    parameterGroup,
    subnetGroup,
    securityGroups: [securityGroup],
    vpc,
    vpcSubnets,
    port,
    iamAuthentication: hasIamLogin(engine),
    storageEncrypted: true,
    storageEncryptionKey: encryptionKey,
    preferredMaintenanceWindow: settings.maintenanceWindow,
    cloudwatchLogsExports: engine.logs,
    monitoringInterval: Duration.minutes(1),
    monitoringRole: monitoring,
    ...(hasInsights(engine, settings.instanceClass) && {
      enablePerformanceInsights: true,
      performanceInsightEncryptionKey: encryptionKey,
      performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
      databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
    }),
    autoMinorVersionUpgrade: true,
    copyTagsToSnapshot: true,
    deletionProtection,
    deleteAutomatedBackups: removalPolicy === RemovalPolicy.DESTROY,
    removalPolicy,
  };
}

type CommonProps = ReturnType<typeof commonProps>;

function createInstance(scope: Construct, settings: DatabaseSettings, identifier: string, common: CommonProps): rds.DatabaseInstance {
  return new rds.DatabaseInstance(scope, 'Database', {
    ...common,
    engine: settings.engine.instanceEngine!,
    allowMajorVersionUpgrade: settings.allowMajorVersionUpgrade,
    instanceIdentifier: identifier,
    databaseName: settings.databaseName,
    instanceType: settings.instanceType,
    multiAz: settings.standby,
    storageType: rds.StorageType.GP3,
    allocatedStorage: settings.storage?.allocated,
    maxAllocatedStorage: settings.storage?.ceiling,
    backupRetention: settings.backupRetention,
    preferredBackupWindow: settings.backupWindow,
    publiclyAccessible: false,
  });
}

function createCluster(scope: Construct, settings: DatabaseSettings, identifier: string, common: CommonProps): rds.DatabaseCluster {
  const cluster = new rds.DatabaseCluster(scope, 'Database', {
    ...common,
    ...clusterInstances(settings),
    engine: settings.engine.clusterEngine!,
    clusterIdentifier: identifier,
    defaultDatabaseName: settings.databaseName,
    backup: { retention: settings.backupRetention, preferredWindow: settings.backupWindow },
  });
  // It says that Performance Insights is off for the instances, as CDK looks at their own props; that of a cluster is that of its instances.
  Annotations.of(cluster).acknowledgeWarning('@aws-cdk/aws-rds:instancePerformanceInsightsOverridden');
  if (settings.removalPolicy !== RemovalPolicy.SNAPSHOT) {
    const instances = cluster.node.findAll().filter((node) => node instanceof rds.CfnDBInstance);
    instances.forEach((instance) => instance.applyRemovalPolicy(settings.retention.policy)); // or a cluster that is kept would be out of reach
  }
  return cluster;
}

/** Tells rule packs why the database does not have what they ask for, where a setting is the reason. */
function acknowledgeSettings(database: Construct, settings: DatabaseSettings): void {
  const { engine, kind, port, standby, backupPlan, deletionProtection } = settings;
  const isInstance = kind === 'instance';
  acknowledge(database, {
    backtrack: !isInstance && port === 3306 ? 'backups restore it to any second of their retention, beside it, without rewinding what else has happened since' : undefined,
    backupPlanOfDatabase: backupPlan ? isInstance ? undefined : 'its cluster is in a backup plan' : 'RDS backs it up by itself, daily and continuously',
    databasePort: port === 3306 || (isInstance && port === 5432) ? 'nobody connects but the security groups that were let in; another port keeps no one out, and clients have this one by default: \'port\' sets it' : undefined,
    deletionProtection: deletionProtection ? undefined : 'the StageProfile, or \'deletionProtection\', says that this one may be deleted',
    minorVersion: requestedVersion(settings) === engine.majorVersion ? 'RDS chooses the minor version of a major one; the lists of these rules are of minor versions' : undefined,
    multiAz: isInstance && !standby ? 'the StageProfile, or \'standby\', says that this one need not survive a zone' : undefined,
  });
}

/**
 * The log groups that RDS writes to, made before it makes them: its own are kept for ever, and are not encrypted with this key. Statements,
 * with what is in them, end up here. The key is for the log groups of databases, and for no others.
 */
function databaseLogs(scope: Construct, { kind, engine, retention }: DatabaseSettings, identifier: string, encryptionKey: IKey): LogGroup[] {
  const logGroups = engine.logs.map((log) => new LogGroup(scope, `${log[0].toUpperCase()}${log.slice(1)}Logs`, {
    logGroupName: `/aws/rds/${kind}/${identifier}/${log}`,
    encryptionKey,
    retention: retention.logs,
    removalPolicy: retention.policy,
  }));
  allowLogGroupsToUseKey(encryptionKey, arnOf(scope, 'logs', 'log-group', '/aws/rds/*'), {
    owner: scope, id: 'EncryptedDatabase.KeyPolicyUnchanged', otherwise: 'the log groups of the database cannot be created',
  });
  return logGroups;
}

/**
 * What Enhanced Monitoring writes with: the one log group that it has in an account and region, and for databases of this account only. AWS's
 * managed policy is for all groups whose names begin with RDS.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
 */
function monitoringRole(scope: Construct): iam.Role {
  const role = serviceRole(scope, 'MonitoringRole', 'monitoring.rds.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    ArnLike: { 'aws:SourceArn': arnOf(scope, 'rds', 'db', '*') },
  });
  const group = arnOf(scope, 'logs', 'log-group', 'RDSOSMetrics');
  const streams = `${group}:log-stream:*`;
  allow(role, ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], group);
  allow(role, ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'], streams);
  acknowledgeWildcard(role, streams, 'each instance has a stream, named by its resource id, in the one log group of Enhanced Monitoring');
  return role;
}

function arnOf(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
