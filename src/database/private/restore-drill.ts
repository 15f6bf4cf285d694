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
import { RDS_NAMES, rdsArn } from './rds-names';
import { drillDefinition } from './restore-drill-machine';
import { requireInstanceClass } from './validate-database';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { bundledFunction } from '../../shared/bundled-function';
import { Checks } from '../../shared/checks';
import { allowKey } from '../../shared/key-grants';
import { allow, serviceRole, viaService } from '../../shared/service-role';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { DatabaseRestoreDrillOptions } from '../database-options';

/** What the throw-away database is known by, to the policy that allows its deletion. A test compares it with the function's. */
export const DRILL_TAG = 'cdk-mainstay:restore-drill';

const OFTEN_ENOUGH = Duration.days(6);

export function validateDrill(checks: Checks, { every = OFTEN_ENOUGH, instanceType, query }: DatabaseRestoreDrillOptions): void {
  checks.days('every', every, { least: 1, most: 6, hint: 'an alarm can look back for seven, and rings a day after the drill was due' });
  checks.known('every', every, 'an alarm counts its days', { of: 'the restore drill' });
  requireInstanceClass(checks, "'instanceType' of the restore drill", instanceType);
  if (query !== undefined && query.trim() === '') throw checks.error(`'query' of the restore drill must be a statement, or left out, got '${query}'`);
}

/**
 * Restores the newest snapshot into a database that is reachable from one function only, has that ask it, and destroys it, on a schedule:
 * docs/decisions/restore-drill.md
 */
export class RestoreDrill extends Construct {
  public readonly machine: sfn.StateMachine;
  /** The role that restores and deletes. */
  public readonly role: iam.Role;
  public readonly alarms: cloudwatch.Alarm[];
  private readonly drillIdentifier: string;

  constructor(
    scope: Construct, id: string,
    private readonly settings: DatabaseSettings, private readonly server: DatabaseServer, private readonly options: DatabaseRestoreDrillOptions,
  ) {
    super(scope, id);
    const { every = OFTEN_ENOUGH } = options;
    this.drillIdentifier = stackScopedName(this, { maxLength: 63, words: ['drill', scope.node.id] });

    const [asking, restored] = this.securityGroups();
    const query = this.queryFunction(asking);
    const { fn: steps, role } = this.stepsFunction(restored, query);
    this.role = role;
    this.allowSteps(query);
    this.machine = this.stateMachine(steps);
    this.schedule(every);
    this.alarms = this.alarmsFor(every);
  }

  /** Of the function that asks, and of the database that is asked: they reach each other on one port, and nothing else. */
  private securityGroups(): [ec2.SecurityGroup, ec2.SecurityGroup] {
    const { vpc, port } = this.settings;
    const group = (id: string, description: string) => new ec2.SecurityGroup(this, id, { vpc, description, allowAllOutbound: false });
    const asking = group('Asking', 'Restore drill: the function that asks the restored database');
    const restored = group('Restored', 'Restore drill: the restored database');
    asking.connections.allowTo(restored, ec2.Port.tcp(port), 'the restored database');
    return [asking, restored];
  }

