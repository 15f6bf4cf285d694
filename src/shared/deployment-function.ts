import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import {
  acknowledgeFunction, BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED, bundledFunction, BundledFunctionProps, functionLogs, functionRole,
} from './bundled-function';
import { OwnProps, preferOwnProps, seal } from './guards';

export const DEPLOYMENT_FUNCTION_OWN_PROPS: OwnProps = {
  ...BUNDLED_FUNCTION_OWN_PROPS,
  'aws-cdk-lib.aws-custom-resources.Provider': ['isCompleteHandler', 'logRetention', 'role'],
  'aws-cdk-lib.core.CustomResource': [],
};

interface DeploymentFunctionProps extends Omit<BundledFunctionProps, 'calledBy' | 'timeout' | 'reservedConcurrentExecutions' | 'vpc' | 'vpcSubnets'> {
  /** @default - 14 minutes: the framework that waits has fifteen */
  readonly timeout?: Duration;
  /** The endpoints that it connects to, such as `S3 and CloudFront`. */
  readonly connectsTo: string;
  /** Secrets Manager calls it, too. */
  readonly alsoRotates?: boolean;
}

/**
 * A function that CloudFormation calls for custom resources, through CDK's framework. A construct that may need none creates it when it
 * needs it: `this.deployment ??= new DeploymentFunction(…)`.
 */
export class DeploymentFunction extends Construct implements iam.IGrantable {
  public readonly grantPrincipal: iam.Role;
  public readonly fn: lambda.Function;
  /** Of the custom resources. */
  public readonly serviceToken: string;

  constructor(scope: Construct, id: string, { alsoRotates, timeout = Duration.minutes(14), ...props }: DeploymentFunctionProps) {
    super(scope, id);

    const { fn, role, logGroup } = bundledFunction(this, { ...props, timeout, calledBy: alsoRotates ? 'deploymentAndRotation' : 'deployment' });
    this.fn = fn;
    this.grantPrincipal = role;
    this.serviceToken = providerOf(this, fn, logGroup).serviceToken;
    seal(this, BUNDLED_FUNCTION_SEALED); // by itself, as it may be created after the constructor of what it belongs to has sealed
  }

  /** Allows the function to do something. Each use has its own policy, as not all permissions can wait for the same resources. */
  public allow(scope: Construct, ...statements: iam.PolicyStatement[]): iam.Policy {
    const policy = new iam.Policy(scope, 'Permissions', { roles: [this.grantPrincipal], statements });
    acknowledge(policy, 'managedPolicy');
    return policy;
  }
}

/** CDK's framework, which calls the function and answers CloudFormation. */
function providerOf(scope: Construct, onEventHandler: lambda.Function, logGroup: LogGroup): Provider {
  const frameworkOnEventRole = functionRole(scope, 'ProviderRole', logGroup);
  const provider = new Provider(scope, 'Provider', { onEventHandler, frameworkOnEventRole, logGroup });
  acknowledgeWildcard(frameworkOnEventRole, `${onEventHandler.functionArn}:*`, 'the versions of one function, which CDK lets its framework call');
  const framework = provider.node.findChild('framework-onEvent');
  acknowledgeFunction(framework, { calledBy: 'deployment', connectsTo: 'Lambda and CloudFormation' });
  acknowledge(framework, {
    customerKeyOfEnvironment: 'it holds the ARN of a function; Lambda encrypts it with a key of its own',
    latestRuntime: 'CDK picks the newest Node.js that Lambda has in the region of the stack, which is unknown before the deployment',
    memorySize: 'it is a function of CDK that passes an event on and waits, for which the default is enough',
  });
  return provider;
}

/**
 * A function that CDK brings for custom resources, one a stack, would leave a log group of its own behind for ever.
 *
 * @param does what CloudFormation calls it for
 * @param connectsTo the endpoints that it connects to
 */
export function collectProviderLogs(stack: Stack, resourceType: string, does: string, connectsTo: string): void {
  const provider = stack.node.tryFindChild(`${resourceType}CustomResourceProvider`);
  const handler = provider?.node.tryFindChild('Handler') as CfnResource | undefined;
  if (!provider || !handler || provider.node.tryFindChild('Logs')) return;
  preferOwnProps(provider, { 'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'] });
  const logGroup = functionLogs(provider, RetentionDays.ONE_WEEK, RemovalPolicy.DESTROY);
  handler.addPropertyOverride('LoggingConfig.LogGroup', logGroup.logGroupName);
  acknowledge(handler, {
    deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment or the deletion, which then says why: there is nothing to redrive',
    reservedConcurrency: `only CloudFormation calls it, to ${does}; what is reserved is taken from all other functions of the account`,
    vpc: `nothing can connect to it, and it connects, over TLS, to public endpoints only: ${connectsTo} and CloudFormation`,
  });
}
