import { App, CustomResource, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { DeploymentFunction } from '../../src/shared/deployment-function';

type Wanted = ConstructorParameters<typeof DeploymentFunction>[2];

function build(update: Partial<Wanted> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const deployment = new DeploymentFunction(stack, 'Deployment', {
    description: 'Publishes files',
    bundle: 'cdn-static-files',
    memorySize: Size.mebibytes(1024),
    connectsTo: 'S3',
    logRetention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
    ...update,
  });
  return { app, stack, deployment };
}

test('has its function at once, which the framework of CDK calls for custom resources', () => {
  const { stack, deployment } = build();
  new CustomResource(stack, 'Resource', { serviceToken: deployment.serviceToken });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', { Description: 'Publishes files', MemorySize: 1024, Timeout: 840 });
  template.hasResourceProperties('AWS::CloudFormation::CustomResource', { ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('frameworkonEvent'), 'Arn'] } });
  template.resourceCountIs('AWS::Logs::LogGroup', 1); // of both functions
});

test('may wait for less long', () => {
  const { stack } = build({ timeout: Duration.minutes(2) });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Description: 'Publishes files', Timeout: 120 });
});

test('each use has a policy of its own', () => {
  const { stack, deployment } = build();
  const policy = deployment.allow(stack, new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/key'] }));
  expect(policy.node.path).toBe('Stack/Permissions');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 's3:GetObject', Effect: 'Allow', Resource: 'arn:aws:s3:::bucket/key' }] },
    Roles: [{ Ref: Match.stringLikeRegexp('^DeploymentRole') }],
  });
});

test.each([{}, { alsoRotates: true, environment: { NAME: 'value' } }])('with %j, rule packs find nothing', (update) => {
  const { app, stack, deployment } = build(update);
  deployment.allow(stack, new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/key'] }));
  const packs = [new AwsSolutionsChecks(), new HIPAASecurityChecks(), new NIST80053R5Checks(), new PCIDSS321Checks(), new ServerlessChecks()];
  expect(packs.flatMap((pack) => pack.validateScope(app).violations.map(({ ruleName }) => ruleName))).toEqual([]);
});

test('a later change of its role fails the synthesis, and one of its runtime is a warning', () => {
  const changed = (change: Partial<CfnFunction>) => {
    const { stack, deployment } = build();
    Object.assign(deployment.fn.node.defaultChild as CfnFunction, change);
    return Annotations.fromStack(stack);
  };
  changed({ runtime: 'nodejs18.x' }).hasWarning('*', Match.stringLikeRegexp('\'runtime\' of Stack/Deployment/Function/Resource'));
  expect(() => changed({ role: 'arn:aws:iam::123456789012:role/other' })).toThrow('\'role\' of Stack/Deployment/Function/Resource');
});
