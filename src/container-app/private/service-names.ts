import { createHash } from 'crypto';
import { CfnResource, Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as servicediscovery from 'aws-cdk-lib/aws-servicediscovery';
import { Construct, IConstruct } from 'constructs';
import { CONTAINER_NAME } from './container-task';
import { SERVICE_BINDING_NAMES } from './internal-kinds';
import { IBinding, IBindingTarget } from '../../binding/binding';
import { addSettings, Application, replaceTasksWith, runBy, startAfter } from '../../shared/application';
import { Checks } from '../../shared/checks';
import { OwnProps } from '../../shared/guards';
import { required, requireArgument, struct } from '../../shared/kinds';
import { openPort } from '../../shared/security-groups';
import { outermostStack } from '../../shared/stacks';
import type { ServiceBindingNames } from '../internal-service-props';

export const SERVICE_NAMES_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-servicediscovery.PrivateDnsNamespace': [],
  'aws-cdk-lib.aws-servicediscovery.Service': ['customHealthCheck', 'discoveryType', 'healthCheck', 'loadBalancer'],
};

/** What the names of Service Connect end in, within Cloud Map, where each name is of one kind. */
const SUFFIX = '-connect';

/** A label of a host name, and with the suffix a name of Service Connect, which has 64 characters at most. */
export const DNS_LABEL = /^(?!-)[a-z0-9-]{1,56}(?<!-)$/;
export const DNS_LABEL_IN_WORDS = 'a DNS label of 1 to 56 lower-case letters, digits and hyphens, with no hyphen at its ends, such as elasticsearch';

/** A service that others reach by name. */
export interface NamedService {
  /** Such as `elasticsearch`: a DNS label. */
  readonly name: string;
  /** That its container listens on. */
  readonly port: number;
  readonly service: ecs.FargateService;
}

/**
 * The names by which the services of an app are reached, in two ways: docs/decisions/internal-services.md.
 *
 * - Services of the app connect by Service Connect: `elasticsearch:9200` is an address inside of their tasks.
 * - What no service of the app runs, such as deploy tasks and functions, looks `elasticsearch.app-0a1b2c3d.internal` up, in a private zone of the network.
 */
export class ServiceNames {
  private readonly named = new Map<string, NamedService>();
  /** Those that deploy tasks may use, and which therefore do not wait for these. */
  private readonly published = new Set<NamedService>();
  /** Those that Service Connect is enabled for, which is possible once: as servers, if they have a name, and always as clients. */
  private readonly connected = new Set<ecs.FargateService>();
  /** The servers that a service starts after. */
  private readonly started = new Map<ecs.IBaseService, Set<ecs.IBaseService>>();
  /** The tasks that start after a server. */
  private readonly tasks = new Map<ecs.IBaseService, Application[]>();
  private zone?: servicediscovery.PrivateDnsNamespace;

  /** @param app the app, in which the private zone is created when a name is first needed */
  constructor(private readonly app: Construct, private readonly vpc: ec2.IVpc) {}

  /**
   * Gives a service a name, both ways at once: a server with data stops while it is replaced, so that a first client must not change it.
   *
   * @throws if another service has the name
   */
  public publish(server: NamedService): void {
    this.requireFree(server.name, new Checks(server.service.node.path));
    this.named.set(server.name, server);
    this.published.add(server);
    this.connect(server.service);
    this.dnsNameOf(server);
  }

  /** @throws if another service has a name, and others may reach it by that */
  public requireFree(name: string, checks: Checks): void {
    const other = this.named.get(name);
    if (other && this.isReached(other)) throw checks.error(`'name' must be one that no other service of the app has, got '${name}', which is that of ${other.service.node.path}`);
  }

  /** Whether deploy tasks may use a service: it waits for those before the first that does. */
  public isPublished(server: NamedService): boolean {
    return this.published.has(server);
  }

  /** Notes a service that nobody may ever reach by name, such as a web service. It gets the name when somebody uses it first, and another service may take it before. */
  public offer(server: NamedService): void {
    if (DNS_LABEL.test(server.name) && !this.named.has(server.name)) this.named.set(server.name, server);
  }

  /** The host name in the private zone, which everything in the network can resolve. */
  public dnsNameOf({ name, service }: NamedService): string {
    // Cloud Map removes a task that stopped; a client asks again after 10 seconds, and not after CDK's 60.
    if (!service.cloudMapService) service.enableCloudMap({ cloudMapNamespace: this.namespace, name, dnsTtl: Duration.seconds(10) });
    return `${name}.${this.namespace.namespaceName}`;
  }

  /**
   * Has an application reach a server by name.
   *
   * @returns the host name, and whether it is an address of Service Connect
   * @throws if the server has no name, or if it is the application itself
   */
  public reach(server: NamedService, application: Application): { readonly host: string; readonly isConnected: boolean } {
    const { service: client, fn } = runBy(application);
    const resource = server.service.node.defaultChild as CfnResource;
    new Checks(server.service.node.path).known('port', server.port, 'other services have it in their address');
    if (this.named.get(server.name) !== server) throw this.namelessError(server);
    if (client === server.service) throw new Error(`${client.node.path}: a service cannot use itself: within a task, it is localhost:${server.port}`);
    // A deploy task runs at once, and before a web service; others look the name up whenever they need it.
    if (!client && !fn && this.published.has(server)) this.startTaskAfter(application, server.service);
    if (!this.isOfApp(client) || !this.mayStartAfter(client, server)) return { host: this.dnsNameOf(server), isConnected: false };
    this.connect(server.service);
    this.connect(client);
    // A task knows the servers that there were when it started: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
    startAfter(application, resource);
    this.started.set(client, new Set([...this.started.get(client) ?? [], server.service]));
    this.tasks.get(client)?.forEach((task) => this.startTaskAfter(task, server.service));
    return { host: server.name, isConnected: true };
  }

