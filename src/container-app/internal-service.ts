import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct, IDependable } from 'constructs';
import { InternalServiceProps, ServiceBindingNames } from './internal-service-props';
import { acknowledgeUses, containerTask } from './private/container-task';
import { DataVolume, requireDataOwner, requireDataPath } from './private/data-volume';
import { AppContext, fargateService } from './private/fargate-service';
import { INTERNAL_SERVICE_KINDS } from './private/internal-kinds';
import { serviceAlarms } from './private/service-alarms';
import { DNS_LABEL, DNS_LABEL_IN_WORDS, NamedService, ServiceBinding, ServiceNames } from './private/service-names';
import { ServiceCapacity } from './service-capacity';
import { IBinding } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { Checks, isUnknown } from '../shared/checks';
import { requireUsableKey } from '../shared/key-grants';
import { requireKinds } from '../shared/kinds';
import { openPortToPeer } from '../shared/security-groups';
import { StageProfile } from '../stage/stage-profile';

interface InternalServiceContext {
  readonly app: AppContext;
  readonly names: ServiceNames;
  readonly props: InternalServiceProps;
  /** Of the app. */
  readonly image: ecs.ContainerImage;
}

/**
 * A service that other services and tasks of the app reach by name: `ContainerAppWithAlb.addInternalService()` creates it. Its port is open to those that use
 * it, by `binding()` or `allowFrom()`, and to nobody else.
 *
 * With `dataPath`, its data outlives its tasks, and one task writes it: ECS stops the task before it starts the next one. A task that is stopping counts no more,
 * so that the next one may start while it still writes, for as long as `stopTimeout`. The last guard against two writers is the server's own lock on its
 * data, such as the `node.lock` of Elasticsearch.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export class InternalService extends Construct implements ec2.IConnectable {
  /** @internal */
  public static _create(scope: Construct, id: string, context: InternalServiceContext): InternalService {
    return new InternalService(scope, id, context);
  }

  /** The service. */
  public readonly service: ecs.FargateService;
  /** What its tasks are made of. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** The container. */
  public readonly container: ecs.ContainerDefinition;
  /** The output of the container. */
  public readonly logGroup: logs.ILogGroup;
  /** What its data is on. None without `dataPath`. Its policy allows no other role to mount it. */
  public readonly fileSystem?: efs.FileSystem;
  /** Its security group, and its port. */
  public readonly connections: ec2.Connections;
  /** The host name that everything in the network resolves, such as `elasticsearch.app-0a1b2c3d.internal`. Services of the app use the short one. */
  public readonly dnsName: string;
  /** The alarms of the service. */
  public readonly alarms: cloudwatch.Alarm[];
  private readonly target: BindingTarget;
  private readonly named: NamedService;
  private readonly names: ServiceNames;

  private constructor(scope: Construct, id: string, { app, names, props, image }: InternalServiceContext) {
    super(scope, id);
    requireKinds(this.node.path, props, INTERNAL_SERVICE_KINDS);
    const checks = new Checks(this.node.path);
    const profile = StageProfile.of(this);
    const tasks = props.tasks ?? (props.dataPath === undefined ? profile.minimumTasks : 1);
    validate(checks, props, tasks);
    names.requireFree(props.name, checks);
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'EFS', managed: 'alias/aws/elasticfilesystem' });

    const task = containerTask(this, { ...app.logs, ...props, image: props.image ?? image });
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    const data = props.dataPath === undefined ? undefined : this.createData(app, props, props.removalPolicy ?? profile.removalPolicy);
    if (data) data.mount(task, props.dataPath!);
    this.fileSystem = data?.fileSystem;
    const { service } = fargateService(this, {
      app: { ...app, deployTasks: tasksBefore(this, app.deployTasks) },
      task,
      minimumTasks: tasks,
      enableExecuteCommand: props.enableExecuteCommand,
      ...(data && oneWriter()),
      capacity: props.capacity ?? (data && ServiceCapacity.fargate()), // a task of Fargate Spot can be taken back while it writes
    });
    this.service = service;
    this.alarms = serviceAlarms(this, { service });
    data?.openTo(service);
    this.connections = new ec2.Connections({ securityGroups: service.connections.securityGroups, defaultPort: ec2.Port.tcp(props.port) });
    this.named = { name: props.name, port: props.port, service };
    this.names = names;
    names.publish(this.named);
    this.dnsName = names.dnsNameOf(this.named);
    this.target = BindingTarget.container(this.container, this.service);
    this.use(...props.uses ?? []);
  }

  /**
   * Hands resources to this service.
   *
   * @throws if one of them sets a name that is set already
   */
  public use(...bindings: IBinding[]): void {
    this.target.use(...bindings);
    acknowledgeUses(this.container);
  }

  /**
   * Opens the port to somebody who reaches the service by `dnsName`.
   */
  public allowFrom(other: ec2.IConnectable): void {
    openPortToPeer(this.connections, this.connections.defaultPort!, other);
  }

  /**
   * This service as an application uses it: the settings, and the port, which is opened to the application.
   *
   * For services of the app, the host is the short name, such as `elasticsearch`: ECS Service Connect adds a proxy to their tasks, which takes some of
   * their CPU and memory. Such a service is created after this one. For tasks, functions and services of others, which cannot use Service Connect, it is
   * `dnsName`; so it is for the second of two services that use each other.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html
   */
  public binding(names: ServiceBindingNames): IBinding {
    return new ServiceBinding({ names: this.names, server: this.named, settings: names, origin: `${this.node.path}.binding()` });
  }

  private createData({ vpc }: AppContext, { dataOwner = DATA_OWNER, encryptionKey }: InternalServiceProps, removalPolicy: RemovalPolicy): DataVolume {
    return new DataVolume(this, 'Data', {
      vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, owner: dataOwner, encryptionKey, removalPolicy,
    });
  }
}

