import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { servesReads } from './cluster';
import { DatabaseServer } from './database-server';
import { DatabaseSettings } from './database-settings';
import { EngineTraits } from './engine-traits';
import { addWarning } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { Checks } from '../../shared/checks';
import { allowKey } from '../../shared/key-grants';
import { ec2Description } from '../../shared/security-groups';
import { allow, serviceRole, viaService } from '../../shared/service-role';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { DatabaseProxyOptions } from '../database-options';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

type ProxiedDatabase = Pick<DatabaseSettings, 'engine' | 'vpc' | 'masterUsername'> & Pick<EncryptedDatabaseProps, 'parameters' | 'proxy'>;

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations */
export function validateProxy(checks: Checks, { engine, vpc, masterUsername, parameters, proxy }: ProxiedDatabase): void {
  if (!proxy) return;
  checks.wholeNumber('maxConnectionsPercent', proxy.maxConnectionsPercent, { least: 1, most: 100 });
  checks.seconds('idleClientTimeout', proxy.idleClientTimeout, { least: 1, most: 28_800 });
  checks.seconds('borrowTimeout', proxy.borrowTimeout, { least: 1, most: 300 });
  const refuse = (why: string) => {
    throw checks.error(`'proxy' must be left out ${why}`);
  };
  if (engine.family === 'mariadb' && /^10\.[0-4](\.|$)/.test(engine.version)) refuse(`for ${engine.name} ${engine.version}: RDS Proxy takes MariaDB 10.5 and later`);
  if (parameters?.read_only === '1') refuse('with the parameter read_only at 1, which RDS Proxy does not take');
  if (masterUsername === 'rdsproxyadmin') refuse('with \'masterUsername\' rdsproxyadmin, a user that RDS Proxy makes for itself');
  const network = vpc.node.defaultChild;
  if (network instanceof ec2.CfnVPC && network.instanceTenancy === ec2.DefaultInstanceTenancy.DEDICATED) {
    refuse(`in ${vpc.node.path}, whose tenancy is dedicated: RDS Proxy is in none such`);
  }
}

/** With `-readers`, below 63, which RDS takes: the whole id of the stack would leave few letters to the path. */
const LONGEST_NAME = 42;

/**
 * An RDS Proxy before a database: it takes TLS only, checks the password that is in the secret, and logs in with it. Nobody is in its security
 * group but who is let in.
 */
export class DatabaseProxy extends Construct {
  public readonly proxy: rds.CfnDBProxy;
  public readonly endpointAddress: string;
  /** Of the readers; of the writer, if none serves reads. */
  public readonly readerEndpointAddress: string;
  /** RDS Proxy listens on no other, whatever the port of the database is. */
  public readonly port: number;
  public readonly connections: ec2.Connections;
  /** Lead from the proxy to the database. */
  public readonly targets: rds.CfnDBProxyTargetGroup;
  private readonly name: string;

