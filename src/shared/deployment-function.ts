import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from './acknowledge';
import { acknowledgeFunction, BUNDLED_FUNCTION_OWN_PROPS, BUNDLED_FUNCTION_SEALED, bundledFunction, functionRole } from './bundled-function';
import { OwnProps } from './prefer-own-props';
import { seal } from './seal';

export const DEPLOYMENT_FUNCTION_OWN_PROPS: OwnProps = {
  ...BUNDLED_FUNCTION_OWN_PROPS,
  'aws-cdk-lib.aws-custom-resources.Provider': ['isCompleteHandler', 'logRetention', 'role'],
  'aws-cdk-lib.core.CustomResource': [],
};

interface DeploymentFunctionProps {
  readonly description: string;
  /** The zip in `assets/`, without its extension. */
  readonly bundle: string;
  readonly memorySize: Size;
  /** @default - 14 minutes: the framework that waits has fifteen */
  readonly timeout?: Duration;
  /** @default ARM_64 */
  readonly architecture?: lambda.Architecture;
  /** The endpoints that it connects to, such as `S3 and CloudFront`. */
  readonly connectsTo: string;
  /** Secrets Manager calls it, too. */
  readonly alsoRotates?: boolean;
  readonly environment?: Record<string, string>;
  readonly logRetention: logs.RetentionDays;
  /** Of the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A function that CloudFormation calls for custom resources, through CDK's framework. A construct that may need none creates it when it
 * needs it: `this.deployment ??= new DeploymentFunction(…)`.
 */
export class DeploymentFunction extends Construct implements iam.IGrantable {
  public readonly grantPrincipal: iam.IPrincipal;
  public readonly fn: lambda.Function;
  /** Of the custom resources. */
  public readonly serviceToken: string;
  private readonly role: iam.Role;

  constructor(scope: Construct, id: string, { alsoRotates, timeout = Duration.minutes(14), ...props }: DeploymentFunctionProps) {
    super(scope, id);

    const { fn, role, logGroup } = bundledFunction(this, { ...props, timeout, calledBy: alsoRotates ? 'deploymentAndRotation' : 'deployment' });
    this.fn = fn;
    this.role = role;
    this.grantPrincipal = role;
    this.serviceToken = providerOf(this, fn, logGroup).serviceToken;
    seal(this, BUNDLED_FUNCTION_SEALED); // by itself, as it may be created after the constructor of what it belongs to has sealed
  }

  /** Allows the function to do something. Each use has its own policy, as not all permissions can wait for the same resources. */
  public allow(scope: Construct, ...statements: iam.PolicyStatement[]): iam.Policy {
    const policy = new iam.Policy(scope, 'Permissions', { roles: [this.role], statements });
    acknowledge(policy, 'managedPolicy');
    return policy;
  }
}

/** CDK's framework, which calls the function and answers CloudFormation. */
function providerOf(scope: Construct, onEventHandler: lambda.Function, logGroup: logs.LogGroup): Provider {
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
