import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AppSetting } from './app-setting';
import { ContainerAppWithAlbProps } from './container-app-with-alb-props';
import { ContainerOptions } from './container-props';
import { DeployTask } from './deploy-task';
import { FromComposeProps } from './from-compose-props';
import { InternalService } from './internal-service';
import { InternalServiceProps } from './internal-service-props';
import { missingSettings, settingsOf, settingsTable } from './private/app-settings';
import { addFargateProviders, appCluster, warnIfWithoutContainerInsights } from './private/cluster';
import { DeployGate } from './private/deploy-gate';
import { explain } from './private/explain';
import { AppContext } from './private/fargate-service';
import { appOfCompose } from './private/from-compose';
import { OWN_PROPS, SEALED } from './private/guards';
import { loadBalancerAlarms, machineAlarms } from './private/service-alarms';
import { ServiceNames } from './private/service-names';
import { APP_KINDS, WEB_SERVICE_KINDS } from './private/web-kinds';
import { ScheduledTask } from './scheduled-task';
import { DeployTaskProps, ScheduledTaskProps } from './task-props';
import { WebService } from './web-service';
import { WebServiceProps } from './web-service-props';
import { WorkerService } from './worker-service';
import { WorkerServiceProps } from './worker-service-props';
import { AlbIngress } from '../ingress/alb-ingress';
import { Ingress } from '../ingress/ingress';
import { addWarning } from '../shared/acknowledge';
import { notifyOrWarn } from '../shared/alarm';
import { Checks } from '../shared/checks';
import { preferOwnProps, seal } from '../shared/guards';
import { requireKinds } from '../shared/kinds';
import { explainCircles, requireSameRegion } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/** Of a circle of stacks. */
const WAY_OUT = 'hand a secret that a key of another stack encrypts to the app by Binding.secret()';

/** What runs in an app. */
type Part = WebService | WorkerService | InternalService | DeployTask | ScheduledTask;

/**
 * A container app behind a load balancer, on Fargate: a web service and, as needed, further web services, workers, services that only the app itself reaches, and tasks
 * that run in a deployment or on a schedule.
 *
 * Creates a cluster, an Application Load Balancer with its listeners, logs and, with a `hostedZone`, certificate and records, and the web service with its roles,
 * scaling and alarms. Tasks run in private subnets, with a read-only root file system and only the permissions that their bindings need.
 *
 * @example
 * declare const vpc: ec2.Vpc;
 * declare const zone: route53.IHostedZone;
 * declare const database: EncryptedDatabase;
 * declare const jobs: SecureQueue;
 * const app = new ContainerAppWithAlb(this, 'App', {
 *   vpc,
 *   image: ecs.ContainerImage.fromRegistry('example/web:1.4.0'),
 *   port: 8080,
 *   domainName: 'app.example.org',
 *   hostedZone: zone,
 *   uses: [database.binding({ url: 'DATABASE_URL' })],
 * });
 * app.addDeployTask('Migrate', { command: ['python', 'manage.py', 'migrate'] });
 * app.addWorker('Worker', { command: ['celery', '-A', 'app', 'worker'], queue: jobs });
 */
export class ContainerAppWithAlb extends Construct implements ec2.IConnectable, iam.IGrantable {
  /**
   * The app that a compose file describes: the first service with a published port is the web service, others with a port are internal services, those without one
   * are workers, and those that others wait for to complete are deploy tasks.
   *
   * Databases, caches and queues of the file are an error that names the construct to use in their place.
   *
   * @see https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/from-compose.md
   * @throws if something in the file cannot be on AWS: one error with file, line, column and key of each
   */
  public static fromCompose(scope: Construct, id: string, props: FromComposeProps): ContainerAppWithAlb {
    return appOfCompose(scope, id, props, (ofApp) => new ContainerAppWithAlb(scope, id, ofApp));
  }

