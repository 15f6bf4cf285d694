import { CfnResource } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ContainerOfCompose, containerOf, pathOfHealthCheck } from './compose-container';
import { ComposePlan, planOf, portOfService } from './compose-plan';
import { FROM_COMPOSE_KINDS } from './from-compose-kinds';
import { IBinding } from '../../binding/binding';
import { ComposeFile, readComposeFile } from '../../compose/compose-file';
import { ComposeService } from '../../compose/compose-service';
import { Checks } from '../../shared/checks';
import { requireKinds } from '../../shared/kinds';
import { addWarning } from '../../shared/warning';
import type { ContainerAppWithAlbProps } from '../container-app-with-alb-props';
import type { FromComposeProps } from '../from-compose-props';
import type { InternalService } from '../internal-service';
import type { InternalServiceProps } from '../internal-service-props';
import type { DeployTaskProps } from '../task-props';
import type { WebServiceProps } from '../web-service-props';
import type { WorkerServiceProps } from '../worker-service-props';

interface Part extends Construct {
  use(...bindings: IBinding[]): void;
}

interface Service extends Part {
  readonly service: ecs.FargateService;
}

/** The app, as far as what a file says becomes something of it. */
interface App extends Construct {
  readonly webService: Service;
  addWebService(id: string, props: WebServiceProps): Service;
  addWorker(id: string, props: WorkerServiceProps): Service;
  addInternalService(id: string, props: InternalServiceProps): InternalService;
  addDeployTask(id: string, props: DeployTaskProps): Part;
}

/**
 * Creates the app that a compose file describes.
 *
 * @param create makes the app with its main web service
 * @throws if the file is not YAML, or something in it cannot be: one error with all that is wrong
 */
export function appOfCompose<T extends App>(
  scope: Construct, id: string, props: FromComposeProps, create: (ofApp: ContainerAppWithAlbProps) => T,
): T {
  requireKinds('ContainerAppWithAlb.fromCompose', props, FROM_COMPOSE_KINDS, 'props');
  const where = scope.node.path === '' ? id : `${scope.node.path}/${id}`;
  requireKnown(new Checks(where), props);
  const file = readOrThrow(where, props);
  const plan = planOf(file, props);
  const services = plan ? [plan.web, ...plan.webServices, ...plan.internalServices, ...plan.workers, ...plan.deployTasks] : [];
  const containers = new Map(services.map((service) => [service.name, containerOf(scope, id, service, file, props)]));
  requireUsedSecrets(props, services, file);
  if (!plan || file.problems.length > 0) {
    throw new Error(`${where}: the compose file cannot become a ContainerAppWithAlb:\n${file.problems.map((each) => `  ${each}`).join('\n')}`);
  }
  const { pathPatterns = {} } = props;
  const app = create({ ...appPropsOf(props), ...webPropsOf(plan.web, containers), port: portOfService(plan.web) });
  const parts = new Map<string, Part>([[plan.web.name, app.webService]]);
  for (const service of plan.internalServices) parts.set(service.name, app.addInternalService(idOf(service), internalPropsOf(service, containers)));
  for (const service of plan.deployTasks) parts.set(service.name, app.addDeployTask(idOf(service), containers.get(service.name)!));
  for (const service of plan.webServices) {
    const web = { ...webPropsOf(service, containers), port: portOfService(service)!, pathPatterns: pathPatterns[service.name] };
    parts.set(service.name, app.addWebService(idOf(service), web));
  }
  for (const service of plan.workers) {
    parts.set(service.name, app.addWorker(idOf(service), { ...containers.get(service.name)!, minimumTasks: service.replicas?.value }));
  }
  connect(plan, services, parts);
  warnOf(app, file, services, containers);
  return app;
}

function requireKnown(checks: Checks, { file, web, keepAsService, leaveOut, profiles, pathPatterns = {} }: FromComposeProps): void {
  const why = 'it decides what becomes of the file';
  checks.known('file', file, 'it is read at synthesis');
  checks.known('web', web, why);
  for (const [prop, listed] of Object.entries({ keepAsService, leaveOut, profiles, pathPatterns: Object.keys(pathPatterns) })) {
    if (listed !== undefined) checks.knownList(prop, listed, why);
    listed?.forEach((name) => checks.known(prop, name, why));
  }
}

