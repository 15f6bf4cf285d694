import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { backlogScaling } from './private/backlog-scaling';
import { acknowledgeUses, containerTask } from './private/container-task';
import { AppContext, fargateService } from './private/fargate-service';
import { allowTaskProtection, needsTaskProtection, warnIfJobIsCutShort } from './private/job-time';
import { backlogAgeAlarm, serviceAlarms } from './private/service-alarms';
import { scaleOnLoad, scaleOutOnLoad, taskLimits } from './private/web-scaling';
import { WORKER_KINDS } from './private/worker-kinds';
import { ServiceCapacity } from './service-capacity';
import { WorkerServiceProps } from './worker-service-props';
import { IBinding } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { SecureQueue } from '../queue/secure-queue';
import { acknowledgeWildcard } from '../shared/acknowledge';
import { Checks } from '../shared/checks';
import { requireKinds } from '../shared/kinds';
import { requireSameAccount, requireSameRegion } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/** What the app hands to a worker. */
interface WorkerServiceParts {
  readonly app: AppContext;
  /** That of the app, for a worker that is given none. */
  readonly image: ecs.ContainerImage;
  readonly props: WorkerServiceProps;
}

/**
 * A service that works a queue, or that nothing connects to. `ContainerAppWithAlb.addWorker()` creates it.
 */
export class WorkerService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(scope: Construct, id: string, parts: WorkerServiceParts): WorkerService {
    return new WorkerService(scope, id, parts);
  }

  /** The ECS service. */
  public readonly service: ecs.FargateService;
  /** What its tasks are made of. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** The container of each task. */
  public readonly container: ecs.ContainerDefinition;
  /** What the container writes. */
  public readonly logGroup: logs.ILogGroup;
  /** The security group of its tasks, which nothing is allowed to connect to. */
  public readonly connections: ec2.Connections;
  /** What the application may do: the task role. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** The alarms of the service. */
  public readonly alarms: cloudwatch.Alarm[];

  private readonly target: BindingTarget;

  private constructor(scope: Construct, id: string, { app, image, props }: WorkerServiceParts) {
    super(scope, id);
    requireKinds(this.node.path, props, WORKER_KINDS);
    const { queue, capacity = defaultCapacity(this) } = props;
    const limits = taskLimits(this, props, queue ? { leastTasks: 0 } : { hint: "only a worker with a 'queue' can scale from zero" });
    const acceptableSeconds = validate(this, props);

    const task = containerTask(this, { ...app.logs, ...props, image: props.image ?? image });
    const { service, scaling } = fargateService(this, {
      app, task, ...limits, capacity, enableExecuteCommand: props.enableExecuteCommand,
    });
    this.service = service;
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    this.connections = service.connections;
    this.grantPrincipal = task.taskDefinition.taskRole.grantPrincipal;
    this.target = BindingTarget.container(this.container, service);
    this.alarms = serviceAlarms(this, { service, targetCpuPercent: props.targetCpuPercent, targetMemoryPercent: props.targetMemoryPercent });
    if (queue) {
      backlogScaling(this, { service, scaling: scaling!, queue, backlogPerTask: props.backlogPerTask ?? 10, acceptableSeconds });
      scaleOutOnLoad(scaling!, props);
      this.alarms.push(backlogAgeAlarm(this, { queue, acceptableSeconds }));
      this.use(queue.workerBinding({})); // its permissions, without settings; those that a binding in `uses` grants, too, are written once
      acknowledgeWildcard(this.taskDefinition.taskRole, '*', 'SQS accepts no narrower resource for sqs:ListQueues, by which Celery finds its queue');
    } else {
      scaleOnLoad(scaling!, props);
    }
    this.use(...props.uses ?? []);
    if (needsTaskProtection(props.maximumJobTime)) allowTaskProtection(this.taskDefinition.taskRole, app.cluster);
    const isOnSpot = capacity._strategies(limits.minimumTasks).some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
    warnIfJobIsCutShort(this, { ...props, isOnSpot });
  }

  /**
   * Hands resources to this service: each binding sets its settings, grants its permissions and opens its port.
   *
   * @throws if one of them sets a name that is set already
   */
  public use(...bindings: IBinding[]): void {
    this.target.use(...bindings);
    acknowledgeUses(this.container);
  }
}

function defaultCapacity(scope: Construct): ServiceCapacity {
  return StageProfile.of(scope).spot ? ServiceCapacity.fargateSpot() : ServiceCapacity.fargate();
}

/** @returns how many seconds a message may take from when it is sent to when it is done */
function validate(scope: Construct, { queue, backlogPerTask, acceptableAge, maximumJobTime }: WorkerServiceProps): number {
  const checks = new Checks(scope.node.path);
  checks.wholeNumber('backlogPerTask', backlogPerTask, { least: 1, unit: 'messages' });
  const wait = checks.seconds('acceptableAge', acceptableAge ?? DEFAULT_AGE, { least: 60, most: LONGEST_RETENTION_SECONDS });
  checks.known('maximumJobTime', maximumJobTime, 'it is compared with the times of the queue and of Fargate');
  const work = checks.seconds('maximumJobTime', maximumJobTime, { least: 1 });
  for (const [prop, given] of Object.entries({ acceptableAge, backlogPerTask })) {
    if (given !== undefined && !queue) throw checks.error(`'${prop}' must be left out without a 'queue', whose messages it is about: give the 'queue', too`);
  }
  if (queue) requireNear(scope, queue);
  return acceptableAge?.isUnresolved() || work === undefined ? wait : wait + work;
}

const DEFAULT_AGE = Duration.minutes(5);

/** After which SQS deletes a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const LONGEST_RETENTION_SECONDS = 1_209_600;

/** The alarms of a service look at the metrics of its own region and account. */
function requireNear(owner: Construct, { queue }: SecureQueue): void {
  const because = 'the service scales on metrics of CloudWatch, which are where the queue is; give a queue of the same';
  requireSameRegion({ owner, as: "'queue'", resource: queue, because });
  requireSameAccount({ owner, as: "'queue'", resource: queue, because });
}
