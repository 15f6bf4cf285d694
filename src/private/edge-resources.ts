import { join } from 'path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { acknowledgeWildcard } from './acknowledge-wildcard';
import { functionLogs } from './function-logs';
import { loggingRole } from './logging-role';

interface EdgeResourcesProps {
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The tag by which the function knows what it made from what others did. */
export const OWNER_TAG = 'cdk-mainstay:owner';

/**
 * Makes what CloudFront takes from us-east-1 alone, wherever the stack is. CloudFormation calls a function that talks to the services there.
 * Nothing is created until something is asked for.
 */
export class EdgeResources extends Construct {
  private made?: { readonly role: iam.Role; readonly provider: Provider };

  constructor(scope: Construct, id: string, private readonly props: EdgeResourcesProps) {
    super(scope, id);
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
    const { logRetention, removalPolicy } = this.props;
    const logGroup = functionLogs(this, logRetention, removalPolicy);
    const role = loggingRole(this, 'Role', logGroup);
    const fn = new lambda.Function(this, 'Function', {
      description: 'Makes the certificate and the log delivery of a CDN in us-east-1 when the stack is deployed',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', 'edge.zip')),
      handler: 'index.handler',
      timeout: Duration.minutes(14), // a certificate takes minutes to be issued; the framework that waits has fifteen
      memorySize: 256,
      role,
      logGroup,
    });
    const frameworkRole = loggingRole(this, 'ProviderRole', logGroup);
    const provider = new Provider(this, 'Provider', { onEventHandler: fn, frameworkOnEventRole: frameworkRole, logGroup });
    acknowledgeWildcard(frameworkRole, `${fn.functionArn}:*`, 'the versions of one function, which CDK lets its framework call');

    const calledByDeployments = {
      deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment, which then says why: there is nothing to redrive',
      reservedConcurrency: 'only CloudFormation calls it, now and then; what is reserved is taken from all other functions of the account',
      tracing: 'it runs in deployments only, which report how it ended; X-Ray costs extra, and its permissions know no narrower resource than *',
    };
    acknowledge(fn, {
      ...calledByDeployments,
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: ACM, Route 53 and CloudWatch Logs',
    });
    acknowledge(provider.node.findChild('framework-onEvent'), {
      ...calledByDeployments,
      customerKeyOfEnvironment: 'it holds the ARN of a function; Lambda encrypts it with a key of its own',
      latestRuntime: 'CDK picks the newest Node.js that Lambda has in the region of the stack, which is unknown before the deployment',
      memorySize: 'it is a function of CDK that hands an event on and waits, for which the default is enough',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: Lambda and CloudFormation',
    });
    return { role, provider };
  }
}
