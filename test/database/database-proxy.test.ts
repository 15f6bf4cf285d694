import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { DefaultInstanceTenancy, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { make, refuses, TIME_OF_STACK } from './encrypted-database';
import { BindingTarget, DatabaseEngine, DatabaseProxyOptions, DatabaseServerlessOptions, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';

describe('a proxy', () => {
  const proxied = (props: Partial<EncryptedDatabaseProps> = {}, proxy: DatabaseProxyOptions = {}) =>
    make({ engine: DatabaseEngine.postgres(), proxy, ...props });
  const endpoint = { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy/), 'Endpoint'] };
  const groupOf = (path: RegExp) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(path.source), 'GroupId'] });

  test.each([
    ['mysql', DatabaseEngine.mysql(), 'MYSQL', 'MYSQL_CACHING_SHA2_PASSWORD'],
    ['mariadb', DatabaseEngine.mariadb(), 'MYSQL', 'MYSQL_NATIVE_PASSWORD'],
    ['postgres', DatabaseEngine.postgres(), 'POSTGRESQL', 'POSTGRES_SCRAM_SHA_256'],
    ['auroraMysql', DatabaseEngine.auroraMysql(), 'MYSQL', 'MYSQL_CACHING_SHA2_PASSWORD'],
    ['auroraMysql 2', DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.VER_2_12_0), 'MYSQL', 'MYSQL_NATIVE_PASSWORD'],
    ['auroraPostgres', DatabaseEngine.auroraPostgres(), 'POSTGRESQL', 'POSTGRES_SCRAM_SHA_256'],
  ])('of %s takes TLS only, and the password that is in the secret that rotates', (_, engine, EngineFamily, ClientPasswordAuthType) => {
    proxied({ engine }).template.hasResourceProperties('AWS::RDS::DBProxy', {
      EngineFamily,
      RequireTLS: true,
      DebugLogging: false,
      Auth: [{ AuthScheme: 'SECRETS', IAMAuth: 'DISABLED', ClientPasswordAuthType, SecretArn: { Ref: Match.stringLikeRegexp('^DatabaseCredentials') } }],
      VpcSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
      VpcSecurityGroupIds: [groupOf(/^DatabaseProxySecurityGroup/)],
    });
  });

  test('shares nine tenths of the connections of an instance, and closes what is idle for half an hour', () => {
    const { template } = proxied();
    template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 1800 });
    template.hasResource('AWS::RDS::DBProxyTargetGroup', {
      Properties: {
        TargetGroupName: 'default',
        DBInstanceIdentifiers: [{ Ref: Match.stringLikeRegexp('^DatabaseDatabase|^Database') }],
        DBClusterIdentifiers: Match.absent(),
        ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 90, ConnectionBorrowTimeout: 120 },
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseProxyWayIn')]),
    });
  });

  test('waits for all instances of a cluster', () => {
    proxied({ engine: DatabaseEngine.auroraMysql() }).template.hasResource('AWS::RDS::DBProxyTargetGroup', {
      Properties: { DBInstanceIdentifiers: Match.absent(), DBClusterIdentifiers: [{ Ref: Match.anyValue() }] },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseStandby'), Match.stringLikeRegexp('^DatabaseWriter')]),
    });
  });

  test('takes its limits from the props', () => {
    const { template } = proxied({}, { maxConnectionsPercent: 50, idleClientTimeout: Duration.minutes(5), borrowTimeout: Duration.seconds(10) });
    template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 300 });
    template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', { ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50, ConnectionBorrowTimeout: 10 } });
  });

  test('may read the one secret, and nothing else', () => {
    const { template } = proxied();
    const [policy] = Object.entries<any>(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('DatabaseProxyRole')).map(([, { Properties }]) => Properties);
    expect(policy.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: expect.stringMatching(/^DatabaseCredentials/) } },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] },
        Condition: { StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com*']] } } },
      },
    ]);
    template.hasResource('AWS::RDS::DBProxy', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseProxyLogs'), Match.stringLikeRegexp('^DatabaseProxyRoleDefaultPolicy')]) });
  });

  test('is let into the database, on its port, which it alone is, and out to nothing else', () => {
    const { template } = proxied({ port: 5433 });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: groupOf(/^DatabaseSecurityGroup/), SourceSecurityGroupId: groupOf(/^DatabaseProxySecurityGroup/), IpProtocol: 'tcp', FromPort: 5433, ToPort: 5433,
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'The proxy of the database Stack/Database',
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [{ Description: 'to the database', DestinationSecurityGroupId: groupOf(/^DatabaseSecurityGroup/), IpProtocol: 'tcp', FromPort: 5433, ToPort: 5433 }],
    });
  });

  test('is what others are let into, on the port that all proxies have', () => {
    const { stack, database } = proxied({ port: 5433 });
    const before = Object.keys(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
    expect(before).toHaveLength(1);
    expect(database.port).toBe(5432);
    expect(stack.resolve(database.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)))
      .toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxySecurityGroup/), 'GroupId'] }]);
    const other = proxied({ port: 5433 });
    other.database.allowFrom(SecurityGroup.fromSecurityGroupId(other.stack, 'Peer', 'sg-0a1b2c3d'));
    const template = Template.fromStack(other.stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseProxySecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5432, ToPort: 5432 });
  });

  test('is what bindings tell, host, port and URLs alike', () => {
    const { stack, database } = proxied({ port: 5433 });
    const container = new FargateTaskDefinition(stack, 'Task').addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    BindingTarget.container(container, SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-0a1b2c3d')).use(database.binding({ host: 'H', port: 'P', url: 'U' }));
    const template = Template.fromStack(stack);
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toEqual([{ Name: 'H', Value: endpoint }, { Name: 'P', Value: '5432' }]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseProxySecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5432 });
    const [connection] = Object.values<any>(template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } }));
    const [fn] = Object.values<any>(template.findResources('AWS::Lambda::Function'));
    for (const text of [JSON.stringify(connection.Properties.SecretString), JSON.stringify(fn.Properties.Environment.Variables.CONNECTION_FIELDS)]) {
      expect(text.match(/"Fn::GetAtt":\["DatabaseProxy\w+","Endpoint"\]/g)).toHaveLength(3); // url, jdbcUrl, uri
      expect(text).not.toContain('Endpoint.Address');
      expect(text).not.toContain('5433');
    }
  });

  test('is gone past by who logs in by IAM, to the database itself', () => {
    const { stack, database } = proxied({ port: 5433 });
    const container = new FargateTaskDefinition(stack, 'Task').addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    BindingTarget.container(container, SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-0a1b2c3d')).use(database.passwordlessBinding('reports', { host: 'H', port: 'P' }));
    const template = Template.fromStack(stack);
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toEqual([{ Name: 'H', Value: { 'Fn::GetAtt': [expect.anything(), 'Endpoint.Address'] } }, { Name: 'P', Value: '5433' }]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseSecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5433 });
  });

  test('has an endpoint of its own for readers that serve', () => {
    const { template, database, stack } = proxied({ engine: DatabaseEngine.auroraPostgres(), readers: 1 });
    template.hasResourceProperties('AWS::RDS::DBProxyEndpoint', {
      TargetRole: 'READ_ONLY', VpcSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'], VpcSecurityGroupIds: [groupOf(/^DatabaseProxySecurityGroup/)],
    });
    expect(stack.resolve(database.readerEndpointAddress)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxyReaders/), 'Endpoint'] });
    proxied({ engine: DatabaseEngine.auroraPostgres(), maxReaders: 2 }).template.resourceCountIs('AWS::RDS::DBProxyEndpoint', 1);
  });

  test('has none for a standby, whose address is then the writer\'s', () => {
    const { template, database, stack } = proxied({ engine: DatabaseEngine.auroraPostgres() });
    template.resourceCountIs('AWS::RDS::DBProxyEndpoint', 0);
    expect(stack.resolve(database.readerEndpointAddress)).toEqual(endpoint);
    expect(proxied().database.readerEndpointAddress).toBeUndefined();
  });

  test('logs into a group that is there before, encrypted and kept for a year', () => {
    const { template } = proxied();
    const [group] = Object.entries<any>(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('DatabaseProxy')).map(([, { Properties }]) => Properties);
    const [{ Properties: { DBProxyName } }] = Object.values<any>(template.findResources('AWS::RDS::DBProxy'));
    expect(group).toMatchObject({ KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] }, RetentionInDays: 365 });
    const [[prefix, ...rest], name] = [group.LogGroupName['Fn::Join'][1], DBProxyName['Fn::Join'][1]];
    expect([prefix, ...rest]).toEqual([`/aws/rds/proxy/${name[0]}`, ...name.slice(1)]);
    expect(name[0]).toMatch(/^stack-database-proxy-[0-9a-f]{6}-$/);
    expect(name.slice(1)).toEqual(TIME_OF_STACK);
  });

  test('has another name in other subnets, as CloudFormation replaces none of the same name', () => {
    const nameIn = (zones: string[], by: (zone: string) => string = (zone) => `subnet-${zone}`) => {
      const stack = new Stack(new App(), 'Stack');
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0a1b2c3d', availabilityZones: zones, isolatedSubnetIds: zones.map(by) });
      new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.auroraPostgres(), databaseName: 'skills', readers: 1, proxy: {} });
      const resources = ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyEndpoint'].flatMap((type) => Object.values<any>(Template.fromStack(stack).findResources(type)));
      return resources.map(({ Properties }) => JSON.stringify(Properties.DBProxyEndpointName ?? Properties.DBProxyName));
    };
    const names = nameIn(['a', 'b']);
    expect(nameIn(['a', 'b'])).toEqual(names);
    [nameIn(['a', 'b', 'c']), nameIn(['a', 'b'], (zone) => `subnet-1${zone}`)].flat().forEach((name) => expect(names).not.toContain(name));
  });

  test('has alarms at four fifths of what it may open, and on logins that fail', () => {
    const { template, database } = proxied();
    expect(database.alarms.map(({ node }) => node.id)).toEqual(expect.arrayContaining(['ProxyConnectionsAlarm', 'ProxyLoginAlarm']));
    const of = (MetricName: string, Period: number) => ({ Metric: { MetricName, Namespace: 'AWS/RDS', Dimensions: [{ Name: 'ProxyName', Value: Match.anyValue() }] }, Period, Stat: 'Sum' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: [
        Match.objectLike({ Expression: '100 * borrowed / allowed' }),
        { Id: 'borrowed', MetricStat: of('DatabaseConnectionsCurrentlyBorrowed', 60), ReturnData: false },
        { Id: 'allowed', MetricStat: of('MaxDatabaseConnectionsAllowed', 60), ReturnData: false },
      ],
      Threshold: 80,
      EvaluationPeriods: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DatabaseConnectionsSetupFailed', Statistic: 'Sum', Period: 300, Threshold: 0, EvaluationPeriods: 3 });
  });

  test('has nobody warned of connections that wait in it', () => {
    const { database, stack } = proxied({ parameters: { max_connections: '200' } });
    database.reserveConnections('web', 1000);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ConnectionBudget'))).toEqual([]);
    expect(database.maxConnections).toBe(200);
  });

  test.each<[serverless: DatabaseServerlessOptions, count: number]>([
    [{ maximumCapacity: 4, autoPauseAfter: Duration.minutes(10) }, 1],
    [{ maximumCapacity: 4, minimumCapacity: 0 }, 1],
    [{ maximumCapacity: 4 }, 0],
  ])('keeps a cluster awake, which is warned of: %#', (serverless, count) => {
    const { stack } = proxied({ engine: DatabaseEngine.auroraPostgres(), serverless });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('the proxy keeps a connection open to each instance of the cluster, so that it never pauses'))).toHaveLength(count);
  });

  test('is none by default', () => {
    const { template, database } = make();
    ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup', 'AWS::RDS::DBProxyEndpoint'].forEach((type) => template.resourceCountIs(type, 0));
    expect(database.proxy).toBeUndefined();
  });

  test('is refused in a network of dedicated tenancy', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, defaultInstanceTenancy: DefaultInstanceTenancy.DEDICATED });
    expect(() => new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills', proxy: {} }))
      .toThrow('Stack/Database: \'proxy\' must be left out in Stack/Vpc, whose tenancy is dedicated: RDS Proxy is in none such');
  });

  refuses(
    [{ proxy: { maxConnectionsPercent: 0 } }, '\'maxConnectionsPercent\' must be a whole number between 1 and 100, got 0'],
    [{ proxy: { idleClientTimeout: Duration.hours(9) } }, '\'idleClientTimeout\' must be a whole number of seconds between 1 and 28800, got 32400'],
    [{ proxy: { borrowTimeout: Duration.minutes(6) } }, '\'borrowTimeout\' must be a whole number of seconds between 1 and 300, got 360'],
    [
      { proxy: {}, engine: DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of('10.4.34', '10.4')) },
      '\'proxy\' must be left out for MariaDB 10.4.34: RDS Proxy takes MariaDB 10.5 and later',
    ],
    [{ proxy: {}, parameters: { read_only: '1' } }, '\'proxy\' must be left out with the parameter read_only at 1, which RDS Proxy does not take'],
    [{ proxy: {}, masterUsername: 'rdsproxyadmin' }, '\'proxy\' must be left out with \'masterUsername\' rdsproxyadmin, a user that RDS Proxy makes for itself'],
  );
});
