import { App, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Function, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { SecureQueue } from '../../src';
import { Props } from '../checks/guard';
import { photos } from '../photos/thumbnail-to-wasabi.variants';

// What injectors may still do. What they may not stands in `*.guards.ts`, and is tested by test/checks/guards.test.ts.

describe('props that a construct does not set', () => {
  function withInjected(of: { readonly PROPERTY_INJECTION_ID: string }, inject: (own: Props) => Props): Template {
    const app = new App();
    PropertyInjectors.of(app).add({ constructUniqueId: of.PROPERTY_INJECTION_ID, inject });
    const stack = new Stack(app, 'Stack');
    photos(stack);
    return Template.fromStack(stack);
  }
  const withAdded = (of: { readonly PROPERTY_INJECTION_ID: string }, added: Props) => withInjected(of, (own) => ({ ...added, ...own }));

  test('can be injected', () => {
    withAdded(Function, { tracing: Tracing.ACTIVE }).allResourcesProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
    withAdded(Queue, { maxMessageSizeBytes: 65_536 }).allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 65_536 });
    withAdded(Role, { path: '/service/' }).allResourcesProperties('AWS::IAM::Role', { Path: '/service/' });
    withAdded(Bucket, { transferAcceleration: true }).allResourcesProperties('AWS::S3::Bucket', { AccelerateConfiguration: { AccelerationStatus: 'Enabled' } });
  });

  test('may be more of the environment of a function', () => {
    const template = withInjected(Function, (own) => ({ ...own, environment: { ...own.environment as Props, TEAM: 'photos' } }));
    template.allResourcesProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ TEAM: 'photos' }) } });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ ARCHIVE_BUCKET: 'photoarchive' }) } });
  });
});

test('the nearest of several injectors is asked, as by CDK', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  for (const [scope, maxMessageSizeBytes] of [[app, 1024], [stack, 2048]] as const) {
    PropertyInjectors.of(scope).add({ constructUniqueId: Queue.PROPERTY_INJECTION_ID, inject: (props) => ({ ...props, maxMessageSizeBytes }) });
  }
  new SecureQueue(stack, 'Jobs');

  Template.fromStack(stack).allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 2048 });
});
