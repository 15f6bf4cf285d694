import { join } from 'path';
import { ArnFormat, Aws, Duration, Fn, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
const LOGS = ['audit', 'error', 'general', 'slowquery'];

interface Server {
  readonly database: rds.DatabaseInstance;
  readonly credentials: secretsmanager.Secret;
  readonly identifier: string;
}

/** What `EncryptedDatabase` creates for MySQL, written with L2s by somebody who knows how. */
export function encryptedDatabaseByHand(scope: Construct, id: string, vpc: ec2.IVpc): void {
  const part = new Construct(scope, id);
  const encryptionKey = new kms.Key(part, 'Key', { description: `The database ${id}`, enableKeyRotation: true, removalPolicy });
  const server = createServer(part, id, vpc, encryptionKey);

  const fields = (password: string) => {
    const place = `${server.database.dbInstanceEndpointAddress}:3306`;
    return Stack.of(part).toJsonString({
      username: 'dbadmin',
      password,
      url: `mysql://dbadmin:${password}@${place}/app`,
      jdbcUrl: `jdbc:mysql://${place}/app?user=dbadmin&password=${password}&sslMode=REQUIRED`,
      uri: `dbadmin:${password}@${place}`,
    });
  };
  const connection = new secretsmanager.Secret(part, 'Connection', {
    description: `What applications read to use the database ${id}`,
    encryptionKey,
    secretStringValue: SecretValue.unsafePlainText(fields(server.credentials.secretValueFromJson('password').unsafeUnwrap())),
    removalPolicy,
  });
  const rotation = new Construct(part, 'Rotation');
  const fn = rotate(rotation, server, connection, encryptionKey, fields('<password>'));
  rotation.node.addDependency(server.database.secret!, connection);
  alarms(part, id, server.identifier, fn);
}

function createServer(scope: Construct, id: string, vpc: ec2.IVpc, encryptionKey: kms.Key): Server {
  const description = `The database ${id}`;
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  securityGroup.applyRemovalPolicy(removalPolicy);
  const engine = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.VER_8_4_8 });
  const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  const credentials = new secretsmanager.Secret(scope, 'Credentials', {
    description: `The master user of the database ${id}`,
    encryptionKey,
    generateSecretString: { secretStringTemplate: '{"username":"dbadmin"}', generateStringKey: 'password', excludePunctuation: true, passwordLength: 40 },
    removalPolicy,
  });
  const guid = Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID)));
  const identifier = `${id.toLowerCase()}-${Fn.select(0, guid)}${Fn.select(1, guid)}`;
  const logGroups = createLogs(scope, identifier, encryptionKey);
  const monitoringRole = createMonitoringRole(scope);
  const database = new rds.DatabaseInstance(scope, 'Database', {
    engine,
    instanceIdentifier: identifier,
    databaseName: 'app',
    instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
    credentials: rds.Credentials.fromSecret(credentials, 'dbadmin'),
    parameterGroup: new rds.ParameterGroup(scope, 'Parameters', {
      engine,
      description,
      parameters: {
        log_output: 'FILE', long_query_time: '2', slow_query_log: '1', character_set_server: 'utf8mb4', collation_server: 'utf8mb4_0900_ai_ci', require_secure_transport: '1',
      },
      removalPolicy,
    }),
    subnetGroup: new rds.SubnetGroup(scope, 'SubnetGroup', { vpc, vpcSubnets, description, removalPolicy }),
    securityGroups: [securityGroup],
    vpc,
    vpcSubnets,
    port: 3306,
    publiclyAccessible: false,
    multiAz: true,
    iamAuthentication: true,
    storageType: rds.StorageType.GP3,
    allocatedStorage: 20,
    maxAllocatedStorage: 200,
    storageEncrypted: true,
    storageEncryptionKey: encryptionKey,
    backupRetention: Duration.days(7),
    preferredBackupWindow: '03:00-04:00',
    preferredMaintenanceWindow: 'sun:04:30-sun:05:30',
    cloudwatchLogsExports: LOGS,
    monitoringInterval: Duration.minutes(1),
    monitoringRole,
    enablePerformanceInsights: true,
    performanceInsightEncryptionKey: encryptionKey,
    performanceInsightRetention: rds.PerformanceInsightRetention.DEFAULT,
    databaseInsightsMode: rds.DatabaseInsightsMode.STANDARD,
    autoMinorVersionUpgrade: true,
    copyTagsToSnapshot: true,
    deletionProtection: true,
    deleteAutomatedBackups: false,
    removalPolicy,
  });
  database.node.addDependency(...logGroups, monitoringRole);
  return { database, credentials, identifier };
}

