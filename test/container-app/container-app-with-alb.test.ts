import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { webApp } from './container-app-with-alb';
import { ContainerAppWithAlbProps, StageProfile } from '../../src';

function app(props: Partial<ContainerAppWithAlbProps> | ((stack: Stack) => Partial<ContainerAppWithAlbProps>) = {}, profile?: StageProfile) {
  const stack = new Stack(new App(), 'Stack');
  profile?.applyTo(stack);
  return { stack, built: webApp(stack, typeof props === 'function' ? props(stack) : props) };
}

describe('settings that an app requires', () => {
  test('fail the synthesis if nothing sets them, with the names and what to do', () => {
    const { stack } = app({ environment: { LOG_LEVEL: 'INFO' }, requires: ['LOG_LEVEL', 'DATABASE_URL', 'SECRET_KEY'] });
    expect(() => Template.fromStack(stack)).toThrow("[Stack/Subject/Web] 'requires' names settings that nothing sets: DATABASE_URL, SECRET_KEY. Add them to 'environment'");
  });

  test('may come from a later line', () => {
    const { stack, built } = app({ requires: ['BUCKET'] });
    built.webService.container.addEnvironment('BUCKET', new Bucket(stack, 'Bucket').bucketName);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('the alarms of an app', () => {
  test('notify its topic, also those of services that are added later', () => {
    const { stack, built } = app((scope) => ({ alarmTopic: new Topic(scope, 'Alarms') }));
    built.addWorker('Worker', { command: ['work'] });
    built.addDeployTask('Migrate', { command: ['migrate'] });
    const alarms = Object.values<any>(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.length).toBeGreaterThan(10);
    expect(alarms.filter(({ Properties }) => (Properties.AlarmActions ?? []).length === 0)).toEqual([]);
  });

  test('warn once, however many services there are, if nobody hears them', () => {
    const { stack, built } = app();
    built.addWorker('Worker', { command: ['work'] });
    expect(Annotations.fromStack(stack).findWarning('/Stack/Subject', Match.stringLikeRegexp('AlarmsUnheard'))).toHaveLength(1);
  });
});

describe('a task that runs the image of the app', () => {
  test('gets its settings, what it says itself first', () => {
    const { built } = app({ environment: { LOG_LEVEL: 'INFO', MIGRATIONS: 'false' } });
    built.addDeployTask('Migrate', { command: ['migrate'], environment: { MIGRATIONS: 'true' } });
    const { environment } = built.node.findChild('Migrate').node.findChild('Task').node.findChild('Container') as unknown as { environment: Record<string, string> };
    expect(environment).toEqual({ LOG_LEVEL: 'INFO', MIGRATIONS: 'true' });
  });
});

test('a web service beside the main one has patterns', () => {
  expect(() => app().built.addWebService('Api', { port: 8000 })).toThrow("Stack/Subject/Api: 'pathPatterns' or 'hostPatterns' must be given, got neither");
});

test('an ephemeral app leaves nothing, and its load balancer can be deleted', () => {
  const { stack } = app({}, StageProfile.ephemeral());
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'false' }]),
  });
  const kept = Object.entries<any>(template.toJSON().Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete');
  expect(kept).toEqual([]);
});

test('the data of an internal service goes with its stack where it says so, whatever the profile', () => {
  const { stack, built } = app();
  built.addInternalService('Search', { name: 'search', port: 9200, dataPath: '/data', removalPolicy: RemovalPolicy.DESTROY });
  Template.fromStack(stack).hasResource('AWS::EFS::FileSystem', { DeletionPolicy: 'Delete' });
});

test('its logs are kept as long as it says, in all services, tasks and functions', () => {
  const { stack, built } = app({ logRetention: 7 });
  built.addWorker('Worker', { command: ['work'], stopTimeout: Duration.seconds(60) });
  built.addDeployTask('Migrate', { command: ['migrate'] });
  const groups = Object.values<any>(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
  expect(groups.map(({ Properties }) => Properties.RetentionInDays)).toEqual([7, 7, 7, 7]);
});
