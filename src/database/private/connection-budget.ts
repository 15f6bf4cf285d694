import { Annotations, AspectPriority, Aspects, CfnResource, Stack, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct, IConstruct } from 'constructs';
import { IBindingTarget } from '../../binding/binding';
import { Checks } from '../../shared/checks';

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
      throw checks.error(`'by' and 'count' of reserved connections must be known at synthesis, got a token: they are added up then`);
    }
    checks.wholeNumber('count', count, { least: 1, unit: 'connections' });
    this.reservations.push({ by, count: () => count });
  }

  /** Counts a pool for each of as many tasks, or runs of a function, as there can be at a time. */
  public reservePools(target: IBindingTarget, { service, fn }: { service?: IConstruct; fn?: lambda.Function }, poolSize: number): void {
    const checks = new Checks(`${this.database.node.path}, bound to ${target.node.path}`);
    checks.known('poolSize', poolSize, 'connections are added up then');
    checks.wholeNumber('poolSize', poolSize, { least: 1, unit: 'connections' });
    const most = mostAtOnce(service, fn);
    if (!most) {
      throw checks.error(
        `'poolSize' must be left out, as it is not known how many of it run at a time: give a function 'reservedConcurrentExecutions', ` +
        'or count its connections yourself, by reserveConnections()',
      );
    }
    this.reservations.push({ by: target.node.path, count: () => times(most(), poolSize) });
  }

  private warnIfOver(): void {
    const counted = this.reservations.map(({ by, count }) => ({ by, count: count() ?? 0 }));
    const total = counted.reduce((sum, { count }) => sum + count, 0);
    if (this.limit === undefined || total <= this.limit * SHARE_OF_APPLICATIONS) return;
    Annotations.of(this.database).addWarningV2(
      'cdk-mainstay:EncryptedDatabase.ConnectionBudget',
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