const DATA_OWNER = '1000:1000';

/** The gate of deploy tasks, as far as a service that they may use sees it. */
interface Gate extends IDependable {
  tasksBefore(used: IConstruct): IDependable;
}

/** A deploy task that uses the service runs after it, and so do all that come after that task. */
function tasksBefore(service: InternalService, deployTasks: IDependable | Gate): IDependable {
  return 'tasksBefore' in deployTasks ? deployTasks.tasksBefore(service) : deployTasks;
}

/** ECS stops the task before it starts the next one, in deployments and else: to rebalance, it would start one in another zone first. */
function oneWriter() {
  return { minHealthyPercent: 0, maxHealthyPercent: 100, availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED };
}

function validate(checks: Checks, props: InternalServiceProps, tasks: number): void {
  checks.known('name', props.name, 'other services have it as an address');
  checks.known('port', props.port, 'other services have it in their address');
  checks.matches('name', props.name, DNS_LABEL, DNS_LABEL_IN_WORDS);
  checks.wholeNumber('port', props.port, { least: 1, most: 65535 });
  checks.wholeNumber('tasks', tasks, { least: 1 });
  if (props.dataPath === undefined) {
    for (const prop of ['dataOwner', 'encryptionKey', 'removalPolicy'] as const) {
      if (props[prop] !== undefined) throw checks.error(`'${prop}' must be left out without 'dataPath': the service has no data that outlives its tasks`);
    }
    return;
  }
  requireDataPath(checks, props.dataPath, props.writablePaths ?? []);
  requireDataOwner(checks, props.dataOwner ?? DATA_OWNER);
  if (isUnknown(tasks) || tasks === 1) return;
  throw checks.error(`'tasks' must be 1 with 'dataPath', got ${tasks}: one task at a time writes the data; leave 'tasks' out, or keep the data in a database, a cache or OpenSearch Service`);
}
