import { Aws, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { IBaseService } from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DatabaseServer } from './database-server';
import { DatabaseSettings } from './database-settings';
import { RDS_NAMES, rdsArn } from './rds-names';
import { ROTATED } from './service-restart';
import { alarm } from '../../shared/alarm';
import { bundledFunction } from '../../shared/bundled-function';
import { allowKey } from '../../shared/key-grants';
import { allow, viaService } from '../../shared/service-role';

/** What stands for the password in the texts that the function is given. A test compares it with the function's. */
export const PASSWORD_PLACEHOLDER = '<password>';

/** What applications read, derived from the credentials of the server. */
interface Connection {
  readonly secret: secretsmanager.ISecret;
  /** With a placeholder. */
  readonly fields: Record<string, string>;
}

/**
 * Rotates the password of the master user by RDS's own API, and with it what applications read: docs/decisions/database-passwords.md.
 */
export class PasswordRotation extends Construct {
  public readonly fn: lambda.Function;
  private readonly role: iam.Role;
  private readonly services: IBaseService[] = [];

  constructor(scope: Construct, id: string, settings: DatabaseSettings, server: DatabaseServer, connection: Connection) {
    super(scope, id);

    const { fn, role } = bundledFunction(this, {
      description: 'Gives the master user of a database a new password, and applications the settings that go with it',
      bundle: 'database-rotation',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(10), // RDS applies a password within a minute or so, after what it is at
      calledBy: 'rotation',
      connectsTo: 'Secrets Manager, RDS, ECS and EventBridge',
      environment: {
        DATABASE_KIND: settings.kind,
        DATABASE_IDENTIFIER: server.identifier,
        CONNECTION_SECRET: connection.secret.secretArn,
        CONNECTION_FIELDS: Stack.of(this).toJsonString(connection.fields),
        SERVICES: Lazy.string({ produce: () => Stack.of(this).toJsonString(this.services.map(nameOf)) }),
      },
      logRetention: settings.retention.logs,
      removalPolicy: settings.retention.policy,
    });
    this.fn = fn;
    this.role = role;
    this.allowItsSteps(settings, server, connection.secret);
    this.fn.addPermission('SecretsManager', { principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'), sourceAccount: Aws.ACCOUNT_ID });

    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: server.credentials.secretArn,
      rotationLambdaArn: this.fn.functionArn,
      rotationRules: { automaticallyAfterDays: settings.rotateAfter.toDays() },
      rotateImmediatelyOnUpdate: false, // or the first password would be gone while the first applications start with it
    });
    schedule.node.addDependency(this.fn); // its permission and policy, too: Secrets Manager tries the function at once
  }

  public alarm(scope: Construct): cloudwatch.Alarm {
    return alarm(scope, 'RotationAlarm', {
      description: 'a rotation of the password failed; the log of the rotation function says why. Until one succeeds, new connections may be refused',
      metric: this.fn.metricErrors({ period: Duration.hours(1) }),
      atLeast: 1,
    });
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

  private allowItsSteps({ kind }: DatabaseSettings, server: DatabaseServer, connection: secretsmanager.ISecret): void {
    const { identifier, credentials, encryptionKey } = server;
    const { resource, noun } = RDS_NAMES[kind];
    allow(
      this.role,
      ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
      credentials.secretArn,
    );
    allow(this.role, ['secretsmanager:PutSecretValue'], connection.secretArn);
    allowKey(this.role, encryptionKey, ['kms:Decrypt', 'kms:GenerateDataKey'], viaService('secretsmanager'));
    allow(this.role, [`rds:Describe${noun}s`, `rds:Modify${noun}`], rdsArn(this, resource, identifier));
    const defaultBus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
    allow(this.role, ['events:PutEvents'], defaultBus, { // a request may have several events, and EventBridge refuses one without these
      'ForAllValues:StringEquals': { 'events:source': ROTATED.source, 'events:detail-type': ROTATED.detailType },
    });
  }
}

function nameOf({ cluster, serviceName }: IBaseService): { cluster: string; service: string } {
  return { cluster: cluster.clusterName, service: serviceName };
}
