import { AspectPriority, Aspects, CfnResource, Stack, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct, IConstruct } from 'constructs';
import { minimumCapacityOf } from './cluster';
import { DatabaseSettings } from './database-settings';
import { EngineTraits } from './engine-traits';
import { IBindingTarget } from '../../binding/binding';
import { addWarning } from '../../shared/acknowledge';
import { runBy } from '../../shared/application';
import { Checks } from '../../shared/checks';
import { DatabaseServerlessOptions } from '../database-options';

/** What is left for migrations, monitoring and people. Ours. */
const SHARE_OF_APPLICATIONS = 0.9;

/**
 * What ECS takes where a service says nothing: while a new version replaces the old, there may be twice as many tasks.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
const MAXIMUM_PERCENT = 200;

interface Reservation {
  readonly by: string;
  /** Known at synthesis, when all is said of a service. Nothing where it is a token. */
  readonly count: () => number | undefined;
}

/**
 * Counts who may open how many connections, and warns at synthesis where it is too many.
 */
export class ConnectionBudget {
  private readonly reservations: Reservation[] = [];

  constructor(private readonly database: Construct, private readonly limit: number | undefined) {
    const visit = (node: IConstruct) => node === database && this.warnIfOver();
    Aspects.of(database).add({ visit }, { priority: AspectPriority.READONLY });
  }

  public reserve(by: string, count: number): void {
    const checks = new Checks(this.database.node.path);
    if (Token.isUnresolved(by) || Token.isUnresolved(count)) {
      throw checks.error("'by' and 'count' of reserved connections must be known at synthesis, got a token: they are added up then");
    }
    checks.wholeNumber('count', count, { least: 1, unit: 'connections' });
    this.reservations.push({ by, count: () => count });
  }

  /** Counts a pool for each of as many tasks, or runs of a function, as there can be at a time. */
  public reservePools(target: IBindingTarget, poolSize: number | undefined): void {
    if (poolSize === undefined) return;
    const { service, fn, task } = runBy(target);
    const checks = new Checks(`${this.database.node.path}, bound to ${target.node.path}`);
    checks.known('poolSize', poolSize, 'connections are added up then');
    checks.wholeNumber('poolSize', poolSize, { least: 1, unit: 'connections' });
    const most = task ? () => 1 : mostAtOnce(service, fn); // what starts a task starts one at a time
    if (!most) {
      throw checks.error(
        "'poolSize' must be left out, as it is not known how many of it run at a time: give a function 'reservedConcurrentExecutions', " +
        'or count its connections yourself, by reserveConnections()',
      );
    }
    this.reservations.push({ by: target.node.path, count: () => times(most(), poolSize) });
  }

  private warnIfOver(): void {
    const counted = this.reservations.map(({ by, count }) => ({ by, count: count() ?? 0 }));
    const total = counted.reduce((sum, { count }) => sum + count, 0);
    if (this.limit === undefined || total <= this.limit * SHARE_OF_APPLICATIONS) return;
    addWarning(
      this.database, 'cdk-mainstay:EncryptedDatabase.ConnectionBudget',
      `${total} of about ${this.limit} connections are reserved (${counted.map(({ by, count }) => `${by} ${count}`).join(', ')}), which leaves less than a tenth for ` +
      'migrations, monitoring and people: make pools smaller, scale to fewer tasks, or take a larger class',
    );
  }
}

function mostAtOnce(service?: IConstruct, fn?: lambda.Function): (() => number | undefined) | undefined {
  const concurrency = (fn?.node.defaultChild as lambda.CfnFunction | undefined)?.reservedConcurrentExecutions;
  if (concurrency !== undefined) return () => concurrency;
  const parts = service?.node.findAll().filter(CfnResource.isCfnResource) ?? [];
  const cfnService = parts.find(({ cfnResourceType }) => cfnResourceType === 'AWS::ECS::Service') as ecs.CfnService | undefined;
  return cfnService && cfnService.schedulingStrategy !== 'DAEMON' ? () => mostTasks(service!, cfnService) : undefined;
}

function mostTasks(service: IConstruct, { desiredCount = 1, deploymentConfiguration }: ecs.CfnService): number | undefined {
  const ceilings = service.node.findAll().filter(CfnResource.isCfnResource)
    .filter(({ cfnResourceType }) => cfnResourceType === 'AWS::ApplicationAutoScaling::ScalableTarget')
    .map((target) => (target as CfnResource & { maxCapacity: number }).maxCapacity);
  const { maximumPercent = MAXIMUM_PERCENT } = Stack.of(service).resolve(deploymentConfiguration) ?? {};
  const tasks = [desiredCount, ...ceilings].some((count) => Token.isUnresolved(count)) ? undefined : Math.max(desiredCount, ...ceilings);
  return typeof maximumPercent === 'number' && tasks !== undefined ? Math.floor(tasks * maximumPercent / 100) : undefined;
}

