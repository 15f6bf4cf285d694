import { ArnFormat, Aws, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { IBaseService } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DatabaseServer } from './database-server';
import { DatabaseSettings } from './database-settings';
import { ROTATED } from './service-restart';
import { bundledFunction } from '../../shared/bundled-function';
import { allowKey } from '../../shared/key-grants';
import { allow, viaService } from '../../shared/service-role';

/** What stands for the password in the texts that the function is given. A test compares it with the function's. */
export const PASSWORD_PLACEHOLDER = '<password>';

interface PasswordRotationProps {
  readonly settings: DatabaseSettings;
  readonly server: DatabaseServer;
  /** What applications read, derived from the credentials of the server. */
  readonly connection: secretsmanager.ISecret;
  /** The fields of that secret, with a placeholder. */
  readonly fields: Record<string, string>;
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

    const { settings, server: { identifier, credentials }, connection, fields } = props;
    const { fn, role } = bundledFunction(this, {
      description: 'Gives the master user of a database a new password, and applications the settings that go with it',
      bundle: 'database-rotation',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(10), // RDS applies a password within a minute or so, after what it is at
      calledBy: 'rotation',
      connectsTo: 'Secrets Manager, RDS, ECS and EventBridge',
      environment: {
        DATABASE_KIND: settings.kind,
        DATABASE_IDENTIFIER: identifier,
        CONNECTION_SECRET: connection.secretArn,
        CONNECTION_FIELDS: Stack.of(this).toJsonString(fields),
        SERVICES: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.services.map(nameOf)) }),
      },
      logRetention: settings.retention.logs,
      removalPolicy: settings.retention.policy,
    });
    this.fn = fn;
    this.role = role;
    this.allowItsSteps(props);
    this.fn.addPermission('SecretsManager', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID });
    this.errors = this.fn.metricErrors({ period: Duration.hours(1) });

    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: credentials.secretArn,
      rotationLambdaArn: this.fn.functionArn,
      rotationRules: { automaticallyAfterDays: settings.rotateAfter.toDays() },
      rotateImmediatelyOnUpdate: false, // or the first password would be gone while the first applications start with it
    });
    schedule.node.addDependency(this.fn); // its permission and policy, too: Secrets Manager tries the function at once
  }

  /** Has the tasks of a service replaced after each rotation, so that they read the new settings. */
  public restart(service: IBaseService): void {
    if (this.services.includes(service)) return;
    this.services.push(service);
    service.node.addValidation({ validate: () => this.waitingOf(service) });
    allow(this.role, ['ecs:UpdateService'], service.serviceArn);
  }

  /** A rotation waits for the services that it restarts, so none of them can wait for it. */
  private waitingOf(service: IBaseService): string[] {
    const awaited = service.node.scopes.flatMap(({ node }) => node.dependencies).filter((root) => this.node.scopes.includes(root));
    return awaited.map((root) =>
      `it waits for all of ${root.node.path}, and with it for the rotation that restarts it: let it wait for the database ${this.node.scope!.node.path} instead`);
  }

  private allowItsSteps({ settings, server: { identifier, credentials, encryptionKey }, connection }: PasswordRotationProps): void {
    const [resource, noun] = settings.kind === 'instance' ? ['db', 'DBInstance'] : ['cluster', 'DBCluster'];
    const database = Stack.of(this).formatArn({ service: 'rds', resource, resourceName: identifier, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    allow(
      this.role,
      ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
      credentials.secretArn,
    );
    allow(this.role, ['secretsmanager:PutSecretValue'], connection.secretArn);
    allowKey(this.role, encryptionKey, ['kms:Decrypt', 'kms:GenerateDataKey'], viaService('secretsmanager'));
    allow(this.role, [`rds:Describe${noun}s`, `rds:Modify${noun}`], database);
    const defaultBus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
    allow(this.role, ['events:PutEvents'], defaultBus, { // a request may have several events, and EventBridge refuses one without these
      'ForAllValues:StringEquals': { 'events:source': ROTATED.source, 'events:detail-type': ROTATED.detailType },
    });
  }
}

function nameOf({ cluster, serviceName }: IBaseService): { cluster: string; service: string } {
  return { cluster: cluster.clusterName, service: serviceName };
}
