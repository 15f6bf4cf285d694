import { join } from 'path';
import { Duration, Size, Token } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { network, webApp, zone } from './container-app-with-alb';
import {
  AppImage, ContainerAppWithAlb, ContainerAppWithAlbProps, ContainerLogs, FromComposeProps, Ingress, InternalServiceProps, SecureQueue,
  WebServiceProps, WorkerServiceProps,
} from '../../src';
import { imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { RefusedToken, TokenPosition } from '../checks/token-position';

const CERTIFICATE = 'arn:aws:acm:eu-west-3:123456789012:certificate/0d2b8d2c-0d2b-4d2c-8d2b-0d2b8d2c0d2b';

const app = (props: (value: any, scope: Construct) => Partial<ContainerAppWithAlbProps>) => ({
  props,
  build: (scope: Construct, value: any) => void webApp(scope, props(value, scope)),
});

const inApp = (add: (built: ContainerAppWithAlb, value: any, scope: Construct) => void) => ({
  build: (scope: Construct, value: any) => add(webApp(scope), value, scope),
});
const api = (props: (value: any) => Partial<WebServiceProps>) =>
  inApp((built, value) => void built.addWebService('Api', { port: 8000, pathPatterns: ['/api/*'], ...props(value) }));
const worker = (props: (value: any) => WorkerServiceProps) =>
  inApp((built, value, scope) => void built.addWorker('Worker', { queue: new SecureQueue(scope, 'Jobs', { visibilityTimeout: Duration.hours(1) }), ...props(value) }));
const search = (props: (value: any, scope: Construct) => Partial<InternalServiceProps>) =>
  inApp((built, value, scope) => void built.addInternalService('Search', { name: 'search', port: 9200, ...props(value, scope) }));
const bound = (names: (value: string) => object) => inApp((built, value) => {
  built.webService.use(built.addInternalService('Search', { name: 'search', port: 9200 }).binding(names(value)));
});

const COMPOSE_FILE = join(__dirname, '..', 'compose', 'files', 'web.yaml');
const composed = (props: (value: any, scope: Construct) => Partial<FromComposeProps>) => ({
  build: (scope: Construct, value: any) => void ContainerAppWithAlb.fromCompose(scope, 'Subject', { vpc: network(scope), file: COMPOSE_FILE, ...props(value, scope) }),
});

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'FromComposeProps.variables', literal: '2', ...composed((TAG) => ({ variables: { TAG } })) },
  { of: 'AppImage.ecr(repository)', literal: 'web', takenApart: true, ...app((name, scope) => ({ image: AppImage.ecr(Repository.fromRepositoryName(scope, 'Repository', name), { tag: '1' }) })) },
  { of: 'AppImage.registry(name)', literal: 'example/web:2', ...app((name) => ({ image: AppImage.registry(name) })) },
  { of: 'EcrImageOptions.digest', literal: `sha256:${'0'.repeat(64)}`, takenApart: true, ...app((digest, scope) => ({ image: AppImage.ecr(repository(scope), { digest }) })) },
  { of: 'EcrImageOptions.tag', literal: '1.4.0', takenApart: true, ...app((tag, scope) => ({ image: AppImage.ecr(repository(scope), { tag }) })) },
  {
    of: 'RegistryImageOptions.credentials',
    literal: 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:registry-AbCdEf',
    ...app((arn, scope) => ({ image: AppImage.registry('example/web:2', { credentials: Secret.fromSecretCompleteArn(scope, 'Registry', arn) }) })),
  },
  { of: 'ContainerAppOptions.alarmTopic', literal: TOPIC_ARN, ...app((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  {
    of: 'ContainerAppOptions.certificate',
    literal: CERTIFICATE,
    ...app((arn, scope) => ({ domainName: 'app.example.org', certificate: Certificate.fromCertificateArn(scope, 'Certificate', arn) })),
  },
  { of: 'ContainerAppOptions.domainName', literal: 'app.example.org', takenApart: true, ...app((domainName, scope) => ({ domainName, hostedZone: zone(scope) })) },
  {
    of: 'ContainerAppOptions.hostedZone',
    literal: 'Z0123456789',
    ...app((hostedZoneId, scope) => ({
      domainName: 'app.example.org', hostedZone: HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName: 'example.org' }),
    })),
  },
  { of: 'ContainerAppWithAlbProps.port', literal: 8080, takenApart: true, ...app((port) => ({ port })) },
  {
    of: 'ContainerAppOptions.vpc',
    literal: 'vpc-00000001',
    build: (scope, vpcId) => void webApp(scope, {
      vpc: Vpc.fromVpcAttributes(scope, 'Imported', {
        vpcId, availabilityZones: ['eu-west-3a', 'eu-west-3b'], publicSubnetIds: ['subnet-1', 'subnet-2'], privateSubnetIds: ['subnet-3', 'subnet-4'],
      }),
    }),
  },
  { of: 'ContainerOptions.command', literal: 'serve', ...app((word) => ({ command: ['run', word] })) },
  { of: 'ContainerOptions.cpu', literal: 512, ...app((cpu) => ({ cpu, memory: Size.gibibytes(2) })) },
  { of: 'ContainerOptions.entryPoint', literal: '/init', ...app((word) => ({ entryPoint: [word] })) },
  { of: 'ContainerOptions.environment', literal: 'INFO', ...app((level) => ({ environment: { LOG_LEVEL: level } })) },
  { of: 'ContainerOptions.ephemeralStorage', literal: 40, ...app((gibibytes) => ({ ephemeralStorage: Size.gibibytes(gibibytes) })) },
  { of: 'ContainerOptions.memory', literal: 1024, ...app((mebibytes) => ({ memory: Size.mebibytes(mebibytes) })) },
  { of: 'ContainerOptions.stopTimeout', literal: 60, ...app((seconds) => ({ stopTimeout: Duration.seconds(seconds) })) },
  { of: 'ContainerOptions.user', literal: '1000:1000', ...app((user) => ({ user })) },
  { of: 'ContainerOptions.workingDirectory', literal: '/srv', ...app((workingDirectory) => ({ workingDirectory })) },
  { of: 'ContainerOptions.writablePaths', literal: '/var/cache', ...app((path) => ({ writablePaths: ['/tmp', path] })) },
  { of: 'FireLensOptions.memoryReservation', literal: 200, ...app((mebibytes) => ({ memory: Size.gibibytes(1), logs: ContainerLogs.fireLens({ options: { Name: 'http' }, memoryReservation: Size.mebibytes(mebibytes) }) })) },
  { of: 'FireLensOptions.options', literal: 'logs.example.org', ...app((host) => ({ logs: ContainerLogs.fireLens({ options: { Name: 'http', Host: host } }) })) },
  { of: 'Ingress.cidrs(cidrs)', literal: '192.0.2.0/24', takenApart: true, ...app((cidr) => ({ ingress: Ingress.cidrs(cidr) })) },
  { of: 'Ingress.prefixList(prefixListId)', literal: 'pl-0123456789abcdef0', takenApart: true, ...app((id) => ({ ingress: Ingress.prefixList(id) })) },
  { of: 'InternalServiceProps.encryptionKey', literal: KEY_ARN, ...search((arn, scope) => ({ dataPath: '/data', encryptionKey: imported.key(arn, scope) })) },
  { of: 'InternalServiceProps.tasks', literal: 3, ...search((tasks) => ({ tasks })) },
  { of: 'ScalingOptions.maximumTasks', literal: 9, ...app((maximumTasks) => ({ maximumTasks })) },
  { of: 'ScalingOptions.minimumTasks', literal: 3, ...app((minimumTasks) => ({ minimumTasks, maximumTasks: 9 })) },
  { of: 'ScalingOptions.targetCpuPercent', literal: 50, ...app((targetCpuPercent) => ({ targetCpuPercent })) },
  { of: 'ScalingOptions.targetMemoryPercent', literal: 50, ...app((targetMemoryPercent) => ({ targetMemoryPercent })) },
  { of: 'WebServiceOptions.deregistrationDelay', literal: 10, ...app((seconds) => ({ deregistrationDelay: Duration.seconds(seconds) })) },
  { of: 'WebServiceOptions.healthCheckGracePeriod', literal: 120, takenApart: true, ...app((seconds) => ({ healthCheckGracePeriod: Duration.seconds(seconds) })) },
  { of: 'WebServiceOptions.healthCheckPath', literal: '/version/', ...app((healthCheckPath) => ({ healthCheckPath })) },
  { of: 'WebServiceOptions.healthyHttpCodes', literal: '200-299', ...app((healthyHttpCodes) => ({ healthyHttpCodes })) },
  { of: 'WebServiceOptions.healthyThresholdCount', literal: 5, ...app((healthyThresholdCount) => ({ healthyThresholdCount })) },
  { of: 'WebServiceOptions.requestsPerTarget', literal: 500, ...app((requestsPerTarget) => ({ requestsPerTarget })) },
  { of: 'WebServiceOptions.slowStart', literal: 60, ...app((seconds) => ({ slowStart: Duration.seconds(seconds) })) },
  { of: 'WebServiceOptions.stickiness', literal: 3600, ...app((seconds) => ({ stickiness: Duration.seconds(seconds) })) },
  { of: 'WebServiceOptions.unhealthyThresholdCount', literal: 5, ...app((unhealthyThresholdCount) => ({ unhealthyThresholdCount })) },
  { of: 'WebServiceProps.hostPatterns', literal: 'api.example.org', takenApart: true, ...api((host) => ({ hostPatterns: [host] })) },
  { of: 'WebServiceProps.pathPatterns', literal: '/v2/*', takenApart: true, ...api((path) => ({ pathPatterns: [path] })) },
  { of: 'WebServiceProps.port', literal: 9000, takenApart: true, ...api((port) => ({ port })) },
  { of: 'WorkerServiceProps.acceptableAge', literal: 600, ...worker((seconds) => ({ acceptableAge: Duration.seconds(seconds) })) },
  { of: 'WorkerServiceProps.backlogPerTask', literal: 5, ...worker((backlogPerTask) => ({ backlogPerTask })) },
];

