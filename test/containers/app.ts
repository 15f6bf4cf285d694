import { join } from 'path';
import { App, Aws, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { image } from './images';
import { AppImage, ContainerAppWithAlb, Ingress, SecureQueue, StageProfile, StaticMediaCdn } from '../../src';
import { EmulatedAccount } from '../emulator/emulators';

export const APP_DOMAIN = 'app.example.education';
export const ADMIN_HOST = 'admin.example.education';
export const EDGE_DOMAIN = 'edge.example.education';
export const FAILING_STOP = Duration.seconds(4);

/** That the engine runs, as it runs on this machine. */
export const ARCHITECTURE = process.arch === 'arm64' ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64;

/** In the past: the emulated scheduler runs such a task once, as soon as there is the schedule. */
const ONCE = new Date('2026-01-01T00:00:00Z');

/** What varies from one deployment of the app to the next. */
export interface Release {
  /** The version of the image of web, and of the deploy task. */
  readonly web: string;
  /** Replaces the tasks of the worker and of the documents, which have one image each. */
  readonly revision: number;
  /** Adds something that no service has to do with. */
  readonly unrelated?: boolean;
}

interface Surroundings {
  readonly account: EmulatedAccount;
  readonly hostedZoneId: string;
}

/** Two apps: one that the internet reaches, with everything, and one that only its CDN reaches. @returns the folder of the cloud assembly */
export function synthesize(folder: string, { account, hostedZoneId }: Surroundings, release: Release): string {
  const app = new App({ outdir: folder, analyticsReporting: false });
  StageProfile.ephemeral().applyTo(app);
  const env = { account: account.accountId, region: account.region };
  const zoneOf = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId, zoneName: 'example.education' });
  const site = new Stack(app, 'Site', { env });
  buildSite(site, zoneOf(site), networkOf(site), release);
  const edge = new Stack(app, 'Edge', { env });
  buildEdge(edge, zoneOf(edge), networkOf(edge));
  app.synth();
  return folder;
}

/** Private subnets are those that a network with NAT gateways would have, which the emulator lacks. */
function networkOf(stack: Stack): ec2.IVpc {
  const network = new ec2.Vpc(stack, 'Network', {
    maxAzs: 2,
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }, { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
  });
  const ids = (subnets: ec2.ISubnet[]) => subnets.map(({ subnetId }) => subnetId);
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: network.vpcId,
    vpcCidrBlock: network.vpcCidrBlock,
    availabilityZones: network.availabilityZones,
    publicSubnetIds: ids(network.publicSubnets),
    privateSubnetIds: ids(network.isolatedSubnets),
    privateSubnetRouteTableIds: network.isolatedSubnets.map(({ routeTable }) => routeTable.routeTableId),
  });
}

/** The emulated load balancer checks health ten times as often. */
const HEALTH = {
  healthCheckPath: '/version/',
  healthCheckInterval: Duration.seconds(5),
  healthCheckTimeout: Duration.seconds(4),
  healthyThresholdCount: 2,
  unhealthyThresholdCount: 4,
  healthCheckGracePeriod: Duration.seconds(30),
  deregistrationDelay: Duration.seconds(10),
};

