import { join } from 'path';
import { ArnFormat, Aws, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EngineTraits } from './engine-traits';
import { requireInstanceClass } from './instance-class';
import { DRILL_TAG, drillDefinition } from './restore-drill-machine';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { earlyName } from '../../shared/early-name';
import { functionLogs } from '../../shared/function-logs';
import { loggingRole } from '../../shared/logging-role';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { DatabaseRestoreDrillOptions } from '../database-restore-drill-options';

interface RestoreDrillProps extends DatabaseRestoreDrillOptions {
  readonly engine: EngineTraits;
  readonly identifier: string;
  /** Without `db.`. */
  readonly instanceClass: string;
  readonly maximumCapacity?: number;
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection;
  readonly subnetGroupName: string;
  readonly parameterGroupName: string;
  readonly port: number;
  readonly user: string;
  readonly databaseName: string;
  readonly encryptionKey: IKey;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

const OFTEN_ENOUGH = Duration.days(6);

export function validateDrill(where: string, drill: DatabaseRestoreDrillOptions): void {
  const days = requireUnit(where, 'every', 'Duration.days()', () => (drill.every ?? OFTEN_ENOUGH).toDays({ integral: false }));
  if (Token.isUnresolved(days)) throw new Error(`${where}: 'every' of the restore drill must be known at synthesis, got a token: an alarm counts its days`);
  requireWholeNumber({ where, prop: 'every', value: days, least: 1, most: 6, unit: 'days', hint: 'an alarm can look back for seven, and rings a day after the drill was due' });
  requireInstanceClass(where, "'instanceType' of the restore drill", drill.instanceType);
  if (drill.query !== undefined && drill.query.trim() === '') throw new Error(`${where}: 'query' of the restore drill must be a statement, or left out, got '${drill.query}'`);
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
    this.drillIdentifier = earlyName(this, ['drill', scope.node.id], 63);
    const kind = props.engine.clusterEngine ? 'cluster' : 'instance';

    const [asking, restored] = this.securityGroups();
    const query = this.queryFunction(asking);
    const login = this.loginFunction(kind, query);
    const role = this.machineRole(kind, login);
    this.machine = new sfn.StateMachine(this, 'Machine', {
      role,
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(drillDefinition({
        kind,
        identifier: props.identifier,
        drillIdentifier: this.drillIdentifier,
        engine: (props.engine.clusterEngine ?? props.engine.instanceEngine)!.engineType,
        instanceClass: `db.${props.instanceType?.toString() ?? props.instanceClass}`,
        subnetGroupName: props.subnetGroupName,
        parameterGroupName: props.parameterGroupName,
        securityGroupId: restored.securityGroupId,
        ...(props.maximumCapacity !== undefined && !props.instanceType && {
          serverlessCapacity: { MinCapacity: 0.5, MaxCapacity: props.maximumCapacity },
        }),
        port: props.port,
        loginFunctionArn: login.functionArn,
      }))),
    });
    acknowledge(this.machine, {
      workflowTracing: 'its executions show every step and how long it took; X-Ray would show no more, and its permissions know no narrower resource than *',
      workflowLogs: 'Step Functions keeps every step of an execution for 90 days, which is fifteen drills at least; alarms tell of failures',
    });
    this.schedule(every);
    this.alarms = this.alarmsFor(every);
  }

  /** Of the function that asks, and of the database that is asked: they reach each other on one port, and nothing else. */
  private securityGroups(): [ec2.SecurityGroup, ec2.SecurityGroup] {
    const group = (id: string, description: string) => new ec2.SecurityGroup(this, id, { vpc: this.props.vpc, description, allowAllOutbound: false });
    const asking = group('Asking', 'Restore drill: the function that asks the restored database');
    const restored = group('Restored', 'Restore drill: the restored database');
    asking.connections.allowTo(restored, ec2.Port.tcp(this.props.port), 'the restored database');
    return [asking, restored];
  }

  private queryFunction(securityGroup: ec2.SecurityGroup): lambda.Function {
    const { engine, vpc, vpcSubnets, port, user, databaseName, query } = this.props;
    const scope = new Construct(this, 'Query');
    const { fn, role } = this.fn(scope, 'database-drill-query', {
      description: 'Asks a restored database whether it is what was backed up',
      timeout: Duration.minutes(5),
      vpc,
      vpcSubnets,
      securityGroups: [securityGroup],
      environment: {
        DATABASE_FAMILY: engine.family,
        DATABASE_PORT: `${port}`,
        DATABASE_USER: user,
        DATABASE_NAME: databaseName,
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem', // of Lambda, with RDS's authorities, which Node.js does not know by itself
        ...(query !== undefined && { QUERY: query }),
      },
    });
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'],
    }));
    const unboundWrites = 'Lambda puts the function into the network by it, and takes no narrower resource; the function itself reaches no AWS API';
    acknowledgeWildcard(role, '*', unboundWrites);
    acknowledge(role.node.findChild('DefaultPolicy'), { unboundWrites });
    acknowledge(fn, { tracing: 'the state machine shows what failed; X-Ray costs extra, and nothing of AWS is reached from the network that it is in' });
    return fn;
  }

  private loginFunction(kind: 'instance' | 'cluster', query: lambda.Function): lambda.Function {
    const scope = new Construct(this, 'Login');
    const { fn, role } = this.fn(scope, 'database-drill-login', {
      description: 'Gives a restored database a password that nobody else knows, and has it asked',
      timeout: Duration.minutes(15),
      environment: { DRILL_KIND: kind, DRILL_IDENTIFIER: this.drillIdentifier, QUERY_FUNCTION: query.functionName },
    });
    const [resource, noun] = kind === 'instance' ? ['db', 'DBInstance'] : ['cluster', 'DBCluster'];
    allow(role, [`rds:Describe${noun}s`, `rds:Modify${noun}`], [this.arn(resource, this.drillIdentifier)]);
    allow(role, ['lambda:InvokeFunction'], [query.functionArn]);
    acknowledge(fn, {
      tracing: 'the state machine shows what failed; X-Ray costs extra, and its permissions know no narrower resource than *',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints of AWS only: RDS and Lambda',
    });
    return fn;
  }

  private fn(
    scope: Construct, bundle: string, props: Pick<lambda.FunctionProps, 'description' | 'timeout' | 'environment' | 'vpc' | 'vpcSubnets' | 'securityGroups'>,
  ): { fn: lambda.Function; role: iam.Role } {
    const logGroup = functionLogs(scope, this.props.logRetention, this.props.removalPolicy);
    const role = loggingRole(scope, 'Role', logGroup);
    const fn = new lambda.Function(scope, 'Function', {
      ...props,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', `${bundle}.zip`)),
      handler: 'index.handler',
      memorySize: 256,
      role,
      logGroup,
    });
    acknowledge(fn, {
      customerKeyOfEnvironment: 'it holds names and a statement, and no password; Lambda encrypts it with a key of its own',
      deadLetterConfig: 'it is called by who waits for the answer: there is nothing to redrive',
      reservedConcurrency: 'it runs once in a drill; what is reserved is taken from all other functions of the account',
    });
    return { fn, role };
  }

  /** What the state machine may: read which snapshots there are, and make and delete what has the one name. */
  private machineRole(kind: 'instance' | 'cluster', login: lambda.Function): iam.Role {
    const { identifier, subnetGroupName, parameterGroupName, encryptionKey } = this.props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }) },
        },
      }),
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
    allow(role, ['kms:CreateGrant', 'kms:DescribeKey'], [encryptionKey.keyArn], { StringLike: { 'kms:ViaService': `rds.${Aws.REGION}.amazonaws.com*` } }); // China's ends in .cn
    allow(role, ['lambda:InvokeFunction'], [login.functionArn]);
    acknowledgeWildcard(role, snapshots, 'RDS names each automated snapshot by the database and the time');
    acknowledgeWildcard(role, anySnapshot, 'to list those of one database, RDS may ask for a permission on all; it is one to see their names');
    acknowledgeWildcard(role, optionGroups, 'an instance has the default group of options of its engine and version');
    acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
    return role;
  }

  private schedule(every: Duration): void {
    const role = new iam.Role(this, 'ScheduleRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Aws.ACCOUNT_ID,
            'aws:SourceArn': Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }),
          },
        },
      }),
    });
    this.machine.grantStartExecution(role);
    acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
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
    const path = this.node.scope!.node.path;
    const period = Duration.hours(1);
    const failed = new cloudwatch.MathExpression({
      expression: 'failed + timedOut + aborted',
      usingMetrics: {
        failed: this.machine.metricFailed({ period }),
        timedOut: this.machine.metricTimedOut({ period }),
        aborted: this.machine.metricAborted({ period }),
      },
      period,
      label: 'drills without success',
    });
    return [
      new cloudwatch.Alarm(this, 'FailedAlarm', {
        alarmDescription: `${path}: a restore drill failed; the last execution of the state machine says at which step. Until one succeeds, do not count on the backups`,
        metric: failed,
        threshold: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      }),
      new cloudwatch.Alarm(this, 'OverdueAlarm', {
        alarmDescription: `${path}: no restore drill has succeeded for ${every.toDays() + 1} days: is its schedule switched off? It rings from the first deployment until the first has`,
        metric: this.machine.metricSucceeded({ period: Duration.days(1) }),
        threshold: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: every.toDays() + 1,
        treatMissingData: cloudwatch.TreatMissingData.BREACHING, // nothing is what it rings for
      }),
    ];
  }

  private arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }
}

function allow(role: iam.Role, actions: string[], resources: string[], conditions?: Record<string, unknown>): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
}
