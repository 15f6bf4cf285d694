import { ArnFormat, Aws, Duration, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DatabaseServer } from './database-server';
import { DatabaseSettings } from './database-settings';
import { DRILL_TAG, drillDefinition } from './restore-drill-machine';
import { requireInstanceClass } from './validate-database';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { bundledFunction } from '../../shared/bundled-function';
import { Checks } from '../../shared/checks';
import { allowKey } from '../../shared/key-grants';
import { allow, serviceRole, viaService } from '../../shared/service-role';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { DatabaseRestoreDrillOptions } from '../database-options';

interface RestoreDrillProps extends DatabaseRestoreDrillOptions {
  readonly settings: DatabaseSettings;
  readonly server: DatabaseServer;
}

const OFTEN_ENOUGH = Duration.days(6);

export function validateDrill(checks: Checks, { every = OFTEN_ENOUGH, instanceType, query }: DatabaseRestoreDrillOptions): void {
  checks.days('every', every, { least: 1, most: 6, hint: 'an alarm can look back for seven, and rings a day after the drill was due' });
  checks.known('every', every, 'an alarm counts its days', { of: 'the restore drill' });
  requireInstanceClass(checks, "'instanceType' of the restore drill", instanceType);
  if (query !== undefined && query.trim() === '') throw checks.error(`'query' of the restore drill must be a statement, or left out, got '${query}'`);
}

/**
 * Restores the newest snapshot into a database that nobody reaches but one function, has that ask it, and destroys it, on a schedule:
 * docs/decisions/restore-drill.md
 */
export class RestoreDrill extends Construct {
  public readonly machine: sfn.StateMachine;
  public readonly alarms: cloudwatch.Alarm[];
  private readonly drillIdentifier: string;

  constructor(scope: Construct, id: string, private readonly props: RestoreDrillProps) {
    super(scope, id);
    const every = props.every ?? OFTEN_ENOUGH;
    this.drillIdentifier = stackScopedName(this, { maxLength: 63, words: ['drill', scope.node.id] });

    const [asking, restored] = this.securityGroups();
    const query = this.queryFunction(asking);
    const login = this.loginFunction(query);
    const role = this.machineRole(login);
    this.machine = new sfn.StateMachine(this, 'Machine', { role, definitionBody: sfn.DefinitionBody.fromString(this.definition(restored, login)) });
    acknowledge(this.machine, {
      workflowTracing: 'its executions show every step and how long it took; X-Ray would show no more, and its permissions know no narrower resource than *',
      workflowLogs: 'Step Functions keeps every step of an execution for 90 days, which is fifteen drills at least; alarms tell of failures',
    });
    this.schedule(every);
    this.alarms = this.alarmsFor(every);
  }

  private definition(restored: ec2.SecurityGroup, login: lambda.Function): string {
    const { settings, server, instanceType } = this.props;
    const { kind, engine, port, serverless } = settings;
    return Stack.of(this).toJsonString(drillDefinition({
      kind,
      identifier: server.identifier,
      drillIdentifier: this.drillIdentifier,
      engine: (engine.clusterEngine ?? engine.instanceEngine)!.engineType,
      instanceClass: `db.${instanceType ?? settings.instanceClass}`,
      subnetGroupName: server.subnetGroup.subnetGroupName,
      parameterGroupName: this.parameterGroupName(),
      securityGroupId: restored.securityGroupId,
      ...(serverless && !instanceType && { serverlessCapacity: { MinCapacity: 0.5, MaxCapacity: serverless.maximumCapacity } }),
      port,
      loginFunctionArn: login.functionArn,
    }));
  }

  private parameterGroupName(): string {
    const { settings: { kind }, server: { parameterGroup } } = this.props;
    return kind === 'instance' ? parameterGroup.bindToInstance({}).parameterGroupName : parameterGroup.bindToCluster({}).parameterGroupName;
  }

