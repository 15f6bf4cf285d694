import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { webApp } from './container-app-with-alb';
import { ContainerAppWithAlb, ContainerAppWithAlbProps, ContainerOptions, StageProfile } from '../../src';

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

describe('a deploy task and what it uses', () => {
  const api = { port: 8000, pathPatterns: ['/api'] };
  /** By the name of a deploy task or a service, in a template without circles: what CloudFormation creates before it, of services and deploy tasks. */
  const orderIn = (stack: Stack) => {
    const template = Template.fromStack(stack); // refuses circles
    const found = { ...template.findResources('AWS::ECS::Service'), ...template.findResources('Custom::DeployTask') };
    const nameOf = (id: string) => /^Subject(.+?)(Service|Run)[0-9A-F]{8}$/.exec(id)![1];
    const orderOf = ({ DependsOn = [] }: { DependsOn?: string[] }) => DependsOn.filter((id) => id in found).map(nameOf).sort();
    return Object.fromEntries(Object.entries(found).map(([id, resource]) => [nameOf(id), orderOf(resource)]));
  };

  test.each([
    ['in its props', (built: ReturnType<typeof webApp>) => built.addDeployTask('Migrate', { uses: [built.webService.binding({ url: 'WEB_URL' })] }), 'Web'],
    ['later', (built: ReturnType<typeof webApp>) => built.addDeployTask('Migrate', {}).use(built.addWebService('Api', api).binding({})), 'Api'],
  ])('a web service that it uses %s is an error at once', (_, add, service) => {
    const { built } = app();
    expect(() => add(built)).toThrow(
      `Stack/Subject/Migrate: the deploy task 'Migrate' must not use the web service '${service}' (Stack/Subject/${service}), which gets its new version only after the deploy tasks: ` +
      'in the first deployment nothing would answer, and in later ones the old version would. Have the task do the work itself, or add a server that it needs by addInternalService(), or run it by addScheduledTask()',
    );
  });

  test('a web service that the main one uses is a setting that it inherits', () => {
    const { stack, built } = app();
    built.addDeployTask('Migrate', {});
    built.webService.use(built.addWebService('Api', api).binding({ url: 'API_URL' }));
    expect(built.settings.filter(({ name }) => name === 'API_URL').map(({ service }) => service)).toEqual(['Web', 'Migrate']);
    expect(orderIn(stack)).toEqual({ Api: ['Migrate'], Migrate: [], Web: ['Api', 'Migrate'] });
  });

  test('a scheduled task may use a web service', () => {
    const { stack, built } = app();
    built.addScheduledTask('Ping', { schedule: ScheduleExpression.rate(Duration.hours(1)), uses: [built.webService.binding({ url: 'WEB_URL' })] });
    expect(orderIn(stack)).toEqual({ Web: [] });
  });

  test.each([['before', true], ['after', false]])('an internal service that uses a web service, from %s the task on, gets a name that needs no order', (_, isBefore) => {
    const { stack, built } = app();
    const search = built.addInternalService('Search', { name: 'search', port: 9200 });
    if (isBefore) search.use(built.webService.binding({ host: 'WEB' }));
    built.addDeployTask('Migrate', { uses: [search.binding({ host: 'SEARCH' })] });
    if (!isBefore) search.use(built.webService.binding({ host: 'WEB' }));
    expect(orderIn(stack)).toEqual({ Search: [], Migrate: ['Search'], Web: ['Migrate'] });
    Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Environment: [{ Name: 'WEB', Value: Match.stringLikeRegexp('^web\\.app-[0-9a-f]{8}\\.internal$') }] })],
    });
  });

  test.each([['before', true], ['after', false]])('what its internal service uses in turn, from %s the task on, waits for it no more than that', (_, isBefore) => {
    const { stack, built } = app();
    const [search, index, store] = ['Search', 'Index', 'Store'].map((id) => built.addInternalService(id, { name: id.toLowerCase(), port: 9200 }));
    index.use(store.binding({ host: 'STORE' }));
    const chain = () => search.use(index.binding({ host: 'INDEX' }));
    if (isBefore) chain();
    built.addDeployTask('First', {});
    built.addDeployTask('Migrate', { uses: [search.binding({ host: 'SEARCH' })] });
    if (!isBefore) chain();
    expect(orderIn(stack)).toEqual({
      First: [], Store: ['First'], Index: ['First', 'Store'], Search: ['First', 'Index'], Migrate: ['First', 'Index', 'Search', 'Store'], Web: ['First', 'Migrate'],
    });
  });
});

