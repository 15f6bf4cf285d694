import { createHash } from 'crypto';
import { Annotations, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { EngineTraits } from './engine-traits';
import { acknowledge } from '../../shared/acknowledge';
import { ec2Description } from '../../shared/ec2-description';
import { nameOfThisLife } from '../../shared/name-of-this-life';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { DatabaseProxyOptions } from '../database-proxy-options';
import { DatabaseServerlessOptions } from '../database-serverless-options';

interface ProxiedDatabase {
  readonly engine: EngineTraits;
  readonly vpc: ec2.IVpc;
  readonly masterUsername: string;
  readonly parameters?: { [name: string]: string };
  readonly proxy?: DatabaseProxyOptions;
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations */
export function validateProxy(where: string, { engine, vpc, masterUsername, parameters, proxy }: ProxiedDatabase): void {
  if (!proxy) return;
  const { maxConnectionsPercent = 90, idleClientTimeout, borrowTimeout } = proxy;
  requireWholeNumber({ where, prop: 'maxConnectionsPercent', value: maxConnectionsPercent, least: 1, most: 100 });
  const seconds = (prop: string, duration: Duration | undefined, most: number) => {
    if (!duration) return;
    const value = requireUnit(where, prop, 'Duration.seconds()', () => duration.toSeconds({ integral: false }));
    requireWholeNumber({ where, prop, value, least: 1, most, unit: 'seconds' });
  };
  seconds('idleClientTimeout', idleClientTimeout, 28_800);
  seconds('borrowTimeout', borrowTimeout, 300);
  const refuse = (why: string) => {
    throw new Error(`${where}: 'proxy' must be left out ${why}`);
  };
  if (engine.family === 'mariadb' && /^10\.[0-4]\./.test(engine.version)) refuse(`for ${engine.name} ${engine.version}: RDS Proxy takes MariaDB 10.5 and later`);
  if (parameters?.read_only === '1') refuse('with the parameter read_only at 1, which RDS Proxy does not take');
  if (masterUsername === 'rdsproxyadmin') refuse('with \'masterUsername\' rdsproxyadmin, a user that RDS Proxy makes for itself');
  const network = vpc.node.defaultChild;
  if (network instanceof ec2.CfnVPC && network.instanceTenancy === ec2.DefaultInstanceTenancy.DEDICATED) {
    refuse(`in ${vpc.node.path}, whose tenancy is dedicated: RDS Proxy is in none such`);
  }
}

export function warnOfWakefulProxy(scope: Construct, serverless: DatabaseServerlessOptions | undefined): void {
  if (serverless?.autoPauseAfter === undefined && serverless?.minimumCapacity !== 0) return;
  Annotations.of(scope).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.ProxyKeepsAwake',
    'the proxy keeps a connection open to each instance of the cluster, so that it never pauses: leave \'proxy\' or \'autoPauseAfter\' out',
  );
}

interface DatabaseProxyProps extends DatabaseProxyOptions {
  readonly engine: EngineTraits;
  readonly database: rds.DatabaseInstance | rds.DatabaseCluster;
  /** Of the database, which the proxy is let into, on this port. */
  readonly securityGroup: ec2.SecurityGroup;
  readonly databasePort: number;
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  /** The name and password of the user, which rotate. */
  readonly credentials: ISecret;
  readonly encryptionKey: kms.IKey;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Whether there are readers that applications read from. */
  readonly servesReads: boolean;
}

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
  private readonly name: string;

  constructor(scope: Construct, id: string, props: DatabaseProxyProps) {
    super(scope, id);

    const { engine, database, vpc, vpcSubnets } = props;
    this.port = engine.port;
    const { subnetIds } = vpc.selectSubnets(vpcSubnets);
    this.name = `${nameOfThisLife(this)}-${this.digest(subnetIds)}`; // other subnets replace a proxy, and CloudFormation replaces none that keeps its name
    const logGroup = new LogGroup(this, 'Logs', { // before RDS makes it: its own is kept for ever, and not encrypted with this key
      logGroupName: `/aws/rds/proxy/${this.name}`, encryptionKey: props.encryptionKey, retention: props.logRetention, removalPolicy: props.removalPolicy,
    });
    const role = this.roleThatReads(props);
    const { securityGroup, wayIn } = this.wayTo(props);
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(this.port) });

    const place = { vpcSecurityGroupIds: [securityGroup.securityGroupId], vpcSubnetIds: subnetIds };
    this.proxy = new rds.CfnDBProxy(this, 'Proxy', {
      dbProxyName: this.name,
      engineFamily: engine.family === 'postgres' ? 'POSTGRESQL' : 'MYSQL',
      auth: [{ authScheme: 'SECRETS', iamAuth: 'DISABLED', clientPasswordAuthType: passwordCheck(engine), secretArn: props.credentials.secretArn }],
      requireTls: true,
      debugLogging: false, // it would log statements, with what is in them
      idleClientTimeout: (props.idleClientTimeout ?? Duration.minutes(30)).toSeconds(),
      roleArn: role.roleArn,
      ...place,
    });
    this.proxy.node.addDependency(role, logGroup);
    const targets = new rds.CfnDBProxyTargetGroup(this, 'Targets', {
      dbProxyName: this.proxy.ref,
      targetGroupName: 'default', // there is no other
      ...(database instanceof rds.DatabaseCluster
        ? { dbClusterIdentifiers: [database.clusterIdentifier] }
        : { dbInstanceIdentifiers: [database.instanceIdentifier] }),
      connectionPoolConfigurationInfo: {
        maxConnectionsPercent: props.maxConnectionsPercent ?? 90,
        connectionBorrowTimeout: (props.borrowTimeout ?? Duration.minutes(2)).toSeconds(),
      },
    });
    targets.node.addDependency(database, wayIn); // with all instances

    this.endpointAddress = this.proxy.attrEndpoint;
    this.readerEndpointAddress = props.servesReads ? new rds.CfnDBProxyEndpoint(this, 'Readers', {
      dbProxyName: this.proxy.ref, dbProxyEndpointName: `${this.name}-readers`, targetRole: 'READ_ONLY', ...place,
    }).attrEndpoint : this.endpointAddress;
  }

  /** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html */
  public alarms(scope: Construct): cloudwatch.Alarm[] {
    const path = scope.node.path;
    const metric = (metricName: string, period: Duration) => new cloudwatch.Metric({
      namespace: 'AWS/RDS', metricName, dimensionsMap: { ProxyName: this.name }, statistic: cloudwatch.Stats.SUM, period,
    });
    const minute = Duration.minutes(1); // what it reports in; over more, sums are of several reports
    return [
      new cloudwatch.Alarm(scope, 'ProxyConnectionsAlarm', {
        alarmDescription: `${path}: more than 80 % of the connections that the proxy may open are in use: soon applications wait for one; make transactions shorter, or take a larger class`,
        metric: new cloudwatch.MathExpression({
          expression: '100 * borrowed / allowed',
          usingMetrics: { borrowed: metric('DatabaseConnectionsCurrentlyBorrowed', minute), allowed: metric('MaxDatabaseConnectionsAllowed', minute) },
          label: 'Connections in use, in percent',
          period: minute,
        }),
        threshold: 80,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 5,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
      new cloudwatch.Alarm(scope, 'ProxyLoginAlarm', {
        alarmDescription: `${path}: for a quarter of an hour, the proxy failed to open connections to the database: is the password in the secret its own, and the database up?`,
        metric: metric('DatabaseConnectionsSetupFailed', Duration.minutes(5)),
        threshold: 0,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 3, // a rotation takes less
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
    ];
  }

  private digest(subnetIds: string[]): string {
    return createHash('sha256').update(JSON.stringify(Stack.of(this).resolve(subnetIds))).digest('hex').slice(0, 6);
  }

  /** Without conditions on who asks for whom: RDS Proxy sends none of the keys that they would look at. */
  private roleThatReads({ credentials, encryptionKey }: DatabaseProxyProps): iam.Role {
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('rds.amazonaws.com') });
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [credentials.secretArn] }));
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [encryptionKey.keyArn],
      conditions: { StringLike: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com*` } }, // China's ends in .cn
    }));
    acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
    return role;
  }

  /** The rule out is a part of the one group, and the rule in is no part of the other, or each group would wait for the other. */
  private wayTo({ vpc, securityGroup: ofDatabase, databasePort }: DatabaseProxyProps) {
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc, description: ec2Description(`The proxy of the database ${this.node.scope!.node.path}`), allowAllOutbound: false,
    });
    securityGroup.addEgressRule(ec2.Peer.securityGroupId(ofDatabase.securityGroupId), ec2.Port.tcp(databasePort), 'to the database');
    const wayIn = new ec2.CfnSecurityGroupIngress(this, 'WayIn', {
      description: 'from the proxy',
      groupId: ofDatabase.securityGroupId,
      sourceSecurityGroupId: securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: databasePort,
      toPort: databasePort,
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