  private get namespace(): servicediscovery.PrivateDnsNamespace {
    // A network can have one zone of a name only. Known at synthesis, as other stacks need it; the stack and the path are those of one app in an account and region.
    const hash = createHash('sha256').update(`${outermostStack(this.app).stackName}/${this.app.node.path}`).digest('hex').slice(0, 8);
    this.zone ??= new servicediscovery.PrivateDnsNamespace(this.app, 'Names', {
      name: `app-${hash}.internal`, vpc: this.vpc, description: `The services of ${this.app.node.path}`.slice(0, 1024),
    });
    return this.zone;
  }

  /**
   * Enables Service Connect. By its ARN, as ECS creates another namespace for a name that it does not know, and it does not know that of a private zone.
   *
   * @see https://github.com/aws/aws-cdk/issues/25616
   */
  private connect(service: ecs.FargateService): void {
    if (this.connected.has(service)) return;
    this.connected.add(service);
    const server = [...this.named.values()].find((named) => named.service === service);
    service.enableServiceConnect({
      namespace: this.namespace.namespaceArn,
      services: server && [{
        portMappingName: CONTAINER_NAME, // without a protocol, so TCP: with HTTP, Service Connect ends each request after 15 seconds
        discoveryName: `${server.name}${SUFFIX}`, // the name itself is that of the DNS entry
        dnsName: server.name,
        port: server.port,
      }],
    });
  }

  /** What is imported, or the user's own, may have a Service Connect of its own, or run where there is none. */
  private isOfApp(service: ecs.IBaseService | undefined): service is ecs.FargateService {
    return service !== undefined && 'enableServiceConnect' in service && service.node.scopes.includes(this.app);
  }

  /** Has a task start after a server, and after all that this starts after: none of them then waits for the task. */
  private startTaskAfter(task: Application, server: ecs.IBaseService): void {
    if (this.tasks.get(server)?.includes(task)) return;
    startAfter(task, server.node.defaultChild as CfnResource);
    this.tasks.set(server, [...this.tasks.get(server) ?? [], task]);
    this.started.get(server)?.forEach((needed) => this.startTaskAfter(task, needed));
  }

  /**
   * Of two services that use each other, CloudFormation can create only one after the other. Nor can an internal service start after a web service: deploy tasks
   * may need the one, and run before the other. DNS needs no order.
   */
  private mayStartAfter(client: ecs.FargateService, server: NamedService): boolean {
    const isInternal = [...this.published].some(({ service }) => service === client);
    return !this.startsAfter(server.service, client) && (!isInternal || this.published.has(server));
  }

  private startsAfter(one: ecs.IBaseService, other: ecs.IBaseService, seen = new Set<ecs.IBaseService>()): boolean {
    if (seen.has(one)) return false; // there are many ways between services that all use each other
    seen.add(one);
    return [...this.started.get(one) ?? []].some((needed) => needed === other || this.startsAfter(needed, other, seen));
  }

  private isReached({ service }: NamedService): boolean {
    return this.connected.has(service) || service.cloudMapService !== undefined;
  }

  private namelessError({ name, service }: NamedService): Error {
    const other = this.named.get(name);
    return new Error(`${service.node.path}: nothing can reach this service by name, as ${other === undefined
      ? `its name must be ${DNS_LABEL_IN_WORDS}, got '${name}'`
      : `${other.service.node.path} has the name '${name}': give one of them another`}`);
  }
}

interface ServiceBindingProps {
  readonly names: ServiceNames;
  readonly server: NamedService;
  readonly settings: ServiceBindingNames;
  /** What an error names. */
  readonly origin: string;
}

/** A service as an application uses it: the settings, and the port, which is opened to the application. */
export class ServiceBinding implements IBinding {
  constructor(private readonly props: ServiceBindingProps) {
    requireArgument(props.origin, 'names', props.settings, required(struct(SERVICE_BINDING_NAMES)));
  }

  /** The construct of the service, if it gets a new version only after the deploy tasks, whichever these are. */
  public get serviceAfterDeployTasks(): IConstruct | undefined {
    const { names, server } = this.props;
    return names.isPublished(server) ? undefined : server.service.node.scope;
  }

  public bind(target: IBindingTarget): void {
    const { names, server, settings, origin } = this.props;
    const port = `${server.port}`;
    const rules = openPort(server.service.connections, ec2.Port.tcp(server.port), target);
    const { host, isConnected } = names.reach(server, target);
    addSettings(target, settings, { url: `http://${host}:${port}`, host, port }, origin);
    startAfter(target, ...rules);
    // An application that sets none of these names has the same task definition as before, and its tasks would never know the server.
    if (isConnected) replaceTasksWith(target, server.service, { address: `${host}:${port}`, kind: 'AWS::ECS::Service' });
  }
}
