import { join } from 'path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { acknowledgeWildcard } from './acknowledge-wildcard';
import { functionLogs } from './function-logs';
import { loggingRole } from './logging-role';
import { seal } from './sealed';

interface DeploymentFunctionProps {
  readonly description: string;
  /** The zip in `assets/`, without its extension. */
  readonly bundle: string;
  readonly memorySize: Size;
  /** The endpoints that it connects to, in words. */
  readonly connectsTo: string;
  /** Secrets Manager calls it, too. */
  readonly alsoRotates?: boolean;
  readonly environment?: Record<string, string>;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A function that CloudFormation calls for custom resources, through CDK's framework. Nothing is created until something is asked for.
 */
export class DeploymentFunction extends Construct implements iam.IGrantable {
  private made?: { readonly fn: lambda.Function; readonly role: iam.Role; readonly provider: Provider };

  constructor(scope: Construct, id: string, private readonly props: DeploymentFunctionProps) {
    super(scope, id);
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.make().role;
  }

  public get function(): lambda.Function {
    return this.make().fn;
  }

  public get serviceToken(): string {
    return this.make().provider.serviceToken;
  }

  /** Lets the function do something. Its permissions stand apart by what they are for, as not all of it can wait for the same. */
  public allow(scope: Construct, ...statements: iam.PolicyStatement[]): iam.Policy {
    const policy = new iam.Policy(scope, 'Permissions', { roles: [this.make().role], statements });
    acknowledge(policy, { managedPolicy: 'it is written for one role, comes and goes with it, and cannot be attached to another identity by mistake' });
    return policy;
  }

  private make() {
    return this.made ??= this.create();
  }

  private create() {
    const { description, bundle, memorySize, connectsTo, alsoRotates, environment, logRetention, removalPolicy } = this.props;
    const logGroup = functionLogs(this, logRetention, removalPolicy);
    const role = loggingRole(this, 'Role', logGroup);
    const fn = new lambda.Function(this, 'Function', {
      description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', `${bundle}.zip`)),
      handler: 'index.handler',
      timeout: Duration.minutes(14), // the framework that waits has fifteen
      memorySize: memorySize.toMebibytes(),
      role,
      logGroup,
      environment,
    });
    const frameworkRole = loggingRole(this, 'ProviderRole', logGroup);
    const provider = new Provider(this, 'Provider', { onEventHandler: fn, frameworkOnEventRole: frameworkRole, logGroup });
    acknowledgeWildcard(frameworkRole, `${fn.functionArn}:*`, 'the versions of one function, which CDK lets its framework call');

    const calledByDeployments = {
      deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment, which then says why: there is nothing to redrive',
      reservedConcurrency: 'only CloudFormation calls it, now and then; what is reserved is taken from all other functions of the account',
      tracing: 'it runs in deployments only, which report how it ended; X-Ray costs extra, and its permissions know no narrower resource than *',
    };
    const calledByRotations = {
      deadLetterConfig: 'a call that fails, fails the deployment, or the rotation, which Secrets Manager tries again: there is nothing to redrive',
      reservedConcurrency: 'CloudFormation and Secrets Manager call it, now and then; what is reserved is taken from all other functions of the account',
      tracing: 'its log says how each deployment and each step of a rotation ended; X-Ray costs extra, and its permissions know no narrower resource than *',
    };
    acknowledge(fn, {
      ...alsoRotates ? calledByRotations : calledByDeployments,
      customerKeyOfEnvironment: environment && 'it holds names and a number, and no secret; Lambda encrypts it with a key of its own',
      vpc: `nothing can connect to it, and it connects, over TLS, to public endpoints only: ${connectsTo}`,
    });
    acknowledge(provider.node.findChild('framework-onEvent'), {
      ...calledByDeployments,
      customerKeyOfEnvironment: 'it holds the ARN of a function; Lambda encrypts it with a key of its own',
      latestRuntime: 'CDK picks the newest Node.js that Lambda has in the region of the stack, which is unknown before the deployment',
      memorySize: 'it is a function of CDK that hands an event on and waits, for which the default is enough',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: Lambda and CloudFormation',
    });
    seal(this);
    return { fn, role, provider };
  }
}
