import { App, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { OwnProps, preferOwnProps } from '../../src/shared/guards';

const QUEUE: OwnProps = { 'aws-cdk-lib.aws-sqs.Queue': ['deadLetterQueue', 'fifo'] };
const OF_APP = { fifo: true, enforceSSL: false, maxMessageSizeBytes: 2048 };

function synth(build: (scope: Construct) => void, injected: object = OF_APP): Template {
  const stack = new Stack(new App(), 'Stack');
  PropertyInjectors.of(stack).add({ constructUniqueId: Queue.PROPERTY_INJECTION_ID, inject: (props) => ({ ...props, ...injected }) });
  build(new Construct(stack, 'Subject'));
  return Template.fromStack(stack);
}

test('an injector adds what is left open, and changes nothing that is said or not to be added', () => {
  const template = synth((scope) => {
    preferOwnProps(scope, QUEUE);
    new Queue(scope, 'Queue', { enforceSSL: true });
  });
  template.hasResourceProperties('AWS::SQS::Queue', { MaximumMessageSize: 2048, FifoQueue: Match.absent() });
  template.resourceCountIs('AWS::SQS::QueuePolicy', 1);
});

test('a part with a table of its own hears of the injectors of the app, too', () => {
  const template = synth((scope) => {
    preferOwnProps(scope, { 'aws-cdk-lib.aws-s3.Bucket': [] });
    const part = new Construct(scope, 'Part');
    preferOwnProps(part, QUEUE);
    new Queue(part, 'Queue', { enforceSSL: true });
  });
  template.hasResourceProperties('AWS::SQS::Queue', { MaximumMessageSize: 2048, FifoQueue: Match.absent() });
  template.resourceCountIs('AWS::SQS::QueuePolicy', 1);
});

test('what the table does not name is the app\'s', () => {
  synth((scope) => {
    preferOwnProps(scope, {});
    new Queue(scope, 'Queue', { enforceSSL: true });
  }).resourceCountIs('AWS::SQS::QueuePolicy', 0);
});

test('an injector that changes what it is given in place changes a copy', () => {
  const rules = { enforceSSL: true };
  const stack = new Stack(new App(), 'Stack');
  const inject = (props: any) => Object.assign(props, { enforceSSL: false });
  PropertyInjectors.of(stack).add({ constructUniqueId: Queue.PROPERTY_INJECTION_ID, inject });
  const scope = new Construct(stack, 'Subject');
  preferOwnProps(scope, QUEUE);
  new Queue(scope, 'Queue', rules);
  expect(rules).toEqual({ enforceSSL: true });
  Template.fromStack(stack).resourceCountIs('AWS::SQS::QueuePolicy', 1);
});
