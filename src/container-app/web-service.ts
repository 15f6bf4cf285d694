import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ServiceBindingNames } from './internal-service-props';
import { acknowledgeUses, containerTask } from './private/container-task';
import { AppContext, fargateService } from './private/fargate-service';
import { deploymentAlarms, rollBackOnAlarms, serviceAlarms, unhealthyAlarm } from './private/service-alarms';
import { NamedService, ServiceBinding, ServiceNames } from './private/service-names';
import { scaleOnLoad, taskLimits } from './private/web-scaling';
import { WebServiceProps } from './web-service-props';
import { IBinding } from '../binding/binding';
import { BindingTarget } from '../binding/binding-target';
import { AlbIngress } from '../ingress/alb-ingress';
import { Checks } from '../shared/checks';

interface WebServiceParts {
  readonly app: AppContext;
  /** Of the app. */
  readonly image: ecs.ContainerImage;
  readonly ingress: AlbIngress;
  readonly names: ServiceNames;
  readonly props: WebServiceProps;
}

/**
 * A service behind the load balancer of an app: `app.webService`, or what `app.addWebService()` returns.
 *
 * Creates a service with its task definition, roles, security group and log group, a target group with its rules, scaling and alarms.
 */
export class WebService extends Construct implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _create(scope: Construct, id: string, parts: WebServiceParts): WebService {
    return new WebService(scope, id, parts);
  }

  /** The service; the way out to every feature of ECS that this construct does not surface. */
  public readonly service: ecs.FargateService;
  /** The task definition. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;
  /** The container of the application. */
  public readonly container: ecs.ContainerDefinition;
  /** Where the output of the container goes. */
  public readonly logGroup: logs.ILogGroup;
  /** Through which the load balancer reaches the tasks. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The port that the container listens on. */
  public readonly port: number;
  /** The alarms of the service. */
  public readonly alarms: cloudwatch.Alarm[];
  /** The security groups of the tasks. */
  public readonly connections: ec2.Connections;
  /** What the application may do: the task role. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly target: BindingTarget;
  private readonly names: ServiceNames;
  private readonly named: NamedService;
  private readonly used: IBinding[] = [];
  private readonly heirs: ((bindings: IBinding[]) => void)[] = [];

  private constructor(scope: Construct, id: string, { app, image, ingress, names, props }: WebServiceParts) {
    super(scope, id);
    const { port, healthCheckGracePeriod = Duration.seconds(60) } = props;
    validate(new Checks(this.node.path), props);
    const limits = taskLimits(this, props);

    const task = containerTask(this, { ...app.logs, ...props, image: props.image ?? image });
    const { service, scaling } = fargateService(this, { ...props, ...limits, app, task, healthCheckGracePeriod });
    this.service = service;
    this.taskDefinition = task.taskDefinition;
    this.container = task.container;
    this.logGroup = task.logGroup;
    this.port = port;
    this.connections = service.connections;
    this.grantPrincipal = task.taskDefinition.taskRole.grantPrincipal;

    const { containerName } = task.container;
    this.targetGroup = ingress.addRoute(this, 'Route', { ...props, owner: this.node.path, target: service.loadBalancerTarget({ containerName, containerPort: port }) });
    const { requestsPerTarget: perTarget } = props;
    scaleOnLoad(scaling!, { ...props, requests: perTarget === undefined ? undefined : { perTarget, targetGroup: this.targetGroup } });
    const watched = { targetGroup: this.targetGroup, loadBalancer: ingress.loadBalancer };
    const feltByVisitors = deploymentAlarms(this, watched);
    rollBackOnAlarms(service, feltByVisitors);
    this.alarms = [...feltByVisitors, unhealthyAlarm(this, { ...watched, healthCheckGracePeriod }), ...serviceAlarms(this, { ...props, service })];

    this.named = { name: id.toLowerCase(), port, service };
    this.names = names;
    names.offer(this.named);
    this.target = BindingTarget.container(this.container, service);
    this.use(...props.uses ?? []);
  }

  /**
   * Hands resources to the application: settings, permissions and ports. Deploy and scheduled tasks that run the image of the app get what its main web service
   * gets.
   *
   * @throws if one of them sets a name that is set already
   */
  public use(...bindings: IBinding[]): void {
    this.target.use(...bindings);
    acknowledgeUses(this.container);
    this.used.push(...bindings);
    this.heirs.forEach((heir) => heir(bindings));
  }

  /**
   * This service as another application uses it without the load balancer: the settings, and the port, which is opened to the application. Its name is the id in lower case.
   * A deploy task cannot use it, as the service gets its new version after the deploy tasks.
   */
  public binding(names: ServiceBindingNames): IBinding {
    return new ServiceBinding({ names: this.names, server: this.named, settings: names, origin: `${this.node.path}.binding()` });
  }

  /**
   * Has somebody get all bindings, those of before, too.
   *
   * @internal
   */
  public _handOnTo(heir: (bindings: IBinding[]) => void): void {
    heir(this.used);
    this.heirs.push(heir);
  }
}

function validate(checks: Checks, { healthCheckGracePeriod, requestsPerTarget }: WebServiceProps): void {
  checks.seconds('healthCheckGracePeriod', healthCheckGracePeriod, { least: 0, most: LONGEST_GRACE_SECONDS });
  checks.wholeNumber('requestsPerTarget', requestsPerTarget, { least: 1, unit: 'requests in a minute' });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
const LONGEST_GRACE_SECONDS = 2_147_483_647;
