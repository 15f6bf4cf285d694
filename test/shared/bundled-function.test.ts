import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { Construct } from 'constructs';
import { bundledFunction } from '../../src/shared/bundled-function';

type Wanted = Parameters<typeof bundledFunction>[1];

const WANTED: Wanted = {
  description: 'Finds originals',
  bundle: 'photos-reconciler',
  memorySize: Size.mebibytes(256),
  timeout: Duration.minutes(5),
  calledBy: 'schedule',
  connectsTo: 'S3 and SQS',
  environment: { DROPBOX: 'bucket' },
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.RETAIN,
};

function build(update: Partial<Wanted> = {}, vpcOf?: (scope: Construct) => Vpc) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const made = bundledFunction(new Construct(stack, 'Subject'), { ...WANTED, ...update, vpc: vpcOf?.(stack) });
  return { app, made, template: Template.fromStack(stack) };
}

/** Of the function, its role and its logs. */
function found(app: App): string[] {
  return [new AwsSolutionsChecks(), new HIPAASecurityChecks(), new NIST80053R5Checks(), new PCIDSS321Checks(), new ServerlessChecks()]
    .flatMap((pack) => pack.validateScope(app).violations)
    .filter(({ violatingResources }) => violatingResources.some(({ constructPath }) => constructPath?.startsWith('Stack/Subject/')))
    .map(({ ruleName }) => ruleName);
}

test('a function of a bundle, with a role and logs of its own', () => {
  const { template, made } = build();
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Finds originals',
    Architectures: ['arm64'],
    Environment: { Variables: { DROPBOX: 'bucket' } },
    Handler: 'index.handler',
    MemorySize: 256,
    Runtime: 'nodejs24.x',
    Timeout: 300,
  });
  template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Retain' });
  expect([made.logGroup, made.role, made.fn].map(({ node }) => node.path)).toEqual(['Stack/Subject/Logs', 'Stack/Subject/Role', 'Stack/Subject/Function']);
});

test('by default, it may write to its own logs, and nothing else', () => {
  build().template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: Match.anyValue() }] },
  });
});

test('the settings of the function are passed on', () => {
  build({ architecture: Architecture.X86_64, reservedConcurrentExecutions: 7 }).template.hasResourceProperties('AWS::Lambda::Function', {
    Architectures: ['x86_64'], ReservedConcurrentExecutions: 7,
  });
});

test.each(['deployment', 'deploymentAndRotation', 'rotation', 'schedule', 'queue', 'request', 'stateMachine'] as const)('called by %s, rule packs find nothing', (calledBy) => {
  expect(found(build({ calledBy }).app)).toEqual([]);
});

test('Checkov is told why it has no queue, no concurrency, no network and no key of its own', () => {
  const skipped = (update?: Partial<Wanted>) => {
    const [{ Metadata }] = Object.values(build(update).template.findResources('AWS::Lambda::Function'));
    return Metadata.checkov.skip.map(({ id }: { id: string }) => id).sort();
  };
  expect(skipped()).toEqual(['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_173']);
  expect(skipped({ reservedConcurrentExecutions: 1 })).toEqual(['CKV_AWS_116', 'CKV_AWS_117', 'CKV_AWS_173']);
  expect(skipped({ environment: undefined })).toEqual(['CKV_AWS_115', 'CKV_AWS_116', 'CKV_AWS_117']);
});

test('in a network, nothing is said of public endpoints', () => {
  const { template, app } = build({ connectsTo: undefined }, (scope) => new Vpc(scope, 'Vpc'));
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: Match.anyValue() } });
  expect(JSON.stringify(template.toJSON())).not.toContain('CKV_AWS_117');
  expect(found(app).filter((rule) => rule.includes('VPC'))).toEqual([]);
});
