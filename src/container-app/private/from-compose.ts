import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ComposePart, connect } from './compose-connections';
import { ContainerOfCompose, containerOf, pathOfHealthCheck, plainPath } from './compose-container';
import { idsOf, reportedAt } from './compose-parts';
import { ComposePlan, planOf, portOfService } from './compose-plan';
import { FROM_COMPOSE_KINDS } from './from-compose-kinds';
import { ComposeFile, readComposeFile } from '../../compose/compose-file';
import { ComposeService } from '../../compose/compose-service';
import { addWarning } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { requireKinds } from '../../shared/kinds';
import type { ContainerAppWithAlbProps } from '../container-app-with-alb-props';
import type { FromComposeProps } from '../from-compose-props';
import type { InternalServiceProps } from '../internal-service-props';
import type { DeployTaskProps } from '../task-props';
import type { WebServiceProps } from '../web-service-props';
import type { WorkerServiceProps } from '../worker-service-props';

/** The app, as far as what a file says becomes something of it. */
interface App extends Construct {
  readonly webService: ComposePart;
  addWebService(id: string, props: WebServiceProps): ComposePart;
  addWorker(id: string, props: WorkerServiceProps): ComposePart;
  addInternalService(id: string, props: InternalServiceProps): ComposePart;
  addDeployTask(id: string, props: DeployTaskProps): ComposePart;
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
  const ids = idsOf(services.slice(1), file.problems);
  requireNoProblems(where, file);
  if (!plan) throw new Error(`${where}: the compose file has no web service`);
  const app = reportedAt(file, plan.web, `${where}/Web`, () => create({ ...appPropsOf(props), ...webPropsOf(plan.web, containers), port: portOfService(plan.web) }));
  requireNoProblems(where, file);
  const parts = new Map<ComposeService, ComposePart>([[plan.web, app!.webService]]);
  const add = (service: ComposeService, createPart: (ofPart: string) => ComposePart) => {
    const ofPart = ids.get(service)!;
    const part = reportedAt(file, service, `${where}/${ofPart}`, () => createPart(ofPart));
    if (part) parts.set(service, part);
  };
  addParts(app!, plan, { ...props, containers, add });
  requireNoProblems(where, file);
  connect(file, plan, parts);
  warnOf(app!, file, services, containers);
  return app!;
}

interface Parts extends Pick<FromComposeProps, 'pathPatterns' | 'removalPolicy'> {
  readonly containers: Map<string, ContainerOfCompose>;
  add(service: ComposeService, create: (id: string) => ComposePart): void;
}

function addParts(app: App, plan: ComposePlan, { containers, add, pathPatterns = {}, removalPolicy }: Parts): void {
  for (const service of plan.internalServices) add(service, (id) => app.addInternalService(id, internalPropsOf(service, containers, removalPolicy)));
  for (const service of plan.deployTasks) add(service, (id) => app.addDeployTask(id, containers.get(service.name)!));
  for (const service of plan.webServices) {
    const paths = { port: portOfService(service)!, pathPatterns: pathPatterns[service.name] };
    add(service, (id) => app.addWebService(id, { ...webPropsOf(service, containers), ...paths }));
  }
  for (const service of plan.workers) {
    add(service, (id) => app.addWorker(id, { ...containers.get(service.name)!, minimumTasks: service.replicas?.value }));
  }
}

function requireNoProblems(where: string, { problems }: ComposeFile): void {
  if (problems.length === 0) return;
  throw new Error(`${where}: the compose file cannot become a ContainerAppWithAlb:\n${oncePerPlace(problems)}`);
}

/** A line each. What stands at one place, such as an anchor, is one line, though many services have it. */
function oncePerPlace(lines: string[]): string {
  const known = new Set<string>();
  const isNew = (line: string) => {
    const ofNoService = line.replace(/: services\.[\w-]+(?=[.:])/, '');
    return !known.has(ofNoService) && known.add(ofNoService);
  };
  return lines.filter(isNew).map((line) => `  ${line}`).join('\n');
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
  const { vpc, ingress, domainName, hostedZone, certificate, keepAlive, cluster, deletionProtection, removalPolicy, alarmTopic } = props;
  return { vpc, ingress, domainName, hostedZone, certificate, keepAlive, cluster, deletionProtection, removalPolicy, alarmTopic };
}

function webPropsOf(service: ComposeService, containers: Map<string, ContainerOfCompose>) {
  return { ...containers.get(service.name)!, healthCheckPath: pathOfHealthCheck(service), minimumTasks: service.replicas?.value };
}

function internalPropsOf(service: ComposeService, containers: Map<string, ContainerOfCompose>, removalPolicy?: RemovalPolicy): InternalServiceProps {
  const { name, volumes: [data], user, replicas } = service;
  const ownsData = /^[1-9]\d*:\d+$/.test(user ?? '');
  return {
    ...containers.get(name)!,
    name,
    port: portOfService(service)!,
    tasks: replicas?.value,
    dataPath: data && plainPath(data.value.target),
    dataOwner: data && ownsData ? user : undefined,
    removalPolicy: data && removalPolicy,
  };
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
    addWarning(app, 'cdk-mainstay:FromCompose.Ignored', `of the compose file, this has no effect:\n${oncePerPlace(file.ignored)}`);
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