  constructor(scope: Construct, id: string, settings: DatabaseSettings, server: DatabaseServer, options: DatabaseProxyOptions) {
    super(scope, id);

    const { engine, retention } = settings;
    const { database, encryptionKey, credentials } = server;
    this.port = engine.port;
    const { subnetIds } = settings.vpc.selectSubnets(settings.vpcSubnets);
    this.name = stackScopedName(this, { maxLength: LONGEST_NAME, changesWith: subnetIds }); // other subnets replace a proxy
    const logGroup = new LogGroup(this, 'Logs', { // before RDS makes it: its own is kept for ever, and not encrypted with this key
      logGroupName: `/aws/rds/proxy/${this.name}`, encryptionKey, retention: retention.logs, removalPolicy: retention.policy,
    });
    const role = this.roleThatReads(server);
    const { securityGroup, wayIn } = this.wayTo(settings, server);
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(this.port) });

    const place = { vpcSecurityGroupIds: [securityGroup.securityGroupId], vpcSubnetIds: subnetIds };
    this.proxy = new rds.CfnDBProxy(this, 'Proxy', {
      dbProxyName: this.name,
      engineFamily: engine.family === 'postgres' ? 'POSTGRESQL' : 'MYSQL',
      auth: [{ authScheme: 'SECRETS', iamAuth: 'DISABLED', clientPasswordAuthType: passwordCheck(engine), secretArn: credentials.secretArn }],
      requireTls: true,
      debugLogging: false, // it would log statements, with what is in them
      idleClientTimeout: (options.idleClientTimeout ?? Duration.minutes(30)).toSeconds(),
      roleArn: role.roleArn,
      ...place,
    });
    this.proxy.node.addDependency(role, logGroup);
    this.targets = new rds.CfnDBProxyTargetGroup(this, 'Targets', {
      dbProxyName: this.proxy.ref,
      targetGroupName: 'default', // there is no other
      ...(database instanceof rds.DatabaseCluster
        ? { dbClusterIdentifiers: [database.clusterIdentifier] }
        : { dbInstanceIdentifiers: [database.instanceIdentifier] }),
      connectionPoolConfigurationInfo: {
        maxConnectionsPercent: options.maxConnectionsPercent ?? 90,
        connectionBorrowTimeout: (options.borrowTimeout ?? Duration.minutes(2)).toSeconds(),
      },
    });
    this.targets.node.addDependency(database, wayIn); // with all instances

    this.endpointAddress = this.proxy.attrEndpoint;
    this.readerEndpointAddress = servesReads(settings) ? new rds.CfnDBProxyEndpoint(this, 'Readers', {
      dbProxyName: this.proxy.ref, dbProxyEndpointName: `${this.name}-readers`, targetRole: 'READ_ONLY', ...place,
    }).attrEndpoint : this.endpointAddress;
    warnIfProxyPreventsAutoPause(scope, settings);
  }

  /** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html */
  public alarms(scope: Construct): cloudwatch.Alarm[] {
    const metric = (metricName: string, period: Duration) => new cloudwatch.Metric({
      namespace: 'AWS/RDS', metricName, dimensionsMap: { ProxyName: this.name }, statistic: cloudwatch.Stats.SUM, period,
    });
    const minute = Duration.minutes(1); // what it reports in; over more, sums are of several reports
    return [
      alarm(scope, 'ProxyConnectionsAlarm', {
        description: 'more than 80 % of the connections that the proxy may open are in use: soon applications wait for one; make transactions shorter, or take a larger class',
        metric: new cloudwatch.MathExpression({
          expression: '100 * borrowed / allowed',
          usingMetrics: { borrowed: metric('DatabaseConnectionsCurrentlyBorrowed', minute), allowed: metric('MaxDatabaseConnectionsAllowed', minute) },
          label: 'Connections in use, in percent',
          period: minute,
        }),
        above: 80,
        evaluationPeriods: 5,
      }),
      alarm(scope, 'ProxyLoginAlarm', {
        description: 'for a quarter of an hour, the proxy failed to open connections to the database: is the password in the secret its own, and the database up?',
        metric: metric('DatabaseConnectionsSetupFailed', Duration.minutes(5)),
        above: 0,
        evaluationPeriods: 3, // a rotation takes less
      }),
    ];
  }

  /** Without conditions on who asks for whom: RDS Proxy sends none of the keys that they would look at. */
  private roleThatReads({ credentials, encryptionKey }: DatabaseServer): iam.Role {
    const role = serviceRole(this, 'Role', 'rds.amazonaws.com');
    allow(role, ['secretsmanager:GetSecretValue'], credentials.secretArn);
    allowKey(role, encryptionKey, ['kms:Decrypt'], viaService('secretsmanager'));
    return role;
  }

  /** The rule out is a part of the one group, and the rule in is no part of the other, or each group would wait for the other. */
  private wayTo({ vpc, port }: DatabaseSettings, { securityGroup: ofDatabase }: DatabaseServer) {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc, description: ec2Description(`The proxy of the database ${this.node.scope!.node.path}`), allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.securityGroupId(ofDatabase.securityGroupId), ec2.Port.tcp(port), 'to the database');
    const wayIn = new ec2.CfnSecurityGroupIngress(this, 'WayIn', {
      description: 'from the proxy',
      groupId: ofDatabase.securityGroupId,
      sourceSecurityGroupId: securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
    return { securityGroup, wayIn };
  }
}

/**
 * How clients prove that they know the password. MySQL's clients have no other way since version 9, and MariaDB's proxy has not this one.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_UserAuthConfig.html
 */
function passwordCheck({ family, version }: EngineTraits): string {
  if (family === 'postgres') return 'POSTGRES_SCRAM_SHA_256';
  return family === 'mariadb' || version.startsWith('5.') ? 'MYSQL_NATIVE_PASSWORD' : 'MYSQL_CACHING_SHA2_PASSWORD';
}

function warnIfProxyPreventsAutoPause(database: Construct, { serverless }: DatabaseSettings): void {
  if (serverless?.autoPauseAfter === undefined && serverless?.minimumCapacity !== 0) return;
  addWarning(
    database, 'cdk-mainstay:EncryptedDatabase.ProxyKeepsAwake',
    'the proxy keeps a connection open to each instance of the cluster, so that it never pauses: leave \'proxy\' or \'autoPauseAfter\' out',
  );
}