function times(count: number | undefined, poolSize: number): number | undefined {
  return count === undefined || Token.isUnresolved(count) ? undefined : count * poolSize;
}

const GIB = 2 ** 30;

/** Of an instance of size `large`, in GiB; `xlarge` has twice, `2xlarge` four times as much. By family, the longest name first. */
const MEMORY_OF_LARGE: [family: string, gib: number][] = [
  ['x2iedn', 64], ['x2iezn', 64], ['x2idn', 32], ['x2g', 32], ['x8g', 32], ['z1d', 16], ['r', 16], ['m', 8], ['t', 8], ['c', 4],
];

/** Relative to `large`. */
const SMALL_SIZES: Record<string, number> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html */
const BYTES_PER_CAPACITY_UNIT = 2 * GIB;

/** The memory of each instance, of one that scales by itself the most, in bytes. Undefined for a class that is not known here. */
export function memoryOf({ serverless, instanceClass }: DatabaseSettings): number | undefined {
  return serverless ? serverless.maximumCapacity * BYTES_PER_CAPACITY_UNIT : memoryOfClass(instanceClass);
}

/**
 * The memory of an instance class in bytes, or undefined for a class that is not known here.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 * @param instanceType without `db.`, such as `m7g.large`
 */
function memoryOfClass(instanceType: string): number | undefined {
  const match = /^([a-z]+\d[a-z]*)\.(micro|small|medium|large|xlarge|(\d+)xlarge)$/.exec(instanceType);
  if (!match) return undefined;
  const [, family, size, multiple] = match;
  const ofLarge = MEMORY_OF_LARGE.find(([name]) => family.startsWith(name))?.[1];
  const larger = multiple ? 2 * Number(multiple) : SMALL_SIZES[size];
  return ofLarge && ofLarge * larger * GIB;
}

/** RDS's formulas are in what it and the operating system leave of the memory. The share is ours: they publish none. */
const LEFT_TO_DATABASE = 0.9;

/** How many connections a database takes, by its parameters, or else by its memory. */
export function maxConnectionsOf(settings: DatabaseSettings): number | undefined {
  const { engine, parameters: { max_connections: text }, serverless } = settings;
  const given = text !== undefined && !Token.isUnresolved(text) ? Number(text) : NaN; // a formula of RDS is none
  if (!serverless) {
    const memory = memoryOf(settings);
    return Number.isInteger(given) ? given : memory && maxConnections(engine, memory);
  }
  const wanted = Number.isInteger(given) ? given : serverlessConnections(engine, serverless);
  return Math.min(wanted, connectionsOfSmallest(engine, minimumCapacityOf(serverless)));
}

/**
 * How many connections a database takes whose parameters say nothing else.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html#AuroraMySQL.Managing.MaxConnections
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html#AuroraPostgreSQL.Managing.MaxConnections
 */
function maxConnections({ family, clusterEngine }: EngineTraits, memory: number): number {
  const left = memory * LEFT_TO_DATABASE;
  if (family === 'postgres') return Math.floor(Math.min(left / 9_531_392, 5000));
  if (family === 'mariadb') return Math.floor(Math.min(left / 25_165_760, 12_000));
  if (!clusterEngine) return Math.floor(Math.min(left / 12_582_880, 100_000));
  return Math.floor(Math.max(Math.log2(left / 805_306_368) * 45, Math.log2(left / 8_187_281_408) * 1000));
}

/**
 * The same of an instance that scales by itself: by its maximum capacity, whatever it has just now. The two lines go through all values of AWS's table.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
 */
function serverlessConnections({ family }: EngineTraits, { maximumCapacity }: DatabaseServerlessOptions): number {
  if (family === 'postgres') return Math.min(Math.round(211.4 * maximumCapacity - 22.6), 5000);
  return Math.floor(Math.max(90, Math.log2(2 * maximumCapacity) * 45, Math.log2(maximumCapacity / 4) * 1000));
}

/** The most that Aurora PostgreSQL takes, whatever its parameters say, where it may scale to less than one unit: see the note below that table. */
function connectionsOfSmallest({ family }: EngineTraits, minimumCapacity: number): number {
  return family === 'postgres' && minimumCapacity < 1 ? 2000 : Infinity;
}

/**
 * The local storage of an instance of a cluster, which is about twice its memory, in bytes.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html#AuroraPostgreSQL.Managing.TempStorage
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Performance.html
 */
export function localStorageOf(memory: number): number {
  return 2 * memory;
}

/**
 * Whether Performance Insights, and Database Insights with it, runs on a class.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
 */
export function hasInsights({ family, clusterEngine }: EngineTraits, instanceType: string): boolean {
  if (family === 'postgres') return true;
  return clusterEngine ? !/^t\d/.test(instanceType) : !/^t\d\w*\.(micro|small)$/.test(instanceType);
}
