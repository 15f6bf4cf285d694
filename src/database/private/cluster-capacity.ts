import { Duration, Token } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { DatabaseServerlessOptions } from '../database-serverless-options';
import { requireInstanceClass } from './instance-class';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';

interface CapacityProps {
  readonly instanceType?: InstanceType;
  readonly serverless?: DatabaseServerlessOptions;
  readonly readers: number;
}

interface ClusterCapacityProps extends CapacityProps {
  readonly standby: boolean;
  readonly maintenanceWindow: string;
}

/** The instances of a cluster: a writer, a standby that takes over first, and readers that take over last. */
export function clusterCapacity({ instanceType, serverless, standby, readers, maintenanceWindow }: ClusterCapacityProps) {
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
      serverlessV2MinCapacity: leastCapacity(serverless),
      serverlessV2AutoPauseDuration: serverless.autoPauseAfter,
    }),
  };
}

/** In Aurora capacity units. */
export function leastCapacity({ minimumCapacity, autoPauseAfter }: DatabaseServerlessOptions): number {
  return minimumCapacity ?? (autoPauseAfter ? 0 : 0.5);
}

/** What both props say, for the engines that have it. */
export function validateCapacity(where: string, engine: string, isCluster: boolean, { serverless, instanceType, readers }: CapacityProps): void {
  requireInstanceClass(where, "'instanceType'", instanceType);
  if (!isCluster && (serverless || readers > 0)) {
    throw new Error(`${where}: '${serverless ? 'serverless' : 'readers'}' must be left out for ${engine}: only a cluster has it; take an Aurora engine`);
  }
  if (Token.isUnresolved(readers)) throw new Error(`${where}: 'readers' must be known at synthesis, got a token: each is a resource`);
  requireWholeNumber({ where, prop: 'readers', value: readers, least: 0, most: 14 }); // with the standby 15, all that Aurora takes
  if (!serverless) return;
  if (instanceType) throw new Error(`${where}: 'instanceType' must be left out with 'serverless', got ${instanceType}: capacity says it`);
  const { maximumCapacity, autoPauseAfter } = serverless;
  const minimumCapacity = leastCapacity(serverless);
  requireCapacity(where, 'minimumCapacity', minimumCapacity, 0);
  requireCapacity(where, 'maximumCapacity', maximumCapacity, Math.max(1, minimumCapacity));
  if (autoPauseAfter) requirePause(where, autoPauseAfter, minimumCapacity);
}

function requireCapacity(where: string, prop: string, value: number, least: number): void {
  if (Token.isUnresolved(value)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: alarms are shares of it`);
  if (!Number.isInteger(value * 2) || value < least || value > 256) {
    throw new Error(`${where}: '${prop}' must be between ${least} and 256, in steps of a half, got ${value}`);
  }
}

function requirePause(where: string, autoPauseAfter: Duration, minimumCapacity: number): void {
  if (minimumCapacity !== 0) throw new Error(`${where}: 'minimumCapacity' must be 0 or left out with 'autoPauseAfter', got ${minimumCapacity}: a cluster pauses at 0`);
  const value = requireUnit(where, 'autoPauseAfter', 'Duration.seconds()', () => autoPauseAfter.toSeconds({ integral: false }));
  requireWholeNumber({ where, prop: 'autoPauseAfter', value, least: 300, most: 86_400, unit: 'seconds' });
}
