import { join } from 'path';
import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { secretId } from '../../shared/secret-id';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { functionLogs } from '../../shared/function-logs';
import { loggingRole } from '../../shared/logging-role';
import { seal } from '../../shared/sealed';
import { ArchiveObjectLock } from '../archive-object-lock';

interface ArchiveBucketProps {
  readonly bucketName: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: ISecret;
  readonly objectLock?: ArchiveObjectLock;
  readonly architecture: lambda.Architecture;
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: logs.RetentionDays;
  readonly logRemovalPolicy: RemovalPolicy;
}

/**
 * A bucket in another S3-compatible store, created by the deployment. CloudFormation calls a function that talks to the store.
 */
export class ArchiveBucket extends Construct {
  public readonly onEvent: lambda.Function;

  constructor(scope: Construct, id: string, props: ArchiveBucketProps) {
    super(scope, id);

    const logGroup = functionLogs(this, props.logRetention, props.logRemovalPolicy);
    const role = loggingRole(this, 'Role', logGroup);
    props.credentials.grantRead(role);
    this.onEvent = new lambda.Function(this, 'Function', {
      description: 'Creates the archive bucket when the stack is deployed',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: props.architecture,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', 'photos-archive-bucket.zip')),
      handler: 'index.handler',
      timeout: Duration.minutes(2), // longer than the three tries of a request that a silent store never answers
      memorySize: 256,
      role,
      logGroup,
    });

    const frameworkRole = loggingRole(this, 'ProviderRole', logGroup);
    const provider = new Provider(this, 'Provider', { onEventHandler: this.onEvent, frameworkOnEventRole: frameworkRole, logGroup });
    acknowledgeWildcard(frameworkRole, `${this.onEvent.functionArn}:*`, 'the versions of one function, which CDK lets its framework call');
    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::WasabiBucket',
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.minutes(5), // an hour is CloudFormation's own, and too long to wait for a function that died
      removalPolicy: props.removalPolicy,
      properties: {
        BucketName: props.bucketName,
        Endpoint: props.endpoint,
        Region: props.region,
        SecretId: secretId(props.credentials),
        ObjectLockMode: props.objectLock?._mode,
        ObjectLockDays: props.objectLock?._days,
        OnDelete: props.removalPolicy === RemovalPolicy.DESTROY ? 'destroy' : 'keep',
      },
    });

    const calledByDeployments = {
      deadLetterConfig: 'a call that fails, or that nobody answers, fails the deployment, which then says why: there is nothing to redrive',
      reservedConcurrency: 'only CloudFormation calls it, now and then; what is reserved is taken from all other functions of the account',
      tracing: 'it runs in deployments only, which report how it ended; X-Ray costs extra, and its permissions know no narrower resource than *',
    };
    acknowledge(this.onEvent, {
      ...calledByDeployments,
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: Secrets Manager and the archive',
    });
    acknowledge(provider.node.findChild('framework-onEvent'), {
      ...calledByDeployments,
      customerKeyOfEnvironment: 'it holds the ARN of a function; Lambda encrypts it with a key of its own',
      latestRuntime: 'CDK picks the newest Node.js that Lambda has in the region of the stack, which is unknown before the deployment',
      memorySize: 'it is a function of CDK that hands an event on and waits, for which the default is enough',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: Lambda and CloudFormation',
    });
    seal(this);
  }
}