function readOrThrow(where: string, { file, variables, profiles, leaveOut, secrets = {} }: FromComposeProps): ComposeFile {
  try {
    return readComposeFile(file, { variables, profiles, leaveOut, supplied: Object.keys(secrets) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new Error(`${where}: 'file' must be the path of a compose file, got '${file}', which cannot be read (${code}) from ${process.cwd()}`);
    throw new Error(`${where}: the compose file cannot become a ContainerAppWithAlb:\n  ${message}`);
  }
}

function appPropsOf(props: FromComposeProps) {
  const { vpc, ingress, domainName, hostedZone, certificate, deletionProtection, removalPolicy, alarmTopic } = props;
  return { vpc, ingress, domainName, hostedZone, certificate, deletionProtection, removalPolicy, alarmTopic };
}

function webPropsOf(service: ComposeService, containers: Map<string, ContainerOfCompose>) {
  return { ...containers.get(service.name)!, healthCheckPath: pathOfHealthCheck(service), minimumTasks: service.replicas?.value };
}

function internalPropsOf(service: ComposeService, containers: Map<string, ContainerOfCompose>): InternalServiceProps {
  const { name, volumes: [data], user, replicas } = service;
  const ownsData = /^[1-9]\d*:\d+$/.test(user ?? '');
  return {
    ...containers.get(name)!,
    name,
    port: portOfService(service)!,
    tasks: replicas?.value,
    dataPath: data?.value.target,
    dataOwner: data && ownsData ? user : undefined,
  };
}

/** What other services and tasks name, they reach; and what the file says to start before them is created before them. */
function connect({ internalServices, deployTasks }: ComposePlan, services: ComposeService[], parts: Map<string, Part>): void {
  for (const service of services) {
    const part = parts.get(service.name)!;
    for (const internal of internalServices.filter((other) => other !== service && names(service, other))) {
      part.use((parts.get(internal.name) as InternalService).binding({}));
    }
    for (const { value } of service.dependsOn.values()) {
      const before = parts.get(value.service);
      const isReached = internalServices.some(({ name }) => name === value.service); // its binding orders the two
      if (!before || isReached || deployTasks.includes(service) || !('service' in before) || !('service' in part)) continue;
      ((part as Service).service.node.defaultChild as CfnResource).node.addDependency((before as Service).service);
    }
  }
}

/** By `depends_on`, `links`, or as the host in a setting. */
function names(service: ComposeService, other: ComposeService): boolean {
  const asHost = new RegExp(`(^|[/@,;=\\s])${other.name.replace(/[.*+?^$\{}()|[\]\\]/g, '\\$&')}($|[:/,;\\s])`);
  const inSettings = [...service.environment.values()].some(({ value }) => asHost.test(value));
  return inSettings || service.dependsOn.has(other.name) || service.links.some(({ value }) => value === other.name);
}

/** `api-server` is `ApiServer`. */
function idOf({ name }: ComposeService): string {
  return name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requireUsedSecrets({ secrets = {} }: FromComposeProps, services: ComposeService[], file: ComposeFile): void {
  if (services.length === 0) return;
  Object.keys(secrets).filter((name) => !services.some(({ environment }) => environment.has(name))).forEach((name) => {
    file.problems.push(`'secrets' has '${name}', and no service has that in its 'environment': add it there, without a value`);
  });
}

/** Names of settings that hold secrets, as a rule. */
const LIKE_A_SECRET = /(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(API|PRIVATE|ACCESS)_?KEY)/i;

function warnOf(app: Construct, file: ComposeFile, services: ComposeService[], containers: Map<string, ContainerOfCompose>): void {
  if (file.ignored.length > 0) {
    addWarning(app, 'cdk-mainstay:FromCompose.Ignored', `of the compose file, this has no effect:\n${file.ignored.map((each) => `  ${each}`).join('\n')}`);
  }
  const plain = services.flatMap(({ name, environment }) => [...environment]
    .filter(([setting, { value }]) => LIKE_A_SECRET.test(setting) && value !== '' && Object.hasOwn(containers.get(name)!.environment!, setting))
    .map(([setting, { at }]) => `${at}: services.${name}.environment.${setting}`));
  if (plain.length > 0) {
    addWarning(
      app, 'cdk-mainstay:FromCompose.PlainSecret',
      `these look like secrets, and everybody may read them who may look at the template or the task definition: give them by 'secrets', and leave their values out:\n${plain.map((each) => `  ${each}`).join('\n')}`,
    );
  }
}
