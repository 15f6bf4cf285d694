import { DNS_LABEL } from './service-names';
import { ComposeFile } from '../../compose/compose-file';
import { ComposeService } from '../../compose/compose-service';
import { suggestion } from '../../compose/compose-values';
import type { FromComposeProps } from '../from-compose-props';

/** What a service of a compose file becomes. */
export interface ComposePlan {
  readonly web: ComposeService;
  readonly webServices: ComposeService[];
  readonly internalServices: ComposeService[];
  readonly workers: ComposeService[];
  readonly deployTasks: ComposeService[];
}

/** What stands for a service that AWS runs better: matched with the last part of the name of its image. */
const MANAGED: [RegExp, string][] = [
  [/^(postgres(ql)?|postgis|pgvector|timescaledb|mysql(-server)?|mariadb|percona(-server)?)$/, 'EncryptedDatabase'],
  [/^(redis(-stack(-server)?)?|valkey|keydb|dragonfly|memcached)$/, 'EncryptedCache'],
  [/^(rabbitmq|elasticmq(-native)?|activemq(-.*)?|nats|beanstalkd)$/, 'SecureQueue'],
];

type Choices = Pick<FromComposeProps, 'web' | 'pathPatterns' | 'leaveOut' | 'keepAsService' | 'uses'>;

/** Decides what becomes of each service. What cannot be goes into `problems`. */
export function planOf({ services: present, names, problems, ignored }: ComposeFile, choices: Choices): ComposePlan | undefined {
  const { web: named, pathPatterns = {}, keepAsService = [] } = choices;
  requireKnownServices(choices, names, problems);
  present.filter(({ name }) => !keepAsService.includes(name)).forEach((service) => refuseManaged(service, problems));
  const ordered = inOrder(present, problems);
  const dependencies = present.flatMap(({ dependsOn }) => [...dependsOn.values()].map(({ value }) => value));
  const runOnce = new Set(dependencies.filter(({ condition }) => condition === RUNS_ONCE).map(({ service }) => service));
  const lasting = present.filter(({ name }) => !runOnce.has(name));
  const getsRequests = ({ published, name }: ComposeService) => published.length > 0 && !Object.hasOwn(pathPatterns, name);
  const web = lasting.find((service) => (named === undefined ? getsRequests(service) : service.name === named));
  if (!web) {
    if (problems.length === 0) problems.push(reasonForNone(named, runOnce, Object.keys(pathPatterns)));
    return undefined;
  }
  const others = lasting.filter((service) => service !== web);
  const webServices = others.filter(({ name }) => Object.hasOwn(pathPatterns, name));
  const internalServices = others.filter((service) => !webServices.includes(service) && portOfService(service) !== undefined);
  const workers = others.filter((service) => !webServices.includes(service) && !internalServices.includes(service));
  const deployTasks = ordered.filter(({ name }) => runOnce.has(name));
  requirePathsOfOthers(Object.keys(pathPatterns), web, deployTasks, problems);
  requirePorts([web, ...webServices], problems);
  requireNames(internalServices, problems);
  requireTasks([web, ...webServices, ...internalServices, ...workers], problems);
  [web, ...webServices, ...internalServices].forEach((service) => noteOtherPorts(service, ignored));
  requireVolumes({ internalServices, others: [web, ...webServices, ...workers, ...deployTasks] }, problems);
  return { web, webServices, internalServices, workers, deployTasks };
}

function requireKnownServices(choices: Choices, names: string[], problems: string[]): void {
  const { web, pathPatterns = {}, leaveOut = [], keepAsService = [], uses = {} } = choices;
  const asked = { web: web === undefined ? [] : [web], leaveOut, keepAsService, pathPatterns: Object.keys(pathPatterns), uses: Object.keys(uses) };
  for (const [prop, services] of Object.entries(asked)) {
    const unknown = services.filter((name) => !names.includes(name));
    problems.push(...unknown.map((name) => `'${prop}' names the service '${name}', and the file has ${names.join(', ') || 'none'}${suggestion(names, name)}`));
  }
}

const RUNS_ONCE = 'service_completed_successfully';

/** Each after those that it depends on, else as in the file. Compose refuses circles, too. */
function inOrder(services: ComposeService[], problems: string[]): ComposeService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const done = new Set<ComposeService>();
  const open: ComposeService[] = [];
  const visit = (service: ComposeService) => {
    open.push(service);
    for (const [name, { at }] of service.dependsOn) {
      const before = byName.get(name);
      if (!before || done.has(before)) continue;
      const circle = open.includes(before) ? [...open.slice(open.indexOf(before)), before] : [];
      if (circle.length === 0) visit(before);
      else problems.push(`${at}: services.${service.name}.depends_on: each of these waits for the next: ${circle.map((each) => each.name).join(' → ')}`);
    }
    open.pop();
    done.add(service);
  };
  services.forEach((service) => done.has(service) || visit(service));
  return [...done];
}