function repository(scope: Construct) {
  return Repository.fromRepositoryName(scope, 'Repository', 'web');
}

const known = (of: string, why: string, props: (text: string, number: any, list: string[]) => Partial<ContainerAppWithAlbProps>): RefusedToken => ({
  of, why, error: `'${of.split('.')[1]}' must be`, build: (scope, number, list) => void webApp(scope, props(Token.asString(number), number, list)),
});
const added = (of: string, why: string, add: (built: ContainerAppWithAlb, text: string, number: any, list: string[]) => void): RefusedToken => ({
  of, why, error: `'${of.split('.')[1]}' must be`, build: (scope, number, list) => add(webApp(scope), Token.asString(number), number, list),
});
const OF_IMAGE = 'CDK builds the image before the deployment';
const image = (of: string, build: (text: string) => void, error: string): RefusedToken => ({
  of, why: OF_IMAGE, error: `AppImage.directory: ${error} must be known at synthesis, got a token`, build: (_, number) => build(Token.asString(number)),
});

const refusedOfCompose = (prop: string, props: (text: string, list: string[]) => Partial<FromComposeProps>): RefusedToken => ({
  of: `FromComposeProps.${prop}`,
  why: 'the file is read at synthesis',
  build: (scope, number, list) => composed(() => props(Token.asString(number), list)).build(scope, undefined),
  error: `'${prop}'`,
});