  private queryFunction(securityGroup: ec2.SecurityGroup): lambda.Function {
    const { settings: { engine, vpc, vpcSubnets, port, masterUsername, databaseName, retention }, options: { query } } = this;
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

  private stepsFunction(restored: ec2.SecurityGroup, query: lambda.Function) {
    const { settings: { kind, engine, port, serverless, retention, instanceClass }, server, options: { instanceType } } = this;
    return bundledFunction(new Construct(this, 'Login'), { // an id from before: with another one, its logs would be lost
      description: 'Takes the next step of a restore drill: restores, has it asked, destroys',
      bundle: 'database-drill',
      memorySize: Size.mebibytes(256),
      timeout: Duration.minutes(15),
      calledBy: 'stateMachine',
      connectsTo: 'RDS and Lambda',
      environment: {
        DATABASE_KIND: kind,
        DATABASE_IDENTIFIER: server.identifier,
        DRILL_IDENTIFIER: this.drillIdentifier,
        ENGINE: (engine.clusterEngine ?? engine.instanceEngine)!.engineType,
        INSTANCE_CLASS: `db.${instanceType ?? instanceClass}`,
        SUBNET_GROUP: server.subnetGroup.subnetGroupName,
        PARAMETER_GROUP: this.parameterGroupName(),
        SECURITY_GROUP: restored.securityGroupId,
        PORT: `${port}`,
        ...(serverless && !instanceType && { MAXIMUM_CAPACITY: `${serverless.maximumCapacity}` }),
        QUERY_FUNCTION: query.functionName,
      },
      logRetention: retention.logs,
      removalPolicy: retention.policy,
    });
  }

  private parameterGroupName(): string {
    const { parameterGroup } = this.server;
    return this.settings.kind === 'instance' ? parameterGroup.bindToInstance({}).parameterGroupName : parameterGroup.bindToCluster({}).parameterGroupName;
  }

  /** Read which snapshots there are, and make, change and delete what has the one name. */
  private allowSteps(query: lambda.Function): void {
    const { role, drillIdentifier, settings: { kind }, server: { identifier, subnetGroup: { subnetGroupName }, encryptionKey } } = this;
    const isCluster = kind === 'cluster';
    const { noun, of, resource, snapshot } = RDS_NAMES[kind];
    const instance = rdsArn(this, 'db', drillIdentifier);
    const throwaway = rdsArn(this, resource, drillIdentifier);
    const source = rdsArn(this, resource, identifier);
    const subnetGroup = rdsArn(this, 'subgrp', subnetGroupName);
    const parameters = rdsArn(this, isCluster ? 'cluster-pg' : 'pg', this.parameterGroupName());
    const snapshots = rdsArn(this, snapshot, `rds:${identifier}-*`); // RDS names the automated ones like this
    const anySnapshot = rdsArn(this, snapshot, '*');
    const optionGroups = rdsArn(this, 'og', 'default:*'); // one per engine and version, without options
    const marked = { StringEquals: { [`aws:ResourceTag/${DRILL_TAG}`]: drillIdentifier } };

    allow(role, [`rds:Describe${of}Snapshots`], [source, anySnapshot]);
    allow(role, [`rds:Describe${noun}s`], [source, throwaway]);
    allow(role, [`rds:Modify${noun}`], [throwaway]); // its password
    allow(role, ['rds:AddTagsToResource'], isCluster ? [instance, throwaway] : [throwaway]);
    allow(role, ['rds:DeleteDBInstance'], [instance], marked);
    if (isCluster) {
      const defaultParameters = rdsArn(this, 'pg', 'default.*');
      allow(role, ['rds:DescribeDBInstances'], [instance]);
      allow(role, ['rds:RestoreDBClusterFromSnapshot'], [throwaway, snapshots, subnetGroup, parameters, optionGroups]);
      allow(role, ['rds:CreateDBInstance'], [instance, throwaway, subnetGroup, defaultParameters, optionGroups]);
      allow(role, ['rds:DeleteDBCluster'], [throwaway], marked);
      acknowledgeWildcard(role, defaultParameters, 'an instance of a cluster has the default group of parameters of its engine and version');
    } else {
      allow(role, ['rds:RestoreDBInstanceFromDBSnapshot'], [throwaway, snapshots, subnetGroup, parameters, optionGroups]);
    }
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
    allowKey(role, encryptionKey, ['kms:CreateGrant', 'kms:DescribeKey'], viaService('rds'));
    allow(role, ['lambda:InvokeFunction'], query.functionArn);
    acknowledgeWildcard(role, snapshots, 'RDS names each automated snapshot by the database and the time');
    acknowledgeWildcard(role, anySnapshot, 'to list those of one database, RDS may ask for a permission on all; it is one to see their names');
    acknowledgeWildcard(role, optionGroups, 'an instance has the default group of options of its engine and version');
  }

  /** The function decides, the machine waits: RDS takes longer than a function may run. */
  private stateMachine(steps: lambda.Function): sfn.StateMachine {
    const role = serviceRole(this, 'Role', 'states.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
    });
    allow(role, ['lambda:InvokeFunction'], steps.functionArn);
    const definition = Stack.of(this).toJsonString(drillDefinition(steps.functionArn));
    const machine = new sfn.StateMachine(this, 'Machine', { role, definitionBody: sfn.DefinitionBody.fromString(definition) });
    acknowledge(machine, {
      workflowTracing: 'its executions show every step and how long it took; X-Ray would show no more, and its permissions know no narrower resource than *',
      workflowLogs: 'Step Functions keeps every step of an execution for 90 days, which is fifteen drills at least; alarms tell of failures',
    });
    return machine;
  }

  private schedule(every: Duration): void {
    const role = serviceRole(this, 'ScheduleRole', 'scheduler.amazonaws.com', {
      StringEquals: {
        'aws:SourceAccount': Aws.ACCOUNT_ID,
        'aws:SourceArn': Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
      },
    });
    this.machine.grantStartExecution(role);
    // Not a rule of EventBridge, whose first run is as far away as the next: this one begins at once, so that the alarm counts from there.
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: `Restores the newest snapshot of ${this.node.scope!.node.path}, tries it and destroys it`.slice(0, 512),
      schedule: scheduler.ScheduleExpression.rate(every),
      timeWindow: scheduler.TimeWindow.off(),
      target: { bind: () => ({ arn: this.machine.stateMachineArn, role }) },
    });
    schedule.node.addDependency(role, this.server.database); // the role with its policy; nothing else refers to the database
  }

  private alarmsFor(every: Duration): cloudwatch.Alarm[] {
    const subject = this.node.scope;
    const [hour, day] = [Duration.hours(1), Duration.days(1)];
    // A series without data makes a sum of series void, which FILL prevents: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    return [
      alarm(this, 'FailedAlarm', {
        subject,
        description: 'a restore drill failed; the last execution of the state machine says why. Until one succeeds, do not count on the backups',
        metric: new cloudwatch.MathExpression({
          expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])',
          usingMetrics: {
            failed: this.machine.metricFailed({ period: hour }),
            timedOut: this.machine.metricTimedOut({ period: hour }),
            aborted: this.machine.metricAborted({ period: hour }),
          },
          period: hour,
          label: 'drills without success',
        }),
        atLeast: 1,
      }),
      alarm(this, 'OverdueAlarm', {
        subject,
        description: `no restore drill has succeeded for ${every.toDays() + 1} days: is its schedule switched off? Days before there was the database do not count`,
        metric: new cloudwatch.MathExpression({
          expression: 'IF(FILL(exists, 0) > 0, FILL(succeeded, 0), 1)',
          usingMetrics: {
            exists: new cloudwatch.Metric({
              namespace: 'AWS/RDS',
              metricName: 'CPUUtilization',
              dimensionsMap: { [RDS_NAMES[this.settings.kind].dimension]: this.server.identifier },
              statistic: cloudwatch.Stats.SAMPLE_COUNT,
              period: day,
            }),
            succeeded: this.machine.metricSucceeded({ period: day }),
          },
          period: day,
          label: 'drills with success',
        }),
        below: 1,
        evaluationPeriods: every.toDays() + 1,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING, // nothing is what it rings for
      }),
    ];
  }
}