  /** Of the function that asks, and of the database that is asked: they reach each other on one port, and nothing else. */
  private securityGroups(): [ec2.SecurityGroup, ec2.SecurityGroup] {
    const { vpc, port } = this.props.settings;
    const group = (id: string, description: string) => new ec2.SecurityGroup(this, id, { vpc, description, allowAllOutbound: false });
    const asking = group('Asking', 'Restore drill: the function that asks the restored database');
    const restored = group('Restored', 'Restore drill: the restored database');
    asking.connections.allowTo(restored, ec2.Port.tcp(port), 'the restored database');
    return [asking, restored];
  }

  private queryFunction(securityGroup: ec2.SecurityGroup): lambda.Function {
    const { settings, query } = this.props;
    const { engine, vpc, vpcSubnets, port, masterUsername, databaseName, retention } = settings;
    const { fn, role } = bundledFunction(new Construct(this, 'Query'), {
      description: 'Asks a restored database whether it is what was backed up',
      bundle: 'database-drill-query',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(5),
      calledBy: 'stateMachine',
      vpc,
      vpcSubnets,
      securityGroups: [securityGroup],
      logRetention: retention.logs,
      removalPolicy: retention.policy,
      environment: {
        DATABASE_FAMILY: engine.family,
        DATABASE_PORT: `${port}`,
        DATABASE_USER: masterUsername,
        DATABASE_NAME: databaseName,
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem', // of Lambda, with RDS's authorities, which Node.js does not know by itself
        ...(query !== undefined && { QUERY: query }),
      },
    });
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    allow(role, ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], '*');
    const unboundWrites = 'Lambda puts the function into the network by it, and takes no narrower resource; the function itself reaches no AWS API';
    acknowledgeWildcard(role, '*', unboundWrites);
    acknowledge(role.node.findChild('DefaultPolicy'), { unboundWrites });
    return fn;
  }

  private loginFunction(query: lambda.Function): lambda.Function {
    const { kind, retention } = this.props.settings;
    const { fn, role } = bundledFunction(new Construct(this, 'Login'), {
      description: 'Gives a restored database a password that nobody else knows, and has it asked',
      bundle: 'database-drill-login',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(15),
      calledBy: 'stateMachine',
      connectsTo: 'RDS and Lambda',
      environment: { DRILL_KIND: kind, DRILL_IDENTIFIER: this.drillIdentifier, QUERY_FUNCTION: query.functionName },
      logRetention: retention.logs,
      removalPolicy: retention.policy,
    });
    const [resource, noun] = kind === 'instance' ? ['db', 'DBInstance'] : ['cluster', 'DBCluster'];
    allow(role, [`rds:Describe${noun}s`, `rds:Modify${noun}`], this.arn(resource, this.drillIdentifier));
    allow(role, ['lambda:InvokeFunction'], query.functionArn);
    return fn;
  }

  /** What the state machine may: read which snapshots there are, and make and delete what has the one name. */
  private machineRole(login: lambda.Function): iam.Role {
    const { settings: { kind }, server: { identifier, subnetGroup: { subnetGroupName }, encryptionKey } } = this.props;
    const parameterGroupName = this.parameterGroupName();
    const role = serviceRole(this, 'Role', 'states.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
    });
    const isCluster = kind === 'cluster';
    const instance = this.arn('db', this.drillIdentifier);
    const cluster = this.arn('cluster', this.drillIdentifier);
    const subnetGroup = this.arn('subgrp', subnetGroupName);
    const snapshots = this.arn(isCluster ? 'cluster-snapshot' : 'snapshot', `rds:${identifier}-*`); // RDS names the automated ones like this
    const anySnapshot = this.arn(isCluster ? 'cluster-snapshot' : 'snapshot', '*');
    const optionGroups = this.arn('og', 'default:*'); // one per engine and version, without options
    const made = isCluster ? [instance, cluster] : [instance];

    allow(role, [isCluster ? 'rds:DescribeDBClusterSnapshots' : 'rds:DescribeDBSnapshots'], [this.arn(isCluster ? 'cluster' : 'db', identifier), anySnapshot]);
    allow(role, ['rds:DescribeDBInstances'], [instance]);
    allow(role, ['rds:AddTagsToResource'], made);
    allow(role, ['rds:DeleteDBInstance'], [instance], { StringEquals: { [`aws:ResourceTag/${DRILL_TAG}`]: this.drillIdentifier } });
    if (isCluster) {
      const defaultParameters = this.arn('pg', 'default.*');
      allow(role, ['rds:DescribeDBClusters'], [cluster]);
      allow(role, ['rds:RestoreDBClusterFromSnapshot'], [cluster, snapshots, subnetGroup, this.arn('cluster-pg', parameterGroupName), optionGroups]);
      allow(role, ['rds:CreateDBInstance'], [instance, cluster, subnetGroup, defaultParameters, optionGroups]);
      allow(role, ['rds:DeleteDBCluster'], [cluster], { StringEquals: { [`aws:ResourceTag/${DRILL_TAG}`]: this.drillIdentifier } });
      acknowledgeWildcard(role, defaultParameters, 'an instance of a cluster has the default group of parameters of its engine and version');
    } else {
      allow(role, ['rds:RestoreDBInstanceFromDBSnapshot'], [instance, snapshots, subnetGroup, this.arn('pg', parameterGroupName), optionGroups]);
    }
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
    allowKey(role, encryptionKey, ['kms:CreateGrant', 'kms:DescribeKey'], viaService('rds'));
    allow(role, ['lambda:InvokeFunction'], login.functionArn);
    acknowledgeWildcard(role, snapshots, 'RDS names each automated snapshot by the database and the time');
    acknowledgeWildcard(role, anySnapshot, 'to list those of one database, RDS may ask for a permission on all; it is one to see their names');
    acknowledgeWildcard(role, optionGroups, 'an instance has the default group of options of its engine and version');
    return role;
  }

  private schedule(every: Duration): void {
    const role = serviceRole(this, 'ScheduleRole', 'scheduler.amazonaws.com', {
      StringEquals: {
        'aws:SourceAccount': Aws.ACCOUNT_ID,
        'aws:SourceArn': Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
      },
    });
    this.machine.grantStartExecution(role);
    // Not a rule of EventBridge, whose first run is as far away as the next: this one begins with a drill.
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: `Restores the newest snapshot of ${this.node.scope!.node.path}, tries it and destroys it`.slice(0, 512),
      schedule: scheduler.ScheduleExpression.rate(every),
      timeWindow: scheduler.TimeWindow.off(),
      target: { bind: () => ({ arn: this.machine.stateMachineArn, role }) },
    });
    schedule.node.addDependency(role); // with its policy
  }

  private alarmsFor(every: Duration): cloudwatch.Alarm[] {
    const subject = this.node.scope;
    const period = Duration.hours(1);
    return [
      alarm(this, 'FailedAlarm', {
        subject,
        description: 'a restore drill failed; the last execution of the state machine says at which step. Until one succeeds, do not count on the backups',
        metric: new cloudwatch.MathExpression({
          expression: 'failed + timedOut + aborted',
          usingMetrics: {
            failed: this.machine.metricFailed({ period }),
            timedOut: this.machine.metricTimedOut({ period }),
            aborted: this.machine.metricAborted({ period }),
          },
          period,
          label: 'drills without success',
        }),
        atLeast: 1,
      }),
      alarm(this, 'OverdueAlarm', {
        subject,
        description: `no restore drill has succeeded for ${every.toDays() + 1} days: is its schedule switched off? It rings from the first deployment until the first has`,
        metric: this.machine.metricSucceeded({ period: Duration.days(1) }),
        below: 1,
        evaluationPeriods: every.toDays() + 1,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING, // nothing is what it rings for
      }),
    ];
  }

  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }
}
