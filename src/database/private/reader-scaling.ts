import { Annotations, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as scaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { requireWholeNumber } from '../../shared/require-whole-number';

interface ReaderScalingProps {
  /** Those that are always there, besides the standby. */
  readonly readers: number;
  readonly standby: boolean;
  readonly maxReaders?: number;
  readonly readerTargetCpuPercent?: number;
  readonly readerTargetConnections?: number;
}

/** What Aurora takes: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html */
const MOST_REPLICAS = 15;

export function validateReaderScaling(where: string, engine: string, isCluster: boolean, props: ReaderScalingProps): void {
  const { readers, standby, maxReaders, readerTargetCpuPercent, readerTargetConnections } = props;
  if (maxReaders === undefined) {
    const given = readerTargetCpuPercent !== undefined ? 'readerTargetCpuPercent' : readerTargetConnections !== undefined && 'readerTargetConnections';
    if (given) throw new Error(`${where}: '${given}' must be left out without 'maxReaders': nothing scales`);
    return;
  }
  if (!isCluster) throw new Error(`${where}: 'maxReaders' must be left out for ${engine}: only a cluster has readers; take an Aurora engine`);
  if (readers + (standby ? 1 : 0) === 0) {
    throw new Error(`${where}: 'readers' must be at least 1 with 'maxReaders' and no standby, got 0: what it scales on is measured on the readers that there are`);
  }
  if (Token.isUnresolved(maxReaders)) throw new Error(`${where}: 'maxReaders' must be known at synthesis, got a token: the standby is added to it`);
  requireWholeNumber({ where, prop: 'maxReaders', value: maxReaders, least: readers + 1, most: MOST_REPLICAS - (standby ? 1 : 0), hint: 'more than \'readers\', which are always there' });
  if (readerTargetCpuPercent !== undefined) requireWholeNumber({ where, prop: 'readerTargetCpuPercent', value: readerTargetCpuPercent, least: 1, most: 100 });
  if (readerTargetConnections !== undefined) requireWholeNumber({ where, prop: 'readerTargetConnections', value: readerTargetConnections, least: 1 });
}

/** Aurora Auto Scaling's own: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.Add.html */
const COOLDOWN_SECONDS = 300;

/** Ours: a reader is there after some minutes, in which those that are there take what comes. */
const TARGET_CPU_PERCENT = 60;

/**
 * Has Aurora Auto Scaling add readers and take those away that it added. It counts all readers of the cluster, the standby, too. It works by the
 * role that AWS makes in the account for it, so none is given.
 */
export function scaleReaders(scope: Construct, cluster: rds.DatabaseCluster, props: ReaderScalingProps): scaling.CfnScalableTarget | undefined {
  const { readers, standby, maxReaders, readerTargetConnections } = props;
  if (maxReaders === undefined) return undefined;
  const besides = standby ? 1 : 0;
  const target = new scaling.CfnScalableTarget(scope, 'ReaderScaling', {
    serviceNamespace: scaling.ServiceNamespace.RDS,
    scalableDimension: 'rds:cluster:ReadReplicaCount',
    resourceId: `cluster:${cluster.clusterIdentifier}`,
    minCapacity: readers + besides,
    maxCapacity: maxReaders + besides,
  });
  target.node.addDependency(cluster); // with its readers, which it counts
  const cpuPercent = props.readerTargetCpuPercent ?? (readerTargetConnections === undefined ? TARGET_CPU_PERCENT : undefined);
  if (cpuPercent !== undefined) follow(scope, target, 'ReaderCpu', scaling.PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION, cpuPercent);
  if (readerTargetConnections !== undefined) {
    follow(scope, target, 'ReaderConnections', scaling.PredefinedMetric.RDS_READER_AVERAGE_DATABASE_CONNECTIONS, readerTargetConnections);
  }
  return target;
}

function follow(
  scope: Construct, target: scaling.CfnScalableTarget, id: string, predefinedMetricType: scaling.PredefinedMetric, targetValue: number,
): void {
  new scaling.CfnScalingPolicy(scope, id, {
    policyName: id,
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.ref,
    targetTrackingScalingPolicyConfiguration: {
      predefinedMetricSpecification: { predefinedMetricType }, targetValue, scaleInCooldown: COOLDOWN_SECONDS, scaleOutCooldown: COOLDOWN_SECONDS,
    },
  });
}

/** RDS deletes no cluster that has an instance. */
export function warnOfScaledReaders(scope: Construct, removalPolicy: RemovalPolicy): void {
  if (removalPolicy !== RemovalPolicy.DESTROY && removalPolicy !== RemovalPolicy.SNAPSHOT) return;
  Annotations.of(scope).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.ScaledReadersStay',
    'the stack cannot be deleted while its cluster has a reader that scaling added, as CloudFormation does not know of it: take \'maxReaders\' away first, deploy, and delete the readers that are left',
  );
}
