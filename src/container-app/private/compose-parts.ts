import { ComposeFile } from '../../compose/compose-file';
import { ComposeService } from '../../compose/compose-service';

/** What the app itself has in its scope, and the web service. */
const OF_THE_APP = ['BalancerErrorsAlarm', 'Cluster', 'DeployTasks', 'FailedRunAlarm', 'Ingress', 'Names', 'Web'];

/** The ids of the constructs of services. They depend on the name alone, so that another service in the file replaces nothing. Two that are the same are a problem. */
export function idsOf(services: ComposeService[], problems: string[]): Map<ComposeService, string> {
  const ids = new Map<ComposeService, string>();
  for (const service of services) {
    const { name, at } = service;
    const id = idOf(name);
    const [other] = [...ids].find(([, known]) => known === id) ?? [];
    if (other) problems.push(`${at}: services.${name}: its construct would have the id '${id}', as that of '${other.name}': rename one of them`);
    if (!/[A-Za-z0-9]/.test(name)) problems.push(`${at}: services.${name}: its construct is called by the letters and digits of its name, which has none: rename it`);
    ids.set(service, id);
  }
  return ids;
}

/** `api-server` is `ApiServer`, `web` beside another main web service `WebService`, and `2fa` is `Service2fa`. */
function idOf(name: string): string {
  const id = name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  if (OF_THE_APP.includes(id)) return `${id}Service`;
  return /^\d/.test(id) ? `Service${id}` : id;
}

/** The keys of a service that a prop comes from. */
const KEYS_OF_PROPS: Record<string, string[]> = {
  cpu: ['deploy', 'cpus', 'mem_limit'],
  dataOwner: ['user'],
  dataPath: ['volumes'],
  memory: ['deploy', 'mem_limit', 'cpus'],
  user: ['user'],
  workingDirectory: ['working_dir'],
  writablePaths: ['tmpfs', 'volumes'],
};

/** What does not come from the file. */
const OF_PROPS = ['pathPatterns', 'uses'];

/**
 * Creates what a service becomes. What its construct refuses is a problem of the file, at the key that it comes from.
 *
 * @param path of the construct
 * @throws what is wrong with the props
 */
export function reportedAt<T>(file: ComposeFile, service: ComposeService, path: string, create: () => T): T | undefined {
  try {
    return create();
  } catch (error) {
    const { message } = error as Error;
    const [, prop = ''] = /^'(\w+)'/.exec(message.slice(path.length + 2)) ?? [];
    if (!message.startsWith(`${path}: `) || OF_PROPS.includes(prop)) throw error;
    const key = (Object.hasOwn(KEYS_OF_PROPS, prop) ? KEYS_OF_PROPS[prop] : []).find((each) => service.places.has(each));
    const place = key === undefined ? `${service.at}: services.${service.name}` : `${service.places.get(key)}: services.${service.name}.${key}`;
    file.problems.push(`${place}: ${message.slice(path.length + 2)}`);
    return undefined;
  }
}
