import { ArnFormat, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Capability, Cluster, ContainerInsights, CpuArchitecture, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { IMAGE, network, webApp, zone } from './container-app-with-alb';
import {
  AppImage, ContainerAppWithAlb, ContainerAppWithAlbProps, ContainerLogs, DatabaseEngine, EncryptedDatabase, Ingress,
  RootFilesystem, SecureQueue, ServiceCapacity, StageProfile, StaticMediaCdn,
} from '../../src';
import { Variant } from '../checks/variant';

type AppVariant = Variant<ContainerAppWithAlbProps>;

const variant = (
  name: string, props: (scope: Construct) => Partial<ContainerAppWithAlbProps>, update: Partial<ContainerAppWithAlbProps>,
  more: (app: ContainerAppWithAlb, scope: Construct) => void = () => {}, profile?: StageProfile,
): AppVariant => ({
  name: `ContainerAppWithAlb${name}`,
  update,
  build: (scope, updated) => {
    profile?.applyTo(scope);
    more(webApp(scope, { ...props(scope), ...updated }), scope);
  },
});

const certificate = (scope: Construct) => Certificate.fromCertificateArn(scope, 'Certificate', Stack.of(scope).formatArn({
  service: 'acm', resource: 'certificate', resourceName: '0d2b8d2c-0d2b-4d2c-8d2b-0d2b8d2c0d2b',
}));

const django = (scope: Construct) => Secret.fromSecretCompleteArn(scope, 'Django', Stack.of(scope).formatArn({
  service: 'secretsmanager', resource: 'secret', resourceName: 'django-AbCdEf', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
}));

const secure = (scope: Construct) => ({ domainName: 'app.example.org', hostedZone: zone(scope) });

export const VARIANTS: AppVariant[] = [
  variant('', () => ({}), { cpu: 512, memory: Size.gibibytes(1) }),
  variant('-domain', secure, { healthCheckPath: '/version/' }),
  variant('-ephemeral', secure, { port: 8080 }, (app) => {
    app.addWorker('Worker', { command: ['work'] });
    app.addInternalService('Search', { name: 'search', port: 9200, dataPath: '/data' });
  }, StageProfile.ephemeral()),
  variant('-staging', secure, { image: AppImage.registry('example/web:1.5.0') }, undefined, StageProfile.staging()),
  variant('-cloudfront', (scope) => ({ ...secure(scope), ingress: Ingress.cloudFrontOnly(new StaticMediaCdn(scope, 'Cdn')) }), { cpu: 1024 }, (app) => {
    app.addWebService('Api', { port: 8000, pathPatterns: ['/api/*', '/v1/*', '/v2/*', '/v3/*'] });
  }),
  variant('-internal-balancer', (scope) => ({
    ingress: Ingress.internal(), domainName: 'app.example.org', certificate: certificate(scope),
  }), { stopTimeout: Duration.seconds(60) }),
  variant('-cidrs', () => ({
    ingress: Ingress.cidrs('192.0.2.0/24', '198.51.100.0/24'), containerHealthCheck: { command: ['CMD', '/ready'], interval: Duration.seconds(10) },
  }), { slowStart: Duration.seconds(60) }),
  variant('-services', secure, { requestsPerTarget: 500 }, (app) => {
    app.addWebService('Api', { port: 8000, pathPatterns: ['/fastapi*'], priority: 100, healthCheckInterval: Duration.seconds(60), healthyThresholdCount: 5 });
    app.addWebService('Admin', { port: 8001, hostPatterns: ['admin.example.org'], stickiness: Duration.hours(1), enableExecuteCommand: true });
  }),
  variant('-worker', (scope) => ({ alarmTopic: new Topic(scope, 'Alarms', { masterKey: new Key(scope, 'TopicKey', { enableKeyRotation: true }) }) }), { maximumTasks: 12 }, (app, scope) => {
    const jobs = new SecureQueue(scope, 'Jobs', { visibilityTimeout: Duration.minutes(6) });
    app.addWorker('Worker', {
      command: ['celery', '-A', 'app', 'worker'],
      queue: jobs,
      minimumTasks: 0,
      maximumTasks: 20,
      capacity: ServiceCapacity.fargateSpot(),
      maximumJobTime: Duration.seconds(90),
      stopTimeout: Duration.seconds(120),
      uses: [jobs.workerBinding({ name: 'TASK_QUEUE_NAME', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' })],
    });
  }),
  variant('-tasks', (scope) => ({
    environment: { DJANGO_LOG_LEVEL: 'INFO' },
    secrets: { SECRET_KEY: EcsSecret.fromSecretsManager(django(scope)) },
    uses: [new EncryptedDatabase(scope, 'Database', { vpc: network(scope), engine: DatabaseEngine.postgres(), databaseName: 'panelapp', instanceType: new InstanceType('t3.medium') }).binding({ url: 'DATABASE_URL' })],
    requires: ['DATABASE_URL', 'SECRET_KEY'],
  }), { environment: { DJANGO_LOG_LEVEL: 'DEBUG' } }, (app) => {
    app.addDeployTask('Migrate', { command: ['python', 'manage.py', 'migrate'] });
    app.addDeployTask('Collect', { command: ['python', 'manage.py', 'collectstatic', '--noinput'], timeout: Duration.minutes(30) });
    app.addScheduledTask('Clean', { command: ['python', 'manage.py', 'clearsessions'], schedule: ScheduleExpression.rate(Duration.days(1)) });
  }),
  variant('-search', (scope) => ({ ...secure(scope), keepAlive: Duration.seconds(75) }), { keepAlive: Duration.seconds(125) }, (app, scope) => {
    const search = app.addInternalService('Search', {
      name: 'elasticsearch',
      image: IMAGE,
      port: 9200,
      cpu: 2048,
      memory: Size.gibibytes(4),
      dataPath: '/usr/share/elasticsearch/data',
      dataOwner: '1000:0',
      rootFilesystem: RootFilesystem.writable(),
      encryptionKey: new Key(scope, 'DataKey', { enableKeyRotation: true }),
      environment: { 'discovery.type': 'single-node', 'xpack.security.enabled': 'false' },
    });
    app.webService.use(search.binding({ url: 'ELASTICSEARCH_URI', host: 'ES_HOST', port: 'ES_PORT' }));
    const cache = app.addInternalService('Cache', { name: 'cache', image: IMAGE, port: 11211 });
    app.addWorker('Indexer', { command: ['index'], uses: [search.binding({ url: 'ELASTICSEARCH_URI' }), cache.binding({ host: 'CACHE_HOST' })] });
    app.addDeployTask('Reindex', { command: ['reindex'] });
  }),
  variant('-hardening', (scope) => ({
    image: AppImage.ecr(Repository.fromRepositoryName(scope, 'Repository', 'web'), { tag: '1.4.0' }),
    cpuArchitecture: CpuArchitecture.ARM64,
    user: '1000:1000',
    workingDirectory: '/srv',
    writablePaths: ['/tmp', '/var/cache/app'],
    entryPoint: ['/init'],
    command: ['serve'],
    ephemeralStorage: Size.gibibytes(40),
    logs: ContainerLogs.fireLens({ options: { Name: 'cloudwatch' } }),
    logRetention: RetentionDays.ONE_WEEK,
    memory: Size.gibibytes(2),
    cpu: 512,
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    cluster: new Cluster(scope, 'Cluster', { vpc: network(scope), enableFargateCapacityProviders: true, containerInsightsV2: ContainerInsights.ENABLED }),
    targetCpuPercent: 50,
    targetMemoryPercent: 70,
    minimumTasks: 3,
    deregistrationDelay: Duration.seconds(10),
    healthCheckGracePeriod: Duration.minutes(2),
    healthyHttpCodes: '200-299',
    healthCheckTimeout: Duration.seconds(4),
    unhealthyThresholdCount: 2,
    keepCapabilities: [Capability.CHOWN, Capability.SETGID, Capability.SETUID],
  }), { maximumTasks: 9 }),
];