test('explains which service gets which requests, by the paths of the services', () => {
  const { built } = app();
  built.addWebService('Api', { port: 8000, pathPatterns: ['/api/*'], priority: 7 });
  expect(built.explain().split('\n').filter((line) => /^\| \d/.test(line))).toEqual(['| 7 | path /api/* | Stack/Subject/Api |', '| 50000 | all requests | Stack/Subject/Web |']);
});

test('two services that want the same requests are named in the error', () => {
  const { built } = app();
  built.addWebService('Api', { port: 8000, pathPatterns: ['/api/*'] });
  expect(() => built.addWebService('Other', { port: 8000, pathPatterns: ['/api/*'] })).toThrow(/^Stack\/Subject\/Other: .* Stack\/Subject\/Api \(path \/api\/\*, priority \d+\)/);
});

test.each([{}, { pathPatterns: [] }, { hostPatterns: [], pathPatterns: [] }])('a web service beside the main one has patterns (%j)', (patterns) => {
  expect(() => app().built.addWebService('Api', { port: 8000, ...patterns })).toThrow("Stack/Subject/Api: 'pathPatterns' or 'hostPatterns' must be given, got neither");
});

test.each<[Partial<ContainerAppWithAlbProps>, string]>([
  [{ requestsPerTarget: 0 }, "'requestsPerTarget' must be a whole number of requests in a minute at least 1, got 0"],
  [{ requestsPerTarget: 0.5 }, 'got 0.5'],
  [{ healthCheckGracePeriod: Duration.millis(500) }, "'healthCheckGracePeriod' must be a whole number of seconds between 0 and 2147483647, got 0.5"],
])('a web service fails at once with %j', (props, message) => {
  expect(() => app(props)).toThrow('Stack/Subject/Web: ');
  expect(() => app(props)).toThrow(message);
});

test('a cluster of another region fails at once', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-3' } });
  const cluster = Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:us-east-1:111111111111:cluster/shop');
  expect(() => webApp(stack, { cluster })).toThrow(/^Stack\/Subject: 'cluster' .*us-east-1/);
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

describe('what would run the web server', () => {
  const WARNING = Match.stringLikeRegexp("^without 'command', it runs what the main web service runs.*ack: cdk-mainstay:ContainerAppWithAlb.RunsWebServer");
  const ADDED: Record<string, (built: ContainerAppWithAlb, props: ContainerOptions) => unknown> = {
    Worker: (built, props) => built.addWorker('Worker', props),
    Migrate: (built, props) => built.addDeployTask('Migrate', props),
    Clean: (built, props) => built.addScheduledTask('Clean', { ...props, schedule: ScheduleExpression.rate(Duration.hours(1)) }),
  };
  const warnings = (id: string, props: object, web: Partial<ContainerAppWithAlbProps> = {}) => {
    const { stack, built } = app(web);
    ADDED[id](built, props);
    return Annotations.fromStack(stack).findWarning(`/${built.node.path}/${id}`, WARNING);
  };

  test.each(Object.keys(ADDED))('is a warning: %s', (id) => expect(warnings(id, {})).toHaveLength(1));

  test.each(Object.keys(ADDED).flatMap((id) => [{ command: ['work'] }, { entryPoint: ['work'] }, { image: ContainerImage.fromRegistry('example/worker:1.4.0') }].map((props) => [id, props] as const)))(
    'is not %s with %p', (id, props) => expect(warnings(id, props)).toEqual([]),
  );

  test('is nothing of an app that has a command for its web service', () => expect(warnings('Worker', {}, { command: ['serve'] })).toEqual([]));
});

test('its logs are kept as long as it says, and leave as it says, in all services, tasks, functions and sessions', () => {
  const { stack, built } = app({ logRetention: 7, removalPolicy: RemovalPolicy.DESTROY, enableExecuteCommand: true });
  built.addWorker('Worker', { command: ['work'], stopTimeout: Duration.seconds(60) });
  built.addDeployTask('Migrate', { command: ['migrate'] });
  built.addScheduledTask('Nightly', { command: ['clear'], schedule: ScheduleExpression.rate(Duration.days(1)) });
  const groups = Object.values<any>(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
  expect(groups.length).toBeGreaterThanOrEqual(6);
  for (const { Properties, DeletionPolicy } of groups) expect({ days: Properties.RetentionInDays, DeletionPolicy }).toEqual({ days: 7, DeletionPolicy: 'Delete' });
});
