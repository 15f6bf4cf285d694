import { App, Aspects, Environment, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicInlinePolicy, CfnTopicPolicy, ITopic, Topic, TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { IConstruct } from 'constructs';
import { SecureQueue } from '../../src';

const ENV: Environment = { account: '111122223333', region: 'eu-west-1' };

const notifying = (stack: Stack, alarmTopic: ITopic, id = 'Jobs') => new SecureQueue(stack, id, { alarmTopic });

/** The statements of all policies of topics in a stack that are for alarms. */
function forAlarms(stack: Stack): any[] {
  const { Resources = {} } = Template.fromStack(stack).toJSON();
  return Object.values<any>(Resources)
    .filter(({ Type }) => ['AWS::SNS::TopicPolicy', 'AWS::SNS::TopicInlinePolicy'].includes(Type))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Principal }) => JSON.stringify(Principal).includes('cloudwatch.amazonaws.com'));
}

const other = new ServicePrincipal('budgets.amazonaws.com');
const publishing = (topic: ITopic) => new PolicyStatement({ principals: [other], actions: ['sns:Publish'], resources: [topic.topicArn] });

test('a topic without a policy of its own stays without one, which lets all services of the account publish', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  notifying(stack, new Topic(stack, 'Alerts'));
  Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
});

test.each<[string, (stack: Stack, topic: Topic) => void]>([
  ['by addToResourcePolicy()', (_, topic) => void topic.addToResourcePolicy(publishing(topic))],
  ['by the target of a rule', (stack, topic) => void new Rule(stack, 'Rule', { schedule: Schedule.cron({}), targets: [new SnsTopic(topic)] })],
  ['by a TopicPolicy', (stack, topic) => new TopicPolicy(stack, 'Policy', { topics: [topic] }).document.addStatements(publishing(topic))],
  ['by an L1', (stack, topic) => void new CfnTopicPolicy(stack, 'Policy', { topics: [topic.topicArn], policyDocument: { Statement: [] } })],
  ['by an inline L1', (stack, topic) => void new CfnTopicInlinePolicy(stack, 'Policy', { topicArn: topic.topicArn, policyDocument: { Statement: [] } })],
  ['by an aspect', (stack, topic) => Aspects.of(stack).add({ visit: (node: IConstruct) => void (node === topic && topic.addToResourcePolicy(publishing(topic))) })],
])('a policy that comes later, %s, admits the alarms once', (_, addPolicy) => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const topic = new Topic(stack, 'Alerts');
  notifying(stack, topic);
  notifying(stack, topic, 'Others');
  addPolicy(stack, topic);
  expect(forAlarms(stack)).toEqual([expect.objectContaining({
    Action: 'sns:Publish',
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Resource: { Ref: expect.stringMatching(/^Alerts/) },
    Condition: {
      ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:eu-west-1:111122223333:alarm:*']] } },
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    },
  })]);
});

test('the topic, its policy and what notifies it may be of three stacks', () => {
  const app = new App();
  const [ofTopic, ofPolicy, ofAlarms] = ['Topic', 'Policy', 'Alarms'].map((id) => new Stack(app, id));
  const topic = new Topic(ofTopic, 'Alerts');
  notifying(ofAlarms, topic);
  new TopicPolicy(ofPolicy, 'Policy', { topics: [topic] }).document.addStatements(publishing(topic));
  expect(forAlarms(ofPolicy)).toEqual([expect.objectContaining({ Resource: { 'Fn::ImportValue': expect.stringContaining('Topic:') } })]);
  expect([ofTopic.dependencies, ofPolicy.dependencies.map(({ node }) => node.id)]).toEqual([[], ['Topic']]);
});

test('a policy within a stage admits the alarms of it', () => {
  const stage = new Stage(new App(), 'Stage');
  const stack = new Stack(stage, 'Stack');
  notifying(stack, new Topic(stack, 'Alerts', { enforceSSL: true }));
  expect(forAlarms(stack)).toHaveLength(1);
});

test('policies of other topics are left alone', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  notifying(stack, new Topic(stack, 'Alerts'));
  new Topic(stack, 'Others', { enforceSSL: true });
  expect(forAlarms(stack)).toEqual([]);
});

test('the default policy is for one account, so that the alarms of another one are admitted by a policy', () => {
  const app = new App();
  const central = new Stack(app, 'Central', { env: { ...ENV, account: '444455556666' } });
  const topic = new Topic(central, 'Alerts', { topicName: 'alerts' });
  notifying(new Stack(app, 'Stack', { env: ENV }), topic);
  expect(forAlarms(central)).toEqual([expect.objectContaining({ Condition: expect.objectContaining({ StringEquals: { 'aws:SourceAccount': '111122223333' } }) })]);
});

test('a policy that cannot be read is warned about', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const topic = new Topic(stack, 'Alerts');
  notifying(stack, topic);
  new CfnTopicPolicy(stack, 'Policy', { topics: [topic.topicArn], policyDocument: { Version: '2012-10-17' } });
  Annotations.fromStack(stack).hasWarning('/Stack/Policy', Match.stringLikeRegexp('cloudwatch.amazonaws.com.*AlarmTopicPolicyUnchanged'));
});
