import { ArnFormat, Aws, Duration, Fn, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** What `EncryptedCache` creates, written with L2s, and with L1s where ElastiCache has none. */
export function encryptedCacheByHand(scope: Construct, id: string, vpc: ec2.IVpc): void {
  const part = new Construct(scope, id);
  const encryptionKey = new kms.Key(part, 'Key', { description: `${id}: encrypts the cache`, enableKeyRotation: true, removalPolicy });
  encryptionKey.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': Stack.of(part).formatArn({
          service: 'logs', resource: 'log-group', resourceName: `${Aws.STACK_NAME}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  }));
  const securityGroup = new ec2.SecurityGroup(part, 'SecurityGroup', { vpc, description: `Who may connect to ${id}`, allowAllOutbound: false });
  securityGroup.applyRemovalPolicy(removalPolicy);

  const { credentials, userGroup } = user(part, id, encryptionKey);
  const replicationGroup = nodes(part, id, { vpc, encryptionKey, securityGroup, userGroup });
  alarms(part, id, replicationGroup);

  const password = credentials.secretValueFromJson('password').unsafeUnwrap();
  const host = replicationGroup.attrPrimaryEndPointAddress;
  const settings = { username: 'app', password, host, port: '6379', url: `rediss://app:${password}@${host}:6379` };
  new secretsmanager.Secret(part, 'Secret', {
    description: `${id}: how to connect to the cache`,
    encryptionKey,
    secretStringValue: SecretValue.unsafePlainText(Stack.of(part).toJsonString(settings)),
    removalPolicy,
  });
}

function user(scope: Construct, id: string, encryptionKey: kms.IKey) {
  const credentials = new secretsmanager.Secret(scope, 'Credentials', {
    description: `${id}: the user of a cache`,
    encryptionKey,
    generateSecretString: { secretStringTemplate: '{"username":"app"}', generateStringKey: 'password', passwordLength: 64, excludePunctuation: true },
    removalPolicy,
  });
  const engine = 'valkey';
  const guid = Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID)));
  const idOf = (name: string) => `${id.toLowerCase()}-${name}-${Fn.select(0, guid)}${Fn.select(1, guid)}`;
  const authenticationMode = { Type: 'password', Passwords: [credentials.secretValueFromJson('password').unsafeUnwrap()] };
  const app = new elasticache.CfnUser(scope, 'User', { engine, userId: idOf('app'), userName: 'app', accessString: 'on ~* &* +@all -@admin', authenticationMode });
  const nobody = new elasticache.CfnUser(scope, 'Default', { engine, userId: idOf('default'), userName: 'default', accessString: 'off -@all', authenticationMode });
  const userGroup = new elasticache.CfnUserGroup(scope, 'Group', { engine, userGroupId: idOf('group'), userIds: [nobody.ref, app.ref] });
  [app, nobody, userGroup].forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
  return { credentials, userGroup };
}

interface NodesProps {
  readonly vpc: ec2.IVpc;
  readonly encryptionKey: kms.IKey;
  readonly securityGroup: ec2.SecurityGroup;
  readonly userGroup: elasticache.CfnUserGroup;
}

function nodes(scope: Construct, id: string, { vpc, encryptionKey, securityGroup, userGroup }: NodesProps): elasticache.CfnReplicationGroup {
  const log = (name: string) => new logs.LogGroup(scope, name, { encryptionKey, retention: logs.RetentionDays.ONE_YEAR, removalPolicy });
  const delivery = (logType: string, { logGroupName: logGroup }: logs.LogGroup) => ({
    logType, logFormat: 'json', destinationType: 'cloudwatch-logs', destinationDetails: { cloudWatchLogsDetails: { logGroup } },
  });
  const { subnetIds } = vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED });
  const subnets = new elasticache.CfnSubnetGroup(scope, 'Subnets', { description: id, subnetIds });
  const parameters = new elasticache.CfnParameterGroup(scope, 'Parameters', { description: id, cacheParameterGroupFamily: 'valkey8' });
  const replicationGroup = new elasticache.CfnReplicationGroup(scope, 'Nodes', {
    replicationGroupDescription: id,
    engine: 'valkey',
    engineVersion: '8.2',
    autoMinorVersionUpgrade: true,
    cacheNodeType: 'cache.t4g.small',
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    multiAzEnabled: true,
    port: 6379,
    cacheSubnetGroupName: subnets.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: [securityGroup.securityGroupId],
    userGroupIds: [userGroup.ref],
    atRestEncryptionEnabled: true,
    kmsKeyId: encryptionKey.keyArn,
    transitEncryptionEnabled: true,
    snapshotRetentionLimit: 7,
    snapshotWindow: '03:00-04:00',
    preferredMaintenanceWindow: 'sun:05:00-sun:06:00',
    logDeliveryConfigurations: [delivery('slow-log', log('SlowLog')), delivery('engine-log', log('EngineLog'))],
  });
  [subnets, parameters, replicationGroup].forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
  return replicationGroup;
}

function alarms(scope: Construct, id: string, { ref }: elasticache.CfnReplicationGroup): void {
  const period = Duration.minutes(5);
  const most = (metricName: string, statistic: string) => new cloudwatch.MathExpression({
    expression: 'MAX([node1, node2])',
    usingMetrics: Object.fromEntries(['001', '002'].map((node, index) => [`node${index + 1}`, new cloudwatch.Metric({
      namespace: 'AWS/ElastiCache', metricName, statistic, dimensionsMap: { CacheClusterId: `${ref}-${node}` }, period,
    })])),
    label: `most ${metricName} of a node`,
    period,
  });
  const alarm = (name: string, description: string, metricName: string, threshold: number, statistic = cloudwatch.Stats.AVERAGE) =>
    new cloudwatch.Alarm(scope, `${name}Alarm`, {
      alarmDescription: `${id}: ${description}`,
      metric: most(metricName, statistic),
      threshold,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  alarm('Memory', 'a node is nearly full', 'DatabaseMemoryUsagePercentage', 80);
  alarm('Evictions', 'keys go before their time', 'Evictions', 0, cloudwatch.Stats.SUM);
  alarm('Processor', 'the engine nears the limit of its processor', 'CPUUtilization', 45);
  alarm('ReplicationLag', 'a replica falls behind', 'ReplicationLag', 10);
}
