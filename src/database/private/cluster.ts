import { RemovalPolicy } from 'aws-cdk-lib';
import * as scaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DatabaseSettings } from './database-settings';
import { requireInstanceClass } from './validate-database';
import { addWarning } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { requireOfferedClass } from '../../shared/instance-classes';
import { DatabaseServerlessOptions } from '../database-options';

type CapacitySettings = Pick<DatabaseSettings, 'engine' | 'kind' | 'region' | 'instanceType' | 'serverless' | 'readers'>;
type ReaderSettings = Pick<DatabaseSettings, 'engine' | 'kind' | 'readers' | 'standby' | 'maxReaders' | 'readerTargetCpuPercent' | 'readerTargetConnections'>;

/** The instances of a cluster: a writer, a standby that takes over first, and readers that take over last. */
export function clusterInstances({ instanceType, serverless, standby, readers, maintenanceWindow }: DatabaseSettings) {
  const common = { autoMinorVersionUpgrade: true, publiclyAccessible: false, preferredMaintenanceWindow: maintenanceWindow };
  const reader = (id: string, promotionTier: number) => (serverless
    ? rds.ClusterInstance.serverlessV2(id, { ...common, scaleWithWriter: promotionTier < 2 })
    : rds.ClusterInstance.provisioned(id, { ...common, instanceType, promotionTier }));
  return {
    writer: serverless ? rds.ClusterInstance.serverlessV2('Writer', common) : rds.ClusterInstance.provisioned('Writer', { ...common, instanceType }),
    readers: [
      ...(standby ? [reader('Standby', 0)] : []),
      ...Array.from({ length: readers }, (_, index) => reader(`Reader${index + 1}`, 2)),
    ],
    ...(serverless && {
      serverlessV2MaxCapacity: serverless.maximumCapacity,
      serverlessV2MinCapacity: minimumCapacityOf(serverless),
      serverlessV2AutoPauseDuration: serverless.autoPauseAfter,
    }),
  };
}

/** In Aurora capacity units. */
export function minimumCapacityOf({ minimumCapacity, autoPauseAfter }: DatabaseServerlessOptions): number {
  return minimumCapacity ?? (autoPauseAfter ? 0 : 0.5);
}

/** Whether there are readers that applications read from: the standby alone is not for that. */
export function servesReads({ readers, maxReaders }: DatabaseSettings): boolean {
  return readers > 0 || maxReaders !== undefined;
}

export function validateCapacity(checks: Checks, { engine, kind, region, serverless, instanceType, readers }: CapacitySettings): void {
  requireInstanceClass(checks, "'instanceType'", instanceType);
  requireOfferedClass(checks, "'instanceType'", kind, instanceType?.toString(), region);
  if (kind === 'instance' && (serverless || readers > 0)) {
    throw checks.error(
      `'${serverless ? 'serverless' : 'readers'}' must be left out for ${engine.name} ${engine.version}: only a cluster has it; take an Aurora engine`,
    );
  }
  checks.known('readers', readers, 'each is a resource');
  checks.wholeNumber('readers', readers, { least: 0, most: 14 }); // with the standby 15, all that Aurora takes
  if (!serverless) return;
  if (instanceType) throw checks.error(`'instanceType' must be left out with 'serverless', got ${instanceType}: capacity says it`);
  const { maximumCapacity, autoPauseAfter } = serverless;
  const minimumCapacity = minimumCapacityOf(serverless);
  requireCapacity(checks, 'minimumCapacity', minimumCapacity, 0);
  requireCapacity(checks, 'maximumCapacity', maximumCapacity, Math.max(1, minimumCapacity));
  if (autoPauseAfter && minimumCapacity !== 0) {
    throw checks.error(`'minimumCapacity' must be 0 or left out with 'autoPauseAfter', got ${minimumCapacity}: a cluster pauses at 0`);
  }
  checks.seconds('autoPauseAfter', autoPauseAfter, { least: 300, most: 86_400 });
}

function requireCapacity(checks: Checks, prop: string, value: number, least: number): void {
  checks.known(prop, value, 'alarms are shares of it');
  if (!Number.isInteger(value * 2) || value < least || value > 256) {
    throw checks.error(`'${prop}' must be between ${least} and 256, in steps of a half, got ${value}`);
  }
}

/** What Aurora takes: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html */
const MOST_REPLICAS = 15;

export function validateReaderScaling(checks: Checks, settings: ReaderSettings): void {
  const { engine, readers, standby, maxReaders, readerTargetCpuPercent, readerTargetConnections } = settings;
  if (maxReaders === undefined) {
    const given = readerTargetCpuPercent !== undefined ? 'readerTargetCpuPercent' : readerTargetConnections !== undefined && 'readerTargetConnections';
    if (given) throw checks.error(`'${given}' must be left out without 'maxReaders': nothing scales`);
    return;
  }
  if (settings.kind === 'instance') {
    throw checks.error(`'maxReaders' must be left out for ${engine.name} ${engine.version}: only a cluster has readers; take an Aurora engine`);
  }
  const standbys = standby ? 1 : 0;
  if (readers + standbys === 0) {
    throw checks.error("'readers' must be at least 1 with 'maxReaders' and no standby, got 0: what it scales on is measured on the readers that there are");
  }
  checks.known('maxReaders', maxReaders, 'the standby is added to it');
  checks.wholeNumber('maxReaders', maxReaders, { least: readers + 1, most: MOST_REPLICAS - standbys, hint: "more than 'readers', which are always there" });
  checks.wholeNumber('readerTargetCpuPercent', readerTargetCpuPercent, { least: 1, most: 100 });
  checks.wholeNumber('readerTargetConnections', readerTargetConnections, { least: 1 });
}

/** Aurora Auto Scaling's own: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.Add.html */
const COOLDOWN_SECONDS = 300;

/** Ours: a reader is there after some minutes, in which those that are there take what comes. */
const TARGET_CPU_PERCENT = 60;

/**
 * Has Aurora Auto Scaling add readers and take those away that it added, if there is a `maxReaders`. It counts all readers of the cluster, the standby, too.
 * It works by the role that AWS makes in the account for it, so none is given.
 */
export function scaleReaders(scope: Construct, cluster: rds.DatabaseCluster, settings: DatabaseSettings): scaling.CfnScalableTarget | undefined {
  const { readers, standby, maxReaders, readerTargetConnections } = settings;
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
  const cpuPercent = settings.readerTargetCpuPercent ?? (readerTargetConnections === undefined ? TARGET_CPU_PERCENT : undefined);
  if (cpuPercent !== undefined) trackTarget(scope, target, 'ReaderCpu', scaling.PredefinedMetric.RDS_READER_AVERAGE_CPU_UTILIZATION, cpuPercent);
  if (readerTargetConnections !== undefined) {
    trackTarget(scope, target, 'ReaderConnections', scaling.PredefinedMetric.RDS_READER_AVERAGE_DATABASE_CONNECTIONS, readerTargetConnections);
  }
  warnIfScaledReadersPreventDeletion(scope, settings.removalPolicy);
  return target;
}

function trackTarget(
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
function warnIfScaledReadersPreventDeletion(scope: Construct, removalPolicy: RemovalPolicy): void {
  if (removalPolicy !== RemovalPolicy.DESTROY && removalPolicy !== RemovalPolicy.SNAPSHOT) return;
  addWarning(
    scope, 'cdk-mainstay:EncryptedDatabase.ScaledReadersStay',
    'the stack cannot be deleted while its cluster has a reader that scaling added, as CloudFormation does not know of it: take \'maxReaders\' away first, deploy, and delete the readers that are left',
  );
}
