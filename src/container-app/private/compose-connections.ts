import { CfnResource, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ComposePlan } from './compose-plan';
import { IBinding } from '../../binding/binding';
import { ComposeFile } from '../../compose/compose-file';
import { ComposeService } from '../../compose/compose-service';
import type { InternalService } from '../internal-service';
import type { ServiceBindingNames } from '../internal-service-props';

/** What a service of a file became. */
export interface ComposePart extends Construct {
  readonly container: ecs.ContainerDefinition;
  /** None for a deploy task. */
  readonly service?: ecs.FargateService;
  use(...bindings: IBinding[]): void;
}

interface Server extends ComposePart {
  binding(names: ServiceBindingNames): IBinding;
}

/**
 * What services and tasks name, they reach; and what the file says to start before them is created before them. Internal services and deploy tasks come before
 * web services and workers, so they do not wait for these.
 */
export function connect(file: ComposeFile, plan: ComposePlan, parts: Map<ComposeService, ComposePart>): void {
  const order = new StartOrder();
  const context = { file, plan, order };
  for (const [service, part] of parts) {
    plan.internalServices.filter((other) => other !== service && names(service, other)).forEach((other) => {
      const server = parts.get(other) as InternalService;
      part.use(server.binding({}));
      // Service Connect, which knows short names, is for services, and of two that name each other for the one that starts later.
      if (plan.deployTasks.includes(service) || !order.add(service, other)) useHostName(part, service, other, server.dnsName);
    });
  }
  for (const [service, part] of parts) {
    if (plan.deployTasks.includes(service)) continue;
    const others = [plan.web, ...plan.webServices].filter((other) => other !== service && namesAsHost(service, other));
    others.forEach((other) => reachWebService(context, { service, part, other, server: parts.get(other) as Server }));
  }
  for (const service of parts.keys()) startAfterOthers(context, parts, service);
}

interface Context {
  readonly file: ComposeFile;
  readonly plan: ComposePlan;
  readonly order: StartOrder;
}

interface Reach {
  readonly service: ComposeService;
  readonly part: ComposePart;
  readonly other: ComposeService;
  readonly server: Server;
}

/** A web service has its id as its name, and no name of the DNS that a setting could have instead. */
function reachWebService({ file, plan, order }: Context, { service, part, other, server }: Reach): void {
  const isNamedSo = server.node.id.toLowerCase() === other.name;
  if (isNamedSo && !plan.internalServices.includes(service) && order.add(service, other)) part.use(server.binding({}));
  else file.ignored.push(`${service.at}: services.${service.name}: it does not reach '${other.name}' by that name, as that is a web service: use the URL of the load balancer`);
}

function startAfterOthers({ file, plan, order }: Context, parts: Map<ComposeService, ComposePart>, service: ComposeService): void {
  const first = [...plan.internalServices, ...plan.deployTasks];
  const { service: created } = parts.get(service)!;
  for (const [other, before] of parts) {
    const given = service.dependsOn.get(other.name);
    if (!given || first.includes(other)) continue; // ordered by its binding, or as services wait for tasks
    if (!first.includes(service) && order.add(service, other)) (created!.node.defaultChild as CfnResource).node.addDependency(before.service!);
    else file.ignored.push(`${given.at}: services.${service.name}.depends_on: '${other.name}' starts later all the same: internal services and deploy tasks are first, and what a setting names`);
  }
}

/** What starts after what. */
class StartOrder {
  private readonly known = new Map<ComposeService, Set<ComposeService>>();

  /** @returns whether that is possible */
  public add(one: ComposeService, other: ComposeService): boolean {
    if (this.isAfter(other, one)) return false;
    this.known.set(one, new Set([...this.known.get(one) ?? [], other]));
    return true;
  }

  private isAfter(one: ComposeService, other: ComposeService, seen = new Set<ComposeService>()): boolean {
    if (seen.has(one)) return false;
    seen.add(one);
    return [...this.known.get(one) ?? []].some((before) => before === other || this.isAfter(before, other, seen));
  }
}

/** By `depends_on`, `links`, or as the host in a setting. */
function names(service: ComposeService, other: ComposeService): boolean {
  return service.dependsOn.has(other.name) || namesAsHost(service, other);
}

function namesAsHost({ environment, links }: ComposeService, { name }: ComposeService): boolean {
  return links.some(({ value }) => value === name) || [...environment.values()].some(({ value }) => hostOf(name).test(value));
}

function useHostName({ container }: ComposePart, { environment }: ComposeService, { name }: ComposeService, hostName: string): void {
  const plain: { name: string; value: string }[] = Stack.of(container).resolve(container.renderContainerDefinition().environment) ?? [];
  for (const setting of plain.filter(({ value }) => typeof value === 'string' && hostOf(name).test(value))) {
    if (environment.has(setting.name)) container.addEnvironment(setting.name, setting.value.replace(hostOf(name), hostName));
  }
}

/** A name that is all of a setting or of an item of its list, in a URL or after `host=`, or with a port; not a word of a text. */
function hostOf(name: string): RegExp {
  const host = name.replace(/[.]/g, '\\.');
  return new RegExp(`(?<=^(?:\\S+,)?)${host}(?=$|,)|(?<=//|@|host=)${host}(?=$|[:/?,;)\\s])|(?<=^|[\\s,;(=])${host}(?=:\\d)`, 'g');
}