  /** The load balancer; the way out to every feature that this construct does not surface. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** The listener that forwards requests: HTTPS, or HTTP where there is no certificate. */
  public readonly listener: elbv2.ApplicationListener;
  /** The cluster that the tasks run in. */
  public readonly cluster: ecs.ICluster;
  /** The main web service, which gets all requests that no other service gets. */
  public readonly webService: WebService;
  /** What visitors type: the domain name of the CDN where one is in front, else of the app, else of the load balancer. */
  public readonly url: string;
  /** The certificate, if there is one. */
  public readonly certificate?: acm.ICertificate;
  /** The load balancer's logs: of requests, connections and health checks. */
  public readonly accessLogsBucket: s3.IBucket;
  /** The security groups of the main web service's tasks. */
  public readonly connections: ec2.Connections;
  /** What the main web service may do: its task role. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly context: AppContext;
  private readonly balancer: AlbIngress;
  private readonly gate: DeployGate;
  private readonly names: ServiceNames;
  private readonly image: ecs.ContainerImage;
  /** What tasks get that run the image of the app. */
  private readonly inherited: ContainerOptions;
  /** Whether the main web service is what the image of the app runs by itself. */
  private readonly isWebByDefault: boolean;
  private readonly alarmTopic?: ITopic;
  private readonly parts: Part[] = [];

