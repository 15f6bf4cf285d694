import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AppImage, Binding, ContainerAppWithAlb, DatabaseEngine, EncryptedDatabase, HaVpc, Ingress, SecureQueue, StaticFiles, StaticMediaCdn,
} from '../../src';

const QUEUE_ACTIONS = [
  'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessageBatch', 'sqs:SendMessageBatch', 'sqs:ReceiveMessage', 'sqs:SendMessage',
  'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibilityBatch',
];

/** A Django site with a Celery worker: data in a stack of its own, web, worker and deploy tasks of one image, everything through CloudFront. */
function build() {
  const cdkApp = new App();
  const env = { account: '123456789012', region: 'eu-west-2' };
  const data = new Stack(cdkApp, 'Data', { env });
  const stack = new Stack(cdkApp, 'Site', { env });
  const { vpc } = new HaVpc(data, 'Network');
  const database = new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panelapp' });
  const jobs = new SecureQueue(data, 'Jobs', { visibilityTimeout: Duration.seconds(360) });
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.org' });
  const cdn = new StaticMediaCdn(stack, 'Cdn', {
    domainName: 'panelapp.example.org', hostedZone, staticFiles: StaticFiles.fromBucket(), noncurrentVersionExpiration: Duration.days(180), mediaLocation: 'media',
  });
  const mail = new Secret(stack, 'Mail');
  const django = new Secret(stack, 'Django');

  const uses = [
    database.binding({ url: 'DATABASE_URL' }),
    jobs.workerBinding({ name: 'TASK_QUEUE_NAME', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL', region: 'AWS_REGION' }),
    cdn.mediaBinding({ bucket: 'AWS_S3_MEDIAFILES_BUCKET_NAME', location: 'AWS_MEDIAFILES_LOCATION' }),
    Binding.secret(mail, 'EMAIL_HOST_USER', 'user'), Binding.secret(mail, 'EMAIL_HOST_PASSWORD', 'password'),
    Binding.secret(django, 'SECRET_KEY', 'key'), Binding.secret(django, 'HEALTH_CHECK_TOKEN', 'token'),
  ];
  const environment = {
    ALLOWED_HOSTS: 'panelapp.example.org',
    DEFAULT_FROM_EMAIL: 'panelapp@example.org',
    PANEL_APP_EMAIL: 'panelapp@example.org',
    EMAIL_HOST: 'email-smtp.eu-west-2.amazonaws.com',
    EMAIL_PORT: '587',
    EMAIL_USE_TLS: 'True',
    DJANGO_LOG_LEVEL: 'INFO',
  };
  const app = new ContainerAppWithAlb(stack, 'App', {
    vpc,
    image: AppImage.registry('example/panelapp:1.4.0'),
    port: 8080,
    healthCheckPath: '/version/',
    cpu: 1024,
    memory: Size.gibibytes(2),
    domainName: 'origin.example.org',
    hostedZone,
    ingress: Ingress.cloudFrontOnly(cdn),
    environment,
    uses: [...uses, cdn.staticBinding({ bucket: 'AWS_S3_STATICFILES_BUCKET_NAME', location: 'AWS_STATICFILES_LOCATION', domain: 'AWS_S3_STATICFILES_CUSTOM_DOMAIN' })],
    secrets: { DJANGO_ADMIN_URL: EcsSecret.fromSecretsManager(django, 'admin') },
    requires: ['DATABASE_URL', 'EMAIL_HOST_USER', 'EMAIL_HOST_PASSWORD', 'HEALTH_CHECK_TOKEN', 'SECRET_KEY', 'CELERY_BROKER_URL', 'AWS_REGION', 'AWS_S3_STATICFILES_BUCKET_NAME'],
  });
  const worker = app.addWorker('Worker', { command: ['celery', '-A', 'panelapp', 'worker'], queue: jobs, environment, uses });
  const migrate = app.addDeployTask('Migrate', { command: ['python', 'manage.py', 'migrate'] });
  const collect = app.addDeployTask('CollectStatic', { command: ['python', 'manage.py', 'collectstatic', '--noinput'] });
  return { cdkApp, stack, app, worker, migrate, collect, template: Template.fromStack(stack) };
}

const { stack, app, worker, migrate, template } = build();
const resources = (type: string) => Object.values<any>(template.findResources(type)).map(({ Properties }) => Properties);
const statementsOf = (role: any) => resources('AWS::IAM::Policy')
  .filter(({ Roles }) => JSON.stringify(Roles).includes(stack.getLogicalId(role.node.defaultChild)))
  .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

describe('a Django site with a worker', () => {
  test('has its load balancer reached by CloudFront only: on 443, from its prefix list, with one of two secret headers', () => {
    const [{ LoadBalancerAttributes: _, ...balancer }] = resources('AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancer.Scheme).toBe('internet-facing');
    const rules = resources('AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(rules.length).toBeGreaterThan(0);
    for (const { Conditions } of rules) {
      const header = Conditions.find(({ Field }: any) => Field === 'http-header');
      expect(header.HttpHeaderConfig.Values).toHaveLength(2);
      expect(JSON.stringify(header.HttpHeaderConfig.Values)).toContain('resolve:secretsmanager');
    }
    expect(app.url).toBe('https://panelapp.example.org');
  });

  test('has CloudFront take pages from the app with all methods and without caching, and files from buckets', () => {
    const [{ DistributionConfig: { DefaultCacheBehavior, CacheBehaviors, Origins } }] = resources('AWS::CloudFront::Distribution');
    expect(DefaultCacheBehavior.AllowedMethods).toContain('POST');
    expect(CacheBehaviors.map(({ PathPattern }: any) => PathPattern).sort()).toEqual(['/media/*', '/static/*']);
    const origin = Origins.find(({ Id }: any) => Id === DefaultCacheBehavior.TargetOriginId);
    expect(origin).toMatchObject({ DomainName: 'origin.example.org', CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } });
  });

  test('checks the health of the web service at /version/', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/version/', Port: 8080 });
  });

  test('lets the worker do with its queue what Celery does, and no more', () => {
    const statements = statementsOf(worker.taskDefinition.taskRole);
    const sqs = statements.flatMap(({ Action }: any) => [Action].flat()).filter((action: string) => action.startsWith('sqs:'));
    expect([...new Set(sqs)].sort()).toEqual([...QUEUE_ACTIONS, 'sqs:ListQueues'].sort());
    const listing = statements.filter(({ Action }: any) => [Action].flat().includes('sqs:ListQueues'));
    expect(listing).toEqual([expect.objectContaining({ Resource: '*' })]);
  });

  test('lets the web service write static files, and the worker not', () => {
    const s3 = (role: any) => JSON.stringify(statementsOf(role).filter(({ Action }: any) => [Action].flat().some((action: string) => action.startsWith('s3:Put'))));
    expect(s3(app.webService.taskDefinition.taskRole)).toContain('/static/*');
    expect(s3(worker.taskDefinition.taskRole)).toContain('/media/*');
    expect(s3(worker.taskDefinition.taskRole)).not.toContain('/static/*');
  });

  test('gives deploy tasks what the web service has, as they run its image', () => {
    const names = (service: string) => app.settings.filter((setting) => setting.service === service).map(({ name }) => name).sort();
    expect(names('Migrate')).toEqual(names('Web'));
    expect(names('Migrate')).toContain('DATABASE_URL');
    expect(names('CollectStatic')).toEqual(names('Web'));
    expect(migrate.logGroup).not.toBe(app.webService.logGroup);
  });

  test('renders its settings as a table', () => {
    expect(app.settingsTable()).toContain('| Web | `DATABASE_URL` | secret | Data/Database.binding() |');
  });

  test('hands no access key to a container', () => {
    expect(app.settings.filter(({ name }) => /ACCESS_KEY/.test(name))).toEqual([]);
    expect(resources('AWS::IAM::AccessKey')).toEqual([]);
  });

  test('has no errors', () => {
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  });
});
