import { join } from 'path';
import { ArnFormat, Aws, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { IBaseService } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { functionLogs } from '../../shared/function-logs';
import { loggingRole } from '../../shared/logging-role';
import { seal } from '../../shared/sealed';

/** What stands for the password in the texts that the function is given. A test compares it with the function's. */
export const PASSWORD_PLACEHOLDER = '<password>';

interface PasswordRotationProps {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  /** Its password is the master user's. */
  readonly credentials: secretsmanager.ISecret;
  /** What applications read, derived from it. */
  readonly connection: secretsmanager.ISecret;
  /** The fields of that secret, with a placeholder. */
  readonly fields: Record<string, string>;
  readonly encryptionKey: IKey;
  readonly rotateAfter: Duration;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Rotates the password of the master user by RDS's own API, and with it what applications read: docs/decisions/database-passwords.md.
 */
export class PasswordRotation extends Construct {
  public readonly fn: lambda.Function;
  public readonly errors: cloudwatch.Metric;
  private readonly role: iam.Role;
  private readonly services: IBaseService[] = [];

  constructor(scope: Construct, id: string, props: PasswordRotationProps) {
    super(scope, id);

    const logGroup = functionLogs(this, props.logRetention, props.removalPolicy);
    this.role = loggingRole(this, 'Role', logGroup);
    this.fn = new lambda.Function(this, 'Function', {
      description: 'Gives the master user of a database a new password, and applications the settings that go with it',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', 'database-rotation.zip')),
      handler: 'index.handler',
      memorySize: 256,
      timeout: Duration.minutes(10), // RDS applies a password within a minute or so, after what it is at
      role: this.role,
      logGroup,
      environment: {
        DATABASE_KIND: props.kind,
        DATABASE_IDENTIFIER: props.identifier,
        CONNECTION_SECRET: props.connection.secretArn,
        CONNECTION_FIELDS: Stack.of(this).toJsonString(props.fields),
        SERVICES: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.services.map(nameOf)) }),
      },
    });
    this.allowItsSteps(props);
    this.fn.addPermission('SecretsManager', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID });
    this.errors = this.fn.metricErrors({ period: Duration.hours(1) });

    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: props.credentials.secretArn,
      rotationLambdaArn: this.fn.functionArn,
      rotationRules: { automaticallyAfterDays: props.rotateAfter.toDays() },
      rotateImmediatelyOnUpdate: false, // or the first password would be gone while the first applications start with it
    });
    schedule.node.addDependency(this.fn); // its permission and policy, too: Secrets Manager tries the function at once

    acknowledge(this.fn, {
      customerKeyOfEnvironment: 'it holds names, addresses and the shape of the settings; Lambda encrypts it with a key of its own',
      deadLetterConfig: 'Secrets Manager calls it, tries again what failed, and an alarm tells: there is nothing to redrive',
      reservedConcurrency: 'Secrets Manager calls it, four times per rotation; what is reserved is taken from all other functions of the account',
      tracing: 'its log says how each step ended; X-Ray costs extra, and its permissions know no narrower resource than *',
      vpc: 'nothing can connect to it, and it connects to public endpoints of AWS only: it changes the password by RDS, and never talks to the database',
    });
    seal(this);
  }

  /** Has the tasks of a service replaced after each rotation, so that they read the new settings. */
  public restart(service: IBaseService): void {
    if (this.services.includes(service)) return;
    this.services.push(service);
    service.node.addValidation({ validate: () => this.waitingOf(service) });
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['ecs:UpdateService'], resources: [service.serviceArn] }));
  }

  /** A rotation waits for the services that it restarts, so none of them can wait for it. */
  private waitingOf(service: IBaseService): string[] {
    const awaited = service.node.scopes.flatMap(({ node }) => node.dependencies).filter((root) => this.node.scopes.includes(root));
    return awaited.map((root) =>
      `it waits for all of ${root.node.path}, and with it for the rotation that restarts it: let it wait for the database ${this.node.scope!.node.path} instead`);
  }

  private allowItsSteps({ kind, identifier, credentials, connection, encryptionKey }: PasswordRotationProps): void {
    const [resource, noun] = kind === 'instance' ? ['db', 'DBInstance'] : ['cluster', 'DBCluster'];
    const database = Stack.of(this).formatArn({ service: 'rds', resource, resourceName: identifier, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    const allow = (actions: string[], arn: string, conditions?: Record<string, unknown>) =>
      this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [arn], conditions }));
    allow(
      ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
      credentials.secretArn,
    );
    allow(['secretsmanager:PutSecretValue'], connection.secretArn);
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], encryptionKey.keyArn, {
      StringLike: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com*` }, // China's ends in .cn
    });
    allow([`rds:Describe${noun}s`, `rds:Modify${noun}`], database);
  }
}

function nameOf({ cluster, serviceName }: IBaseService): { cluster: string; service: string } {
  return { cluster: cluster.clusterName, service: serviceName };
}
