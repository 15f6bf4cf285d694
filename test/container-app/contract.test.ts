import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ContainerAppWithAlb, DatabaseEngine, EncryptedDatabase, HaVpc, Ingress, SecureQueue, StaticMediaCdn } from '../../src';

/** The lines of the public contract, as a user writes them. */
class Contract extends Stack {
  public readonly app: ContainerAppWithAlb;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const network = new HaVpc(this, 'Network');
    const database = new EncryptedDatabase(this, 'Database', { vpc: network.vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills' });
    const jobs = new SecureQueue(this, 'Jobs', { visibilityTimeout: Duration.seconds(360) });
    const s = new Secret(this, 'Secret');
    const image = ecs.ContainerImage.fromRegistry('example/api:1.4.0');
    const education = HostedZone.fromHostedZoneAttributes(this, 'Education', { hostedZoneId: 'Z0123456789', zoneName: 'example.education' });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: 'Z9876543210', zoneName: 'example.org' });
    const cdn = new StaticMediaCdn(this, 'Cdn', { appDomain: 'demo.example.education', domainName: 'cdn.example.education', hostedZone: education });

    const app = new ContainerAppWithAlb(this, 'App', {
      vpc: network.vpc,
      image: ecs.ContainerImage.fromRegistry('example/web:1.4.0'),
      port: 8080,
      healthCheckPath: '/version/',
      cpu: 1024,
      memory: Size.gibibytes(2), // the same two props on every add…()
      domainName: 'app.example.org',
      hostedZone: zone, // or certificate: …; neither = HTTP, with a warning
      uses: [
        database.binding({ url: 'DATABASE_URL' }), // settings + secret grant + security-group rule, in one
        jobs.workerBinding({ name: 'TASK_QUEUE_NAME', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' }),
        cdn.mediaBinding({ bucket: 'AWS_S3_MEDIAFILES_BUCKET_NAME', location: 'AWS_MEDIAFILES_LOCATION' }),
      ],
      ingress: Ingress.cloudFrontOnly(cdn),
      environment: { DJANGO_LOG_LEVEL: 'INFO' },
      secrets: { SECRET_KEY: ecs.Secret.fromSecretsManager(s) },
    });
    app.addWebService('Api', { image, port: 8000, pathPatterns: ['/fastapi*'], priority: 100 });
    app.addWorker('Worker', { image, command: ['celery', '-A', 'panelapp', 'worker'], queue: jobs }); // scales on backlog
    const search = app.addInternalService('Search', { name: 'elasticsearch', image, port: 9200, dataPath: '/usr/share/elasticsearch/data' });
    app.webService.use(search.binding({ url: 'ELASTICSEARCH_URI', host: 'ES_HOST', port: 'ES_PORT' }));
    app.addDeployTask('Migrate', { command: ['python', 'manage.py', 'migrate'] }); // before traffic; failing it fails the deploy
    app.webService.use(database.binding({ host: 'MYSQL_HOST', port: 'MYSQL_PORT', user: 'MYSQL_USER', password: 'MYSQL_PASSWORD', name: 'MYSQL_DB' }));
    app.loadBalancer; app.cluster; app.connections; app.url; // url is what users type: the CDN's name where it is in front
    app.settings; app.settingsTable(); app.explain();
    this.app = app;
  }
}

const contract = new Contract(new App(), 'Contract');
const template = Template.fromStack(contract);

describe('the lines of the contract', () => {
  test('synthesize', () => {
    template.resourceCountIs('AWS::ECS::Service', 4);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
  });

  test('put the CDN in front', () => {
    expect(contract.app.url).toBe('https://cdn.example.education');
  });

  test('hand the deploy task what the web service uses, also what it uses from a later line', () => {
    const names = contract.app.settings.filter(({ service }) => service === 'Migrate').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['DATABASE_URL', 'ELASTICSEARCH_URI', 'MYSQL_PASSWORD', 'DJANGO_LOG_LEVEL', 'SECRET_KEY']));
  });

  test('explain the app', () => {
    const explained = contract.app.explain();
    expect(explained).toContain('https://cdn.example.education');
    expect(explained).toContain('/fastapi*');
    expect(explained).toContain('Worker');
  });
});
