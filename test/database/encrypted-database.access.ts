import { App, Stack } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { backupRules, VAULTS_ELSEWHERE } from './backup-rules';
import { drillRules } from './restore-drill-rules';
import { BindingTarget, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT, Scene, valuesOf } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

const SECRETS = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret`;
const RDS = `arn:aws:rds:${REGION}:${ACCOUNT}`;
const LOGS = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group`;
const SERVICE = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/web`;
const STRANGER = `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`;
const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/other`;
const VIA_SECRETS = { 'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com` };
const DEFAULT_BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ROTATED = { 'events:source': ['cdk-mainstay.database'], 'events:detail-type': ['Password Rotated'] };
const VIA_S3 = { 'kms:ViaService': `s3.${REGION}.amazonaws.com` };

/** A database with everybody that it can let in, and the services that act for it. */
function database(name: string, engine: DatabaseEngine, props: Partial<EncryptedDatabaseProps> = {}): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: [`${REGION}a`, `${REGION}b`],
    isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
    privateSubnetIds: ['subnet-0c1d2e3f', 'subnet-0d1e2f3a'],
  });
  const subject = new EncryptedDatabase(stack, 'Database', { vpc, engine, databaseName: 'panels', ...props });
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const roles = { execution: role('Execution'), task: role('Task'), reporter: role('Reporter'), bystander: role('Bystander') };
  const taskDefinition = new FargateTaskDefinition(stack, 'Definition', { executionRole: roles.execution, taskRole: roles.task });
  const container = taskDefinition.addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'apps', vpc });
  const service = new FargateService(stack, 'Service', { cluster, taskDefinition });
  BindingTarget.container(container, service).use(subject.binding({ url: 'DATABASE_URL' }));
  subject.grantConnect(roles.reporter, 'reports');
  const restarted = FargateService.fromFargateServiceAttributes(stack, 'Restarted', { cluster, serviceArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/web` });
  subject.restartAfterRotation(restarted as FargateService);

  const { template, valueOf } = valuesOf(stack);
  const isCluster = subject.cluster !== undefined;
  const [kind, noun] = isCluster ? ['cluster', 'DBCluster'] : ['db', 'DBInstance'];
  const own = `${RDS}:${kind}:${valueOf((subject.instance?.instanceIdentifier ?? subject.cluster?.clusterIdentifier)!)}`;
  const user = `arn:aws:rds-db:${REGION}:${ACCOUNT}:dbuser:${isCluster ? 'cluster' : 'db'}-ABCDEFGHIJKL01234`;
  const key = valueOf(subject.encryptionKey.keyArn);
  const credentials = `${SECRETS}:${stack.getLogicalId(subject.node.findChild('Credentials').node.defaultChild as any)}-AbCdEf`;
  const connection = valueOf(subject.connectionSecret.secretArn);
  const rotationLogs = valueOf(subject.rotationFunction.logGroup.logGroupArn).replace(/:\*$/, '');
  const rotationRole = valueOf(subject.rotationFunction.role!.roleArn);
  const monitoringRole = valueOf((subject.node.findChild('MonitoringRole') as Role).roleArn);

  const rotation = new Actor('the rotation', rotationRole);
  const monitoring = new Actor('Enhanced Monitoring', monitoringRole);
  const starter = new Actor('ECS, as it starts a task,', valueOf(roles.execution.roleArn));
  const task = new Actor('a task', valueOf(roles.task.roleArn));
  const reporter = new Actor('a reporter', valueOf(roles.reporter.roleArn));
  const account = new Actor('the account', ROOT);
  const ecs = new Actor('ECS', 'ecs-tasks.amazonaws.com');
  const lambda = new Actor('Lambda', 'lambda.amazonaws.com');
  const strangers = [
    new Actor('a bystander', valueOf(roles.bystander.roleArn)), new Actor('a caller without identity', ANYBODY),
    new Actor('another account', STRANGER, { 'aws:PrincipalArn': STRANGER }),
  ];
  const viaSecrets = (...actions: string[]) => actions.map((action) => call(action, key, VIA_SECRETS));
  const read = (secret: string) => call('secretsmanager:GetSecretValue', secret);

  const rotating: AccessRule[] = [
    rotation.may('see the versions of the password', call('secretsmanager:DescribeSecret', credentials)),
    rotation.may('read the password', read(credentials), ...viaSecrets('kms:Decrypt')),
    rotation.may('write the next password', call('secretsmanager:PutSecretValue', credentials), ...viaSecrets('kms:GenerateDataKey', 'kms:Decrypt')),
    rotation.may('make it current', call('secretsmanager:UpdateSecretVersionStage', credentials)),
    rotation.may('write what applications read', call('secretsmanager:PutSecretValue', connection), ...viaSecrets('kms:GenerateDataKey', 'kms:Decrypt')),
    rotation.may('give the database its password', call(`rds:Modify${noun}`, own)),
    rotation.may('ask whether it has it', call(`rds:Describe${noun}s`, own)),
    rotation.may('have the service restarted that is bound', call('ecs:UpdateService', valueOf(service.serviceArn))),
    rotation.may('have a service restarted that it was given', call('ecs:UpdateService', `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/web`)),
    rotation.may('report that it is done', call('events:PutEvents', DEFAULT_BUS, ROTATED)),
    rotation.mayNot('report something else', call('events:PutEvents', DEFAULT_BUS, { ...ROTATED, 'events:detail-type': ['Photo Archived'] })),
    rotation.mayNot('report as another source', call('events:PutEvents', DEFAULT_BUS, { ...ROTATED, 'events:source': ['shop'] })),
    rotation.mayNot('put events on another bus', call('events:PutEvents', DEFAULT_BUS.replace('default', 'orders'), ROTATED)),
    rotation.may('open a log stream', call('logs:CreateLogStream', `${rotationLogs}:log-stream:2026`)),
    rotation.may('write its logs', call('logs:PutLogEvents', `${rotationLogs}:log-stream:2026`)),
    rotation.mayNot('read what applications read', read(connection)),
    rotation.mayNot('read another secret', read(`${SECRETS}:other-AbCdEf`)),
    rotation.mayNot('write another secret', call('secretsmanager:PutSecretValue', `${SECRETS}:other-AbCdEf`)),
    rotation.mayNot('delete the password', call('secretsmanager:DeleteSecret', credentials)),
    rotation.mayNot('decrypt what is no secret', call('kms:Decrypt', key, VIA_S3)),
    rotation.mayNot('decrypt with another key', call('kms:Decrypt', OTHER_KEY, VIA_SECRETS)),
    rotation.mayNot('modify another database', call(`rds:Modify${noun}`, `${RDS}:${kind}:other`)),
    rotation.mayNot('delete the database', call(`rds:Delete${noun}`, own)),
    rotation.mayNot('copy the database', call(isCluster ? 'rds:CreateDBClusterSnapshot' : 'rds:CreateDBSnapshot', own)),
    rotation.mayNot('restart another service', call('ecs:UpdateService', `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/other`)),
    rotation.mayNot('delete a service', call('ecs:DeleteService', `arn:aws:ecs:${REGION}:${ACCOUNT}:service/apps/web`)),
    rotation.mayNot('log in', call('rds-db:connect', `${user}/reports`)),
    rotation.mayNot('write the logs of others', call('logs:PutLogEvents', `${LOGS}:/aws/lambda/other:log-stream:2026`)),
  ];

  const metrics = `${LOGS}:RDSOSMetrics`;
  const stream = `${metrics}:log-stream:db-ABCDEFGHIJKL01234`;
  const watching: AccessRule[] = [
    monitoring.may('make its log group', call('logs:CreateLogGroup', metrics)),
    monitoring.may('say how long it is kept', call('logs:PutRetentionPolicy', metrics)),
    ...['CreateLogStream', 'DescribeLogStreams', 'GetLogEvents', 'PutLogEvents'].map((action) => {
      const onGroup = action === 'DescribeLogStreams';
      return monitoring.may(`use its streams (${action})`, call(`logs:${action}`, onGroup ? `${metrics}:log-stream:` : stream));
    }),
    monitoring.mayNot('write other logs', call('logs:PutLogEvents', `${LOGS}:/aws/lambda/other:log-stream:2026`)),
    monitoring.mayNot('make other log groups', call('logs:CreateLogGroup', `${LOGS}:other`)),
    monitoring.mayNot('read the password', read(credentials)),
    monitoring.mayNot('change a database', call(`rds:Modify${noun}`, own)),
    new Actor('RDS for a database of the account', ...onBehalfOf('monitoring.rds.amazonaws.com', `${RDS}:db:any`)).may(`take the role ${monitoringRole}`, call('sts:AssumeRole', monitoringRole)),
    new Actor('RDS for a database of another account', ...onBehalfOf('monitoring.rds.amazonaws.com', `${RDS}:db:any`.replace(ACCOUNT, OTHER_ACCOUNT), OTHER_ACCOUNT))
      .mayNot(`take the role ${monitoringRole}`, call('sts:AssumeRole', monitoringRole)),
    new Actor('RDS for what is no database', ...onBehalfOf('monitoring.rds.amazonaws.com', `${RDS}:og:any`)).mayNot(`take the role ${monitoringRole}`, call('sts:AssumeRole', monitoringRole)),
  ];

  const using: AccessRule[] = [
    starter.may('read what the application reads', read(connection), ...viaSecrets('kms:Decrypt')),
    starter.may('look at when it was changed', call('secretsmanager:DescribeSecret', connection)),
    starter.mayNot('read the password that rotates', read(credentials)),
    starter.mayNot('write what the application reads', call('secretsmanager:PutSecretValue', connection)),
    task.mayNot('read what it was given', read(connection)),
    task.mayNot('log in by IAM', call('rds-db:connect', `${user}/reports`)),
    reporter.may('log in as reports', call('rds-db:connect', `${user}/reports`)),
    reporter.mayNot('log in as the master user', call('rds-db:connect', `${user}/dbadmin`)),
    reporter.mayNot('log in to another database', call('rds-db:connect', `arn:aws:rds-db:${REGION}:${ACCOUNT}:dbuser:db-ZZZZZZZZZZZZ01234/reports`)),
    reporter.mayNot('read the password', read(credentials)),
    ...strangers.flatMap((stranger) => [
      stranger.mayNot('read what applications read', read(connection)),
      stranger.mayNot('read the password', read(credentials)),
      stranger.mayNot('decrypt', call('kms:Decrypt', key, VIA_SECRETS)),
      stranger.mayNot('log in', call('rds-db:connect', `${user}/reports`)),
    ]),
  ];

  const context = (logGroup: string) => ({ 'kms:EncryptionContext:aws:logs:arn': logGroup });
  const logs = new Actor('CloudWatch Logs', `logs.${REGION}.amazonaws.com`);
  const ofDatabase = context(`${LOGS}:/aws/rds/instance/any/error`);
  const encrypting: AccessRule[] = [
    account.may('administer the key', call('kms:PutKeyPolicy', key)),
    account.may('use the key for secrets, as its own policies allow', ...viaSecrets(
      'kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptTo',
    )),
    ...['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptTo', 'kms:DescribeKey'].map((action) => logs.may(`${action} for the logs of a database`, call(action, key, ofDatabase))),
    logs.mayNot('decrypt other logs', call('kms:Decrypt', key, context(`${LOGS}:/aws/lambda/other`))),
    logs.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)),
  ];

  const trust: AccessRule[] = [
    lambda.may(`take the role ${rotationRole}`, call('sts:AssumeRole', rotationRole)),
    ecs.mayNot(`take the role ${rotationRole}`, call('sts:AssumeRole', rotationRole)),
    ...Object.values(roles).map(({ node, roleArn }) => ecs.may(`take the role ${node.id}`, call('sts:AssumeRole', valueOf(roleArn)))),
    ...strangers.map((stranger) => stranger.mayNot(`take the role ${rotationRole}`, call('sts:AssumeRole', rotationRole))),
  ];

  const pooling = (): AccessRule[] => {
    const ofProxy = valueOf(subject.proxy!.roleArn);
    const pool = new Actor('the proxy', ofProxy);
    return [
      pool.may('read the password', read(credentials), ...viaSecrets('kms:Decrypt')),
      pool.mayNot('read what applications read', read(connection)),
      pool.mayNot('read another secret', read(`${SECRETS}:other-AbCdEf`)),
      pool.mayNot('write the password', call('secretsmanager:PutSecretValue', credentials)),
      pool.mayNot('decrypt what is no secret', call('kms:Decrypt', key, VIA_S3)),
      pool.mayNot('decrypt with another key', call('kms:Decrypt', OTHER_KEY, VIA_SECRETS)),
      pool.mayNot('log in by IAM', call('rds-db:connect', `${user}/reports`)),
      pool.mayNot('modify the database', call(`rds:Modify${noun}`, own)),
      new Actor('RDS', 'rds.amazonaws.com').may(`take the role ${ofProxy}`, call('sts:AssumeRole', ofProxy)),
      lambda.mayNot(`take the role ${ofProxy}`, call('sts:AssumeRole', ofProxy)),
      ...strangers.map((stranger) => stranger.mayNot(`take the role ${ofProxy}`, call('sts:AssumeRole', ofProxy))),
    ];
  };
  const ofOptions = [
    ...(subject.restoreDrill ? drillRules(subject, template, valueOf, own) : []),
    ...(subject.proxy ? pooling() : []),
    ...(subject.backupPlan ? backupRules(subject, valueOf, own, props.backupPlan?.copyTo !== undefined) : []),
  ];
  return { name, template, rules: [...rotating, ...watching, ...using, ...encrypting, ...trust, ...ofOptions] };
}

/** A service of another stack than its database, and what restarts it. */
function restarting(): Scene {
  const env = { account: ACCOUNT, region: REGION };
  const app = new App();
  const [data, stack] = [new Stack(app, 'Data', { env }), new Stack(app, 'Stack', { env })];
  const vpc = Vpc.fromVpcAttributes(data, 'Vpc', { vpcId: 'vpc-0a1b2c3d', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'] });
  const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'apps', vpc });
  const service = FargateService.fromFargateServiceAttributes(stack, 'Service', { cluster, serviceArn: SERVICE });
  new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' }).restartAfterRotation(service as FargateService);

  const { template, valueOf } = valuesOf(stack);
  const restart = service.node.findChild('RestartAfterRotation');
  const [machineRole, ruleRole] = ['Role', 'RuleRole'].map((id) => valueOf((restart.node.findChild(id) as Role).roleArn));
  const machine = valueOf((restart.node.findChild('Machine') as StateMachine).stateMachineArn);
  const [restarter, rule] = [new Actor('the state machine', machineRole), new Actor('the rule', ruleRole)];
  const otherMachine = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:other`;
  const ofRule = (account?: string) => onBehalfOf('events.amazonaws.com', `arn:aws:events:${REGION}:${account ?? ACCOUNT}:rule/any`, account);
  const ofMachine = (account?: string) => onBehalfOf('states.amazonaws.com', `arn:aws:states:${REGION}:${account ?? ACCOUNT}:stateMachine:any`, account);
  return {
    name: 'EncryptedDatabase.restartAfterRotation() of a service of another stack',
    template,
    rules: [
      restarter.may('restart the service', call('ecs:UpdateService', SERVICE)),
      restarter.mayNot('restart another service', call('ecs:UpdateService', SERVICE.replace('web', 'other'))),
      restarter.mayNot('delete the service', call('ecs:DeleteService', SERVICE)),
      restarter.mayNot('start itself', call('states:StartExecution', machine)),
      rule.may('start the state machine', call('states:StartExecution', machine)),
      rule.mayNot('start another one', call('states:StartExecution', otherMachine)),
      rule.mayNot('restart the service itself', call('ecs:UpdateService', SERVICE)),
      new Actor('EventBridge', ...ofRule()).may(`take the role ${ruleRole}`, call('sts:AssumeRole', ruleRole)),
      new Actor('EventBridge for another account', ...ofRule(OTHER_ACCOUNT)).mayNot(`take the role ${ruleRole}`, call('sts:AssumeRole', ruleRole)),
      new Actor('Step Functions', ...ofMachine()).may(`take the role ${machineRole}`, call('sts:AssumeRole', machineRole)),
      new Actor('Step Functions for another account', ...ofMachine(OTHER_ACCOUNT)).mayNot(`take the role ${machineRole}`, call('sts:AssumeRole', machineRole)),
    ],
  };
}

export const SCENES: Scene[] = [
  restarting(),
  database('EncryptedDatabase', DatabaseEngine.postgres()),
  database('EncryptedDatabase on Aurora', DatabaseEngine.auroraMysql()),
  database('EncryptedDatabase behind a proxy', DatabaseEngine.postgres(), { proxy: {} }),
  database('EncryptedDatabase with a backup plan', DatabaseEngine.postgres(), { backupPlan: {} }),
  ...(['postgres', 'auroraMysql'] as const).map((engine) => database(`EncryptedDatabase (${engine}) with a backup plan and copies`, DatabaseEngine[engine](), {
    backupPlan: { copyTo: VAULTS_ELSEWHERE.map((arn) => BackupVault.fromBackupVaultArn(new Stack(), 'Elsewhere', arn)) },
  })),
  database('EncryptedDatabase with a restore drill', DatabaseEngine.postgres(), { restoreDrill: {} }),
  database('EncryptedDatabase on Aurora with a restore drill', DatabaseEngine.auroraMysql(), { restoreDrill: {} }),
];