  /**
   * @throws if Fargate, the load balancer or a name does not accept a value, or the VPC has no private subnets
   */
  constructor(scope: Construct, id: string, props: ContainerAppWithAlbProps) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this, WAY_OUT);
    requireKinds(this.node.path, props, APP_KINDS);

    const profile = StageProfile.of(this);
    const { vpc, image, removalPolicy = profile.removalPolicy, logRetention = profile.logRetention } = props;
    requireSameRegion({ owner: this, as: "'vpc'", resource: vpc, because: 'a network is of one region' });
    if (props.cluster) requireSameRegion({ owner: this, as: "'cluster'", resource: props.cluster, because: 'a cluster runs services of its own region' });
    this.alarmTopic = props.alarmTopic ?? profile.alarmTopic;
    this.image = image;
    this.inherited = inheritedBy(props);
    this.isWebByDefault = !props.command && !props.entryPoint;

    const logs = { logRetention, logRemovalPolicy: removalPolicy };
    this.cluster = props.cluster ?? appCluster(this, vpc, logs);
    addFargateProviders(this.cluster);
    warnIfWithoutContainerInsights(this, this.cluster);
    this.balancer = new AlbIngress(this, 'Ingress', {
      ...props,
      ingress: props.ingress ?? Ingress.internet(),
      deletionProtection: props.deletionProtection ?? profile.deletionProtection,
      logRetention,
      removalPolicy,
    });
    this.loadBalancer = this.balancer.loadBalancer;
    this.listener = this.balancer.listener;
    this.certificate = this.balancer.certificate;
    this.accessLogsBucket = this.balancer.accessLogsBucket;
    this.url = this.balancer.url;
    this.gate = new DeployGate(this, 'DeployTasks', { vpc, cluster: this.cluster, logs });
    this.names = new ServiceNames(this, vpc);
    this.context = { vpc, cluster: this.cluster, deployTasks: this.gate, logs };
    notifyOrWarn(this, loadBalancerAlarms(this, this.loadBalancer), this.alarmTopic);
    seal(this, SEALED);

    this.webService = this.addWeb('Web', { ...props, port: props.port ?? 80 });
    this.connections = this.webService.connections;
    this.grantPrincipal = this.webService.grantPrincipal;
  }

  /**
   * Adds a web service that gets the requests for some paths or hosts.
   *
   * @throws if its rules clash with those of another service, or can never match
   */
  public addWebService(id: string, props: WebServiceProps): WebService {
    requireKinds(`${this.node.path}/${id}`, props, WEB_SERVICE_KINDS);
    if ((props.pathPatterns ?? []).length + (props.hostPatterns ?? []).length === 0) {
      throw new Error(
        `${this.node.path}/${id}: 'pathPatterns' or 'hostPatterns' must be given, got neither: the main web service gets all requests that no other service gets`,
      );
    }
    return this.addWeb(id, props);
  }

  /**
   * Adds a service that nothing connects to, and that scales on the backlog of its queue, if it has one.
   *
   * @throws if Fargate does not accept a value
   */
  public addWorker(id: string, props: WorkerServiceProps): WorkerService {
    return this.addNoServer(WorkerService._create(this, id, { app: this.context, image: this.image, props }), props);
  }

  /**
   * Adds a service that other services and tasks of the app reach by its name, once they use its `binding()`, and that nobody else reaches.
   *
   * @throws if the name is no DNS label or is taken, or Fargate does not accept a value
   */
  public addInternalService(id: string, props: InternalServiceProps): InternalService {
    return this.add(InternalService._create(this, id, { app: this.context, image: this.image, names: this.names, props }), props);
  }

  /**
   * Adds a task that runs once in a deployment that has a new image or command, before any service gets the new version. Tasks run one after the other, in the order
   * of the calls. If one fails, so does the deployment, with the last lines of its log, and the old version goes on.
   *
   * With the image of the app, it gets all settings and bindings of the main web service.
   *
   * @throws if `timeout` is longer than 55 minutes, or Fargate does not accept a value
   */
  public addDeployTask(id: string, props: DeployTaskProps): DeployTask {
    return this.addTask(props, DeployTask._create(this, id, { ...this.partsOfTasks(), props }));
  }

  /**
   * Adds a task that runs on a schedule.
   *
   * With the image of the app, it gets all settings and bindings of the main web service.
   *
   * @throws if Fargate does not accept a value
   */
  public addScheduledTask(id: string, props: ScheduledTaskProps): ScheduledTask {
    return this.addTask(props, ScheduledTask._create(this, id, { ...this.partsOfTasks(), props }));
  }

  /** All settings of all services and tasks so far: what sets each, and whether it is a secret. */
  public get settings(): AppSetting[] {
    return this.parts.flatMap((part) => settingsOf(part));
  }

  /** The settings as a table in Markdown. */
  public settingsTable(): string {
    return settingsTable(this.settings);
  }

  /** What the app consists of so far, in Markdown: which requests go where, what runs how often on what, and what runs before a new version. */
  public explain(): string {
    return explain(this.url, this.balancer.routes(), this.parts);
  }

  private addWeb(id: string, props: WebServiceProps): WebService {
    return this.add(WebService._create(this, id, { app: this.context, image: this.image, ingress: this.balancer, names: this.names, props }), props);
  }

  private partsOfTasks() {
    return { app: this.context, gate: this.gate, image: this.image, inherited: this.inherited };
  }

  private addTask<Task extends DeployTask | ScheduledTask>(props: ContainerOptions, task: Task): Task {
    if (!this.node.tryFindChild('FailedRunAlarm')) notifyOrWarn(this, machineAlarms(this, task.stateMachine), this.alarmTopic);
    this.addNoServer(task, props);
    if (task._inheritsSettings) this.webService._handOnTo((bindings) => task._inherit(...bindings));
    return task;
  }

  /** What ends, or works a queue, and nothing connects to. */
  private addNoServer<T extends Part>(part: T, props: ContainerOptions & { image?: ecs.ContainerImage }): T {
    if (this.isWebByDefault && !props.image && !props.command && !props.entryPoint) {
      addWarning(
        part, 'cdk-mainstay:ContainerAppWithAlb.RunsWebServer',
        "without 'command', it runs what the main web service runs, and serves requests that nobody sends: set 'command' or 'entryPoint', or acknowledge this if the image decides by a setting",
      );
    }
    return this.add(part, props);
  }

  private add<T extends Part>(part: T, { requires = [] }: ContainerOptions): T {
    requireKnownNames(part.node.path, requires);
    this.parts.push(part);
    part.node.addValidation({ validate: () => missingSettings(part, requires) });
    if ('alarms' in part) notifyOrWarn(this, part.alarms, this.alarmTopic);
    seal(part, SEALED);
    return part;
  }
}

function requireKnownNames(where: string, requires: string[] = []): void {
  const checks = new Checks(where);
  const why = 'the synthesis fails for one that nothing sets';
  checks.knownList('requires', requires, why);
  requires.forEach((name) => checks.known('requires', name, why));
}

/** What goes with the image, wherever that runs: its settings, and what it is like. */
function inheritedBy(options: ContainerOptions): ContainerOptions {
  const { cpuArchitecture, environment, keepCapabilities, rootFilesystem, secrets, user, workingDirectory, writablePaths } = options;
  return { cpuArchitecture, environment, keepCapabilities, rootFilesystem, secrets, user, workingDirectory, writablePaths };
}
