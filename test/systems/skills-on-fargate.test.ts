import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { skillsDataTier } from './skills-data-tier';
import { AppImage, ContainerAppWithAlb, RootFilesystem } from '../../src';

/** The skills-management system whole: MySQL, Redis, Elasticsearch that keeps its data, and a Spring-style API behind a load balancer. */
function build() {
  const stack = new Stack(new App(), 'Skills', { env: { account: '123456789012', region: 'eu-west-2' } });
  const { vpc, database, cache } = skillsDataTier(stack);
  const oauth = new Secret(stack, 'OAuth');

  const app = new ContainerAppWithAlb(stack, 'App', {
    vpc,
    image: AppImage.registry('example/skills:4f2c1e0'),
    port: 80,
    cpu: 2048,
    memory: Size.mebibytes(8192),
    minimumTasks: 2,
    healthCheckPath: '/',
    healthyThresholdCount: 3,
    unhealthyThresholdCount: 2,
    healthCheckInterval: Duration.seconds(15),
    healthCheckTimeout: Duration.seconds(5),
    domainName: 'example.org',
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.org' }),
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-2:123456789012:certificate/0d2b8d2c-0d2b-4d2c-8d2b-0d2b8d2c0d2b'),
    environment: {
      BASE_DOMAIN: 'example.org',
      ENVIRONMENT: 'production',
      FRONTEND_URL: 'https://example.org',
      OAUTH_ISSUER: 'https://login.example.org',
      OAUTH_AUDIENCE: 'skills',
      MIGRATIONS_ENABLED: 'false',
      REINDEX_ELASTICSEARCH: 'false',
      SKIP_METADATA_IMPORT: 'true',
    },
    secrets: { OAUTH_CLIENTID: EcsSecret.fromSecretsManager(oauth, 'id'), OAUTH_CLIENTSECRET: EcsSecret.fromSecretsManager(oauth, 'secret') },
    uses: [database.binding({ uri: 'DB_URI', user: 'DB_USER', password: 'DB_PASSWORD', name: 'DB_NAME' }), cache.binding({ url: 'REDIS_URI' })],
    requires: [
      'BASE_DOMAIN', 'DB_NAME', 'DB_PASSWORD', 'DB_URI', 'DB_USER', 'ENVIRONMENT', 'FRONTEND_URL', 'ELASTICSEARCH_URI', 'OAUTH_ISSUER', 'OAUTH_CLIENTID', 'OAUTH_CLIENTSECRET',
      'OAUTH_AUDIENCE', 'REDIS_URI', 'MIGRATIONS_ENABLED', 'REINDEX_ELASTICSEARCH', 'SKIP_METADATA_IMPORT',
    ],
  });
  const search = app.addInternalService('Search', {
    name: 'elasticsearch',
    image: ContainerImage.fromRegistry('example/elasticsearch:8.19.0'),
    port: 9200,
    cpu: 2048,
    memory: Size.mebibytes(4096),
    dataPath: '/usr/share/elasticsearch/data',
    dataOwner: '1000:0',
    rootFilesystem: RootFilesystem.writable(),
    environment: { 'discovery.type': 'single-node', 'xpack.security.enabled': 'false', 'node.store.allow_mmap': 'false' },
  });
  app.webService.use(search.binding({ url: 'ELASTICSEARCH_URI' }));
  // Inherits the settings of the web service; what it says itself wins.
  app.addDeployTask('Migrate', { command: ['java', '-jar', 'app.jar', 'migrate'], environment: { MIGRATIONS_ENABLED: 'true' } });
  return { stack, app, search, template: Template.fromStack(stack) };
}

const { stack, app, search, template } = build();
const groupOf = ({ connections }: any) => stack.resolve(connections.securityGroups[0].securityGroupId);

describe('a skills-management system on Fargate', () => {
  test('runs two tasks of 2048 CPU units and 8192 MiB at least, and the search service once', () => {
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '2048', Memory: '8192', ContainerDefinitions: [Match.objectLike({ Image: 'example/skills:4f2c1e0', PortMappings: [Match.objectLike({ ContainerPort: 80 })] })],
    });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2 });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 1, DeploymentConfiguration: Match.objectLike({ MinimumHealthyPercent: 0, MaximumPercent: 100 }) });
  });

  test('checks health as it is given', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      HealthCheckPath: '/', HealthyThresholdCount: 3, UnhealthyThresholdCount: 2, HealthCheckIntervalSeconds: 15, HealthCheckTimeoutSeconds: 5, Matcher: { HttpCode: '200' },
    });
  });

  test('redirects HTTP to HTTPS with the given certificate, and has the apex of the zone', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80, DefaultActions: [Match.objectLike({ Type: 'redirect', RedirectConfig: Match.objectLike({ StatusCode: 'HTTP_301', Protocol: 'HTTPS', Port: '443' }) })],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Certificates: [{ CertificateArn: Match.stringLikeRegexp('certificate/0d2b8d2c') }] });
    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'example.org.', Type: 'A' });
    expect(app.url).toBe('https://example.org');
  });

  test('refuses to be deleted, and logs requests', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'true' }, { Key: 'access_logs.s3.enabled', Value: 'true' }]),
    });
  });

  test('reaches Elasticsearch as elasticsearch:9200, which keeps its data encrypted and is open to what uses it only', () => {
    expect(app.settings).toContainEqual({ service: 'Web', name: 'ELASTICSEARCH_URI', kind: 'plain', origin: 'Skills/App/Search.binding()' });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Environment: Match.arrayWith([{ Name: 'ELASTICSEARCH_URI', Value: 'http://elasticsearch:9200' }]) })],
    });
    template.hasResource('AWS::EFS::FileSystem', { Properties: { Encrypted: true }, DeletionPolicy: Match.not('Delete') });
    const rules = Object.values<any>(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    const toSearch = rules.filter(({ GroupId, FromPort }) => JSON.stringify(GroupId) === JSON.stringify(groupOf(search)) && FromPort === 9200);
    expect(toSearch.map(({ SourceSecurityGroupId }) => SourceSecurityGroupId)).toContainEqual(groupOf(app));
  });

  test('has one log group per service and task, with retention', () => {
    const groups = Object.entries<any>(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => /^App(Web|Search|Migrate)/.test(id));
    expect(groups.map(([, { Properties }]) => Properties.RetentionInDays)).toEqual([365, 365, 365]);
  });

  test('lets no secret into a template: what is secret comes by reference', () => {
    const secrets = app.settings.filter(({ service, kind }) => service === 'Web' && kind === 'secret').map(({ name }) => name);
    expect(secrets.sort()).toEqual(['DB_PASSWORD', 'DB_URI', 'DB_USER', 'OAUTH_CLIENTID', 'OAUTH_CLIENTSECRET', 'REDIS_URI']);
  });

  test('has no errors', () => {
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  });
});