function reasonForNone(named: string | undefined, runOnce: Set<string>, others: string[]): string {
  const besides = others.length > 0 ? " besides those of 'pathPatterns'" : '';
  if (named === undefined) return `no service of the file has a published port${besides}: name the one that gets requests by 'web', or publish its port with 'ports'`;
  const why = runOnce.has(named) ? `others wait for it with '${RUNS_ONCE}', so it is a deploy task` : 'it is left out, or none of its profiles is active';
  return `'web' names the service '${named}', which gets no requests: ${why}`;
}

function requirePathsOfOthers(named: string[], web: ComposeService, deployTasks: ComposeService[], problems: string[]): void {
  if (named.includes(web.name)) problems.push(`'pathPatterns' names the service '${web.name}', which gets all requests that no other service gets: leave it out there`);
  deployTasks.filter(({ name }) => named.includes(name)).forEach(({ name }) => {
    problems.push(`'pathPatterns' names the service '${name}', which is a deploy task, as others wait for it with '${RUNS_ONCE}': leave it out there`);
  });
}

/** The port that others reach: the first one. */
export function portOfService({ published, exposed }: ComposeService): number | undefined {
  return [...published, ...exposed][0]?.value;
}

function refuseManaged({ name, image, at }: ComposeService, problems: string[]): void {
  const last = image?.value.split('@')[0].split('/').pop()!.split(':')[0] ?? '';
  const [, construct] = MANAGED.find(([pattern]) => pattern.test(last)) ?? [];
  if (construct === undefined) return;
  problems.push(
    `${image?.at ?? at}: services.${name}.image: ${image!.value} keeps its data in a container: create ${construct === 'SecureQueue' ? 'a' : 'an'} ${construct}, bind it by 'uses', and give ` +
    `'leaveOut: ["${name}"]'; or give 'keepAsService: ["${name}"]' to run it as it is`,
  );
}

function requirePorts(services: ComposeService[], problems: string[]): void {
  services.filter((service) => portOfService(service) === undefined).forEach(({ name, at }) => {
    problems.push(`${at}: services.${name}: it gets requests, but the file does not say on which port: add 'expose' or 'ports'`);
  });
}

function requireNames(services: ComposeService[], problems: string[]): void {
  services.filter(({ name }) => !DNS_LABEL.test(name)).forEach(({ name, at }) => {
    problems.push(`${at}: services.${name}: others reach it by its name, so that must be of lower-case letters, digits and hyphens: rename it, and in their settings, too`);
  });
}

function requireTasks(services: ComposeService[], problems: string[]): void {
  for (const { name, replicas } of services.filter((service) => service.replicas)) {
    const { at, value } = replicas!;
    if (Number.isInteger(value) && value >= 1) continue;
    problems.push(`${at}: services.${name}: the number of its tasks must be a whole number of at least 1, got ${value}${value === 0 ? `: leave the service out by 'leaveOut: ["${name}"]'` : ''}`);
  }
}

function noteOtherPorts({ name, published, exposed }: ComposeService, ignored: string[]): void {
  const [port, ...others] = [...published, ...exposed];
  others.filter(({ value }) => value !== port.value).forEach(({ at, value }) => {
    ignored.push(`${at}: services.${name}: nothing reaches it at ${value}: a service has one port, the first one, ${port.value}`);
  });
}

function requireVolumes({ internalServices, others }: { internalServices: ComposeService[]; others: ComposeService[] }, problems: string[]): void {
  for (const { name, volumes } of others) {
    volumes.forEach(({ at, value }) => problems.push(
      `${at}: services.${name}.volumes: '${value.volume}' outlives its tasks, which only data of an internal service does here: use a bucket, a database or an internal service`,
    ));
  }
  const owners = new Map<string, string>();
  for (const { name, volumes, replicas } of internalServices) {
    if (volumes.length > 0 && replicas && replicas.value > 1) {
      problems.push(`${replicas.at}: services.${name}: one task at a time writes data, got ${replicas.value}: leave the number of tasks out, or keep the data in a database, a cache or a bucket`);
    }
    volumes.slice(1).forEach(({ at }) => problems.push(`${at}: services.${name}.volumes: an internal service has one directory of data, got ${volumes.length}: put them below one`));
    for (const { at, value: { volume } } of volumes) {
      if (owners.has(volume) && owners.get(volume) !== name) problems.push(`${at}: services.${name}.volumes: '${volume}' is also of '${owners.get(volume)}', and one task at a time writes data: use a bucket, or one service that both ask`);
      owners.set(volume, name);
    }
  }
}
