import { join } from 'path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import { OwnProps, SealedProperties } from './guards';
import { serviceRole } from './service-role';

export const BUNDLED_FUNCTION_SEALED: SealedProperties = {
  'AWS::IAM::Role': { refuse: ['assumeRolePolicyDocument'] },
  'AWS::Lambda::Function': { refuse: ['environment', 'role'], warn: ['architectures', 'code', 'handler', 'memorySize', 'runtime', 'timeout'] },
  'AWS::Logs::LogGroup': { refuse: ['kmsKeyId'], warn: ['retentionInDays'] },
};

export const BUNDLED_FUNCTION_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-lambda.Function': [
    'events', 'initialPolicy', 'logRemovalPolicy', 'logRetention', 'logRetentionRetryOptions', 'logRetentionRole', 'reservedConcurrentExecutions',
  ],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
};

/** AWS recommends a visibility timeout of six times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_PER_FUNCTION_TIMEOUT = 6;

const RESERVED = 'what is reserved is taken from all other functions of the account';
const X_RAY = 'X-Ray costs extra, and its permissions accept no resource narrower than *';

/** By who calls a function: where failures go, how often it runs, and where to see what it did. */
const CALLERS = {
  deployment: {
    deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment, which then says why: there is nothing to redrive',
    reservedConcurrency: `only CloudFormation calls it, now and then; ${RESERVED}`,
    tracing: `it runs in deployments only, which report how it ended; ${X_RAY}`,
  },
  deploymentAndRotation: {
    deadLetterConfig: 'a call that fails, fails the deployment, or the rotation, which Secrets Manager tries again: there is nothing to redrive',
    reservedConcurrency: `CloudFormation and Secrets Manager call it, now and then; ${RESERVED}`,
    tracing: `its log says how each deployment and each step of a rotation ended; ${X_RAY}`,
  },
  deploymentAndStateMachine: {
    deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment, and the state machine tries it again: there is nothing to redrive',
    reservedConcurrency: `CloudFormation and one state machine call it, now and then; ${RESERVED}`,
    tracing: `the state machine shows each run, and its log says what failed; ${X_RAY}`,
  },
  rotation: {
    deadLetterConfig: 'Secrets Manager calls it, tries again what failed, and an alarm reports it: there is nothing to redrive',
    reservedConcurrency: `Secrets Manager calls it, four times per rotation; ${RESERVED}`,
    tracing: `its log says how each step ended; ${X_RAY}`,
  },
  schedule: {
    deadLetterConfig: 'what a run fails to do, the next run does, and an alarm reports it: there is nothing to redrive',
    reservedConcurrency: `it runs on a schedule, and on request; ${RESERVED}`,
    tracing: `its log says what each run found, and alarms report failures; ${X_RAY}`,
  },
  queue: {
    deadLetterConfig: 'Lambda uses it for asynchronous calls, and the source is a queue: what fails goes to the dead-letter queue of that queue, and an alarm reports it',
    reservedConcurrency: 'what exceeds the limit of the account waits in the queue, and an alarm reports it: \'reservedConcurrentExecutions\' sets a limit for the function alone',
    tracing: `its logs follow each message, and alarms report failures; ${X_RAY}`,
  },
  request: {
    deadLetterConfig: 'its caller waits for the answer, which says what failed: there is nothing to redrive',
    reservedConcurrency: `it runs on request; ${RESERVED}`,
    tracing: `its answer and its log say what became of each request; ${X_RAY}`,
  },
  stateMachine: {
    deadLetterConfig: 'the state machine waits for the answer, and an alarm reports a failed execution: there is nothing to redrive',
    reservedConcurrency: `it runs once at a time in an execution of the state machine; ${RESERVED}`,
    tracing: `the state machine shows what failed; ${X_RAY}`,
  },
};

interface FunctionTraits {
  readonly calledBy: keyof typeof CALLERS;
  /**
   * The endpoints that it connects to, such as `S3 and SQS`.
   *
   * @default - none outside of its network
   */
  readonly connectsTo?: string;
  /** @default - what the account has left */
  readonly reservedConcurrentExecutions?: number;
}

export interface BundledFunctionProps extends FunctionTraits, Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets'> {
  readonly description: string;
  /** The zip in `assets/`, without its extension. */
  readonly bundle: string;
  readonly memorySize: Size;
  readonly timeout: Duration;
  /** @default ARM_64 */
  readonly architecture?: lambda.Architecture;
  /** Names, addresses and settings, and no secret. */
  readonly environment?: Record<string, string>;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly logRetention: logs.RetentionDays;
  /** Of the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A function of this package, bundled when the package is built, with its role and its log group: `Function`, `Role` and `Logs` in a scope.
 *
 * The role may write to the log group, and nothing else yet: what a function in a network needs of EC2, its caller allows.
 */
export function bundledFunction(scope: Construct, props: BundledFunctionProps) {
  const { bundle, memorySize, calledBy, connectsTo, logRetention, removalPolicy, ...options } = props;
  const logGroup = functionLogs(scope, logRetention, removalPolicy);
  const role = functionRole(scope, 'Role', logGroup);
  const fn = new lambda.Function(scope, 'Function', {
    architecture: lambda.Architecture.ARM_64,
    ...options,
    runtime: lambda.Runtime.NODEJS_24_X,
    code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', `${bundle}.zip`)),
    handler: 'index.handler',
    memorySize: memorySize.toMebibytes(),
    role,
    logGroup,
  });
  acknowledgeFunction(fn, props);
  acknowledge(fn, {
    customerKeyOfEnvironment: props.environment && 'it holds names, addresses and settings, and no secret; Lambda encrypts it with a key of its own',
  });
  return { fn, role, logGroup };
}

/**
 * The logs of a function, which Lambda would otherwise create by itself and keep for ever.
 */
export function functionLogs(scope: IConstruct, retention: logs.RetentionDays, removalPolicy: RemovalPolicy): logs.LogGroup {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention, removalPolicy });
  acknowledge(logGroup, {
    customerKeyOfLogs: 'CloudWatch Logs encrypts them with a key of its own, and they hold names, sizes and errors, but no contents and no credentials: ' +
      'for a key of yours, which must let CloudWatch Logs use it, set \'kmsKeyId\' of the log group',
  });
  return logGroup;
}

/**
 * The role of a function that may write to its own log group. The managed policy that CDK attaches otherwise may write to, and create, any.
 */
export function functionRole(scope: Construct, id: string, logGroup: logs.ILogGroup): iam.Role {
  const role = serviceRole(scope, id, 'lambda.amazonaws.com');
  logGroup.grantWrite(role);
  return role;
}

/**
 * Tells rule packs why a function has no dead-letter queue, no reserved concurrency, no tracing and no network of its own.
 */
export function acknowledgeFunction(fn: IConstruct, { calledBy, connectsTo, reservedConcurrentExecutions }: FunctionTraits): void {
  acknowledge(fn, {
    ...CALLERS[calledBy],
    ...reservedConcurrentExecutions !== undefined && { reservedConcurrency: undefined },
    vpc: connectsTo && `nothing can connect to it, and it connects, over TLS, to public endpoints only: ${connectsTo}`,
  });
}