function buildSite(stack: Stack, hostedZone: IHostedZone, vpc: ec2.IVpc, { web, revision, unrelated }: Release): void {
  const registry = (service: string, version = '1') => ecs.ContainerImage.fromRegistry(image(service, version));
  const jobs = new SecureQueue(stack, 'Jobs', { visibilityTimeout: Duration.seconds(60) });
  const effects = new dynamodb.Table(stack, 'Effects', {
    partitionKey: { name: 'job', type: dynamodb.AttributeType.STRING }, billingMode: dynamodb.BillingMode.PAY_PER_REQUEST, removalPolicy: RemovalPolicy.DESTROY,
  });
  const secret = new secretsmanager.Secret(stack, 'Secret', { removalPolicy: RemovalPolicy.DESTROY });

  const app = new ContainerAppWithAlb(stack, 'App', {
    vpc,
    image: registry('web', web),
    port: 8080,
    domainName: APP_DOMAIN,
    hostedZone,
    ...HEALTH,
    user: '1000:1000',
    workingDirectory: '/srv',
    writablePaths: ['/tmp', '/scratch'],
    environment: { SETTING_PLAIN: 'plain', MIGRATION_SECONDS: '2' },
    secrets: { SECRET_KEY: ecs.Secret.fromSecretsManager(secret) },
  });
  app.addWebService('Api', { image: registry('api'), port: 8000, pathPatterns: ['/fastapi*'], priority: 100, ...HEALTH, environment: { PORT: '8000' } });
  app.addWebService('Admin', { image: registry('admin'), port: 8080, hostPatterns: [ADMIN_HOST], ...HEALTH });
  const worker = app.addWorker('Worker', {
    image: registry('worker'),
    command: ['python3', '-m', 'celery', '--app', 'tasks', 'worker', '--concurrency', '2', '--loglevel', 'INFO', '--without-gossip', '--without-mingle'],
    queue: jobs,
    uses: [jobs.workerBinding({ name: 'TASK_QUEUE_NAME', url: 'TASK_QUEUE_URL', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' })],
    environment: { WORKER_VERSION: `${revision}`, JOBS_TABLE: effects.tableName },
    stopTimeout: Duration.seconds(40),
    minimumTasks: 1,
  });
  effects.grant(worker.taskDefinition.taskRole, 'dynamodb:UpdateItem');
  app.addWorker('Stubborn', { image: registry('stubborn'), stopTimeout: FAILING_STOP, environment: { SETTING_REVISION: `${revision}` } });
  const documents = app.addInternalService('Documents', {
    name: 'documents', image: registry('documents'), port: 8080, dataPath: '/data', environment: { SETTING_REVISION: `${revision}` },
  });
  app.webService.use(documents.binding({ url: 'SETTING_DOCUMENTS' }));
  app.addDeployTask('Migrate', { command: ['python3', '/srv/server.py', 'migrate'] });
  app.addScheduledTask('Tidy', { command: ['python3', '/srv/server.py', 'tidy'], schedule: ScheduleExpression.at(ONCE) });
  app.addWebService('Built', {
    image: AppImage.directory(join(__dirname, 'built-image'), { file: 'App.Dockerfile', target: 'server', buildArgs: { VERSION: '1' }, exclude: ['*.md'] }),
    cpuArchitecture: ARCHITECTURE,
    port: 8080,
    pathPatterns: ['/built*'],
    ...HEALTH,
  });
  if (unrelated) new sns.Topic(stack, 'Unrelated');

  const outputs = {
    LoadBalancer: app.loadBalancer.loadBalancerName,
    Cluster: app.cluster.clusterName,
    QueueUrl: jobs.queue.queueUrl,
    QueueName: jobs.queue.queueName,
    EffectsTable: effects.tableName,
    Url: app.url,
    Region: Aws.REGION,
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
}

function buildEdge(stack: Stack, hostedZone: IHostedZone, vpc: ec2.IVpc): void {
  const cdn = new StaticMediaCdn(stack, 'Cdn', { appDomain: EDGE_DOMAIN, domainName: 'cdn.example.education', hostedZone });
  const app = new ContainerAppWithAlb(stack, 'App', {
    vpc, image: ecs.ContainerImage.fromRegistry(image('web', '1')), port: 8080, domainName: EDGE_DOMAIN, hostedZone, ingress: Ingress.cloudFrontOnly(cdn), ...HEALTH,
  });
  app.addWebService('Api', { image: ecs.ContainerImage.fromRegistry(image('api', '1')), port: 8000, pathPatterns: ['/fastapi*'], ...HEALTH, environment: { PORT: '8000' } });
  new CfnOutput(stack, 'LoadBalancer', { value: app.loadBalancer.loadBalancerName });
  new CfnOutput(stack, 'Url', { value: app.url });
}