/** Before RDS creates them, without a key and for ever. */
function createLogs(scope: Construct, identifier: string, encryptionKey: kms.Key): logs.LogGroup[] {
  encryptionKey.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.${Aws.URL_SUFFIX}`)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn(scope, 'logs', 'log-group', '/aws/rds/*') } },
  }));
  return LOGS.map((log) => new logs.LogGroup(scope, `${log}Logs`, {
    logGroupName: `/aws/rds/instance/${identifier}/${log}`, encryptionKey, retention: logs.RetentionDays.ONE_YEAR, removalPolicy,
  }));
}

function createMonitoringRole(scope: Construct): iam.Role {
  const role = new iam.Role(scope, 'MonitoringRole', {
    assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnLike: { 'aws:SourceArn': arn(scope, 'rds', 'db', '*') } },
    }),
  });
  const group = arn(scope, 'logs', 'log-group', 'RDSOSMetrics');
  allow(role, ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], group);
  allow(role, ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'], `${group}:log-stream:*`);
  return role;
}

/** With a function that this library ships, as CDK's rotation knows no second secret; and by an L1, as the L2 adds a resource policy. */
function rotate(
  scope: Construct, { credentials, identifier }: Server, connection: secretsmanager.Secret, encryptionKey: kms.Key, fields: string,
): lambda.Function {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const fn = new lambda.Function(scope, 'Function', {
    description: 'Gives the master user of a database a new password',
    architecture: lambda.Architecture.ARM_64,
    runtime: lambda.Runtime.NODEJS_24_X,
    code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', 'database-rotation.zip')),
    handler: 'index.handler',
    memorySize: 256,
    timeout: Duration.minutes(10),
    role,
    logGroup,
    environment: {
      DATABASE_KIND: 'instance', DATABASE_IDENTIFIER: identifier, CONNECTION_SECRET: connection.secretArn, CONNECTION_FIELDS: fields, SERVICES: '[]',
    },
  });
  const steps = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  allow(role, steps.map((step) => `secretsmanager:${step}`), credentials.secretArn);
  allow(role, ['secretsmanager:PutSecretValue'], connection.secretArn);
  role.addToPrincipalPolicy(new iam.PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [encryptionKey.keyArn],
    conditions: { StringLike: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com*` } },
  }));
  allow(role, ['rds:DescribeDBInstances', 'rds:ModifyDBInstance'], arn(scope, 'rds', 'db', identifier));
  fn.addPermission('SecretsManager', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID });
  const schedule = new secretsmanager.CfnRotationSchedule(scope, 'Schedule', {
    secretId: credentials.secretArn,
    rotationLambdaArn: fn.functionArn,
    rotationRules: { automaticallyAfterDays: 30 },
    rotateImmediatelyOnUpdate: false,
  });
  schedule.node.addDependency(fn);
  return fn;
}

function alarms(scope: Construct, id: string, identifier: string, fn: lambda.Function): void {
  const { GREATER_THAN_THRESHOLD, LESS_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD } = cloudwatch.ComparisonOperator;
  const alarm = (
    name: string, description: string, metric: cloudwatch.IMetric,
    comparisonOperator: cloudwatch.ComparisonOperator, threshold: number, evaluationPeriods = 3,
  ) => new cloudwatch.Alarm(scope, `${name}Alarm`, {
    alarmDescription: `${id}: ${description}`,
    metric,
    threshold,
    comparisonOperator,
    evaluationPeriods,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  const metric = (metricName: string, statistic: string) => new cloudwatch.Metric({
    namespace: 'AWS/RDS', metricName, statistic, dimensionsMap: { DBInstanceIdentifier: identifier }, period: Duration.minutes(5),
  });
  const { AVERAGE, MINIMUM } = cloudwatch.Stats;
  alarm('Cpu', 'the processors are busy', metric('CPUUtilization', AVERAGE), GREATER_THAN_THRESHOLD, 90);
  alarm('Memory', 'less than 5 % of the memory is free', metric('FreeableMemory', MINIMUM), LESS_THAN_THRESHOLD, 429_496_729);
  alarm('Connections', 'more than 80 % of its connections are taken', metric('DatabaseConnections', AVERAGE), GREATER_THAN_THRESHOLD, 491, 1);
  alarm('Storage', 'less than 5 % of the storage is free', metric('FreeStorageSpace', MINIMUM), LESS_THAN_THRESHOLD, 1_073_741_824, 6);
  alarm('DiskQueue', 'requests queue for the disk', metric('DiskQueueDepth', AVERAGE), GREATER_THAN_THRESHOLD, 60);
  alarm('Rotation', 'a rotation of the password failed', fn.metricErrors({ period: Duration.hours(1) }), GREATER_THAN_OR_EQUAL_TO_THRESHOLD, 1, 1);
}

function allow(role: iam.Role, actions: string[], resource: string): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
}

function arn(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