export const REFUSED_TOKENS: RefusedToken[] = [
  refusedOfCompose('file', (text) => ({ file: text })),
  refusedOfCompose('web', (text) => ({ web: text })),
  refusedOfCompose('keepAsService', (_, list) => ({ keepAsService: list })),
  refusedOfCompose('leaveOut', (_, list) => ({ leaveOut: list })),
  refusedOfCompose('profiles', (_, list) => ({ profiles: list })),
  image('AppImage.directory(path)', (path) => AppImage.directory(path), "'path'"),
  image('DirectoryImageOptions.buildArgs', (value) => AppImage.directory('web', { buildArgs: { VERSION: value } }), "'buildArgs'"),
  image('DirectoryImageOptions.exclude', (pattern) => AppImage.directory('web', { exclude: [pattern] }), "'exclude'"),
  image('DirectoryImageOptions.file', (file) => AppImage.directory('web', { file }), "'file'"),
  image('DirectoryImageOptions.target', (target) => AppImage.directory('web', { target }), "'target'"),
  known('ContainerAppOptions.keepAlive', 'it is calculated with', (_, number) => ({ keepAlive: Duration.seconds(number) })),
  known('ContainerOptions.requires', 'it is looked up', (text) => ({ requires: [text] })),
  known('ContainerOptions.requires', 'it is looked up', (_, __, list) => ({ requires: list })),
  known('ContainerOptions.writablePaths', 'each is a mount', (_, __, list) => ({ writablePaths: list })),
  known('WebServiceOptions.healthCheckInterval', 'it is compared', (_, number) => ({ healthCheckInterval: Duration.seconds(number) })),
  known('WebServiceOptions.healthCheckTimeout', 'it is compared', (_, number) => ({ healthCheckTimeout: Duration.seconds(number) })),
  added('DeployTaskProps.timeout', 'CloudFormation waits a little longer', (built, _, number) => void built.addDeployTask('Migrate', { timeout: Duration.seconds(number) })),
  added('ScheduledTaskProps.timeout', 'the state machine has it', (built, _, number) => void built.addScheduledTask('Clean', {
    timeout: Duration.seconds(number), schedule: ScheduleExpression.rate(Duration.days(1)),
  })),
  added('InternalServiceProps.name', 'others have it as an address', (built, name) => void built.addInternalService('Search', { name, port: 9200 })),
  added('InternalServiceProps.port', 'others have it in their address', (built, _, port) => void built.addInternalService('Search', { name: 'search', port })),
  added('InternalServiceProps.dataPath', 'it is compared', (built, dataPath) => void built.addInternalService('Search', { name: 'search', port: 9200, dataPath })),
  added('InternalServiceProps.dataOwner', 'it has two numbers in it', (built, dataOwner) => void built.addInternalService('Search', { name: 'search', port: 9200, dataPath: '/data', dataOwner })),
  added('WebServiceProps.priority', 'rules are compared', (built, _, priority) => void built.addWebService('Api', { port: 8000, pathPatterns: ['/api/*'], priority })),
  added('WebServiceProps.pathPatterns', 'each is a value of a rule', (built, _, __, pathPatterns) => void built.addWebService('Api', { port: 8000, pathPatterns })),
  added('WebServiceProps.hostPatterns', 'each is a value of a rule', (built, _, __, hostPatterns) => void built.addWebService('Api', { port: 8000, hostPatterns })),
  added('WorkerServiceProps.maximumJobTime', 'it is compared', (built, _, number) => void built.addWorker('Worker', { maximumJobTime: Duration.seconds(number) })),
  ...['url', 'host', 'port'].map((of): RefusedToken => ({
    of: `ServiceBindingNames.${of}`,
    why: 'it is the name of a setting',
    build: (scope, number) => bound((name) => ({ [of]: name })).build(scope, Token.asString(number)),
    error: 'the name of a setting must be known at synthesis, got a token',
  })),
];
