import { readFileSync } from 'fs';
import { basename, dirname, isAbsolute, join } from 'path';
import { BUILD_KEYS, DEPLOY_KEYS, HEALTH_CHECK_KEYS, KeyRules, SERVICE_KEYS, TOP_KEYS } from './compose-keys';
import { ComposeBuild, ComposeDependency, ComposeHealthCheck, ComposeSecret, ComposeService, Given } from './compose-service';
import { portOf, problemOfSettingName, suggestion, volumeOf } from './compose-values';
import { envSettings } from './env-file';
import { interpolate } from './interpolation';
import { LocatedValues } from './located-values';
import { Entry, Located, readYaml } from './located-yaml';

/** What a compose file says, and what is wrong with it. */
export interface ComposeFile {
  /** Those that are asked for: not left out, and with an active profile, if they have any. */
  readonly services: ComposeService[];
  /** The names of all that the file has. */
  readonly names: string[];
  readonly secrets: Map<string, ComposeSecret>;
  /** `file:line:column: key: …`, each an error. */
  readonly problems: string[];
  /** The same of keys that have no effect. */
  readonly ignored: string[];
}

export interface ComposeFileOptions {
  readonly variables?: Record<string, string>;
  readonly profiles?: string[];
  /** Settings that need no value in the file, as something else has it. */
  readonly supplied?: string[];
  /** Services that are not looked at. */
  readonly leaveOut?: string[];
}

/**
 * Reads a compose file as the Compose specification has it, by the tables of `compose-keys.ts`. It neither looks at the environment of this process nor at
 * `.env`: what is in the template depends on the file and on `variables` alone.
 *
 * @see https://github.com/compose-spec/compose-spec/blob/main/spec.md
 * @throws if it is no YAML, or cannot be read
 */
export function readComposeFile(path: string, options: ComposeFileOptions = {}): ComposeFile {
  return new ComposeReader(path, options).read();
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class ComposeReader {
  private readonly values: LocatedValues;
  private readonly variables: Record<string, string>;
  private declaredVolumes: string[] = [];

  public constructor(private readonly path: string, private readonly options: ComposeFileOptions) {
    this.variables = options.variables ?? {};
    this.values = new LocatedValues(this.variables);
  }

  public read(): ComposeFile {
    const file = readYaml(readFileSync(this.path, 'utf8'), basename(this.path));
    const top = this.values.keys(file, '', TOP_KEYS);
    const secrets = this.secretsOf(top.get('secrets'));
    this.readVolumeNames(top.get('volumes'));
    const given = top.get('services')?.value;
    const all = this.values.namesOf(given, 'services');
    const { leaveOut = [] } = this.options;
    const present = [...all].filter(([name]) => !leaveOut.includes(name));
    const asked = present.filter(([name, { value }]) => this.hasActiveProfile(name, value));
    const services = asked.map(([name, entry]) => this.serviceOf(name, entry, secrets));
    if (all.size === 0 && isMapOrNothing(file) && isMapOrNothing(given)) this.values.problem(file.at, 'services: there is none, so there is nothing to run');
    const names = [...all.keys()];
    const inactive = present.filter((each) => !asked.includes(each)).map(([name]) => name);
    services.forEach((service) => this.checkNames(service, names, inactive));
    const { problems, ignored } = this.values;
    return { services, names, secrets, problems, ignored };
  }

  private hasActiveProfile(name: string, service: Located): boolean {
    const { profiles = [] } = this.options;
    const own = this.values.textsOf(service.entries?.get('profiles')?.value, `services.${name}.profiles`).map(({ value }) => value);
    return own.length === 0 || own.some((profile) => profiles.includes(profile));
  }

  private serviceOf(name: string, { at, value }: Entry, secrets: Map<string, ComposeSecret>): ComposeService {
    const key = (of: string) => `services.${name}.${of}`;
    const given = this.values.keys(value, `services.${name}`, SERVICE_KEYS);
    const part = (of: string) => given.get(of)?.value;
    const service: Mutable<ComposeService> = {
      name,
      at,
      places: new Map([...given].map(([of, entry]) => [of, entry.at])),
      image: this.values.textOf(part('image'), key('image')),
      build: this.buildOf(part('build'), key('build')),
      command: this.values.wordsOf(part('command'), key('command')),
      entryPoint: this.values.wordsOf(part('entrypoint'), key('entrypoint')),
      environment: this.environmentOf(part('env_file'), part('environment'), name),
      secrets: this.usedSecrets(part('secrets'), key('secrets'), secrets),
      published: [],
      exposed: this.values.listOf(part('expose'), key('expose')).flatMap((each) => this.portNumber(each, key('expose'))),
      dependsOn: this.dependenciesOf(part('depends_on'), key('depends_on')),
      links: this.values.textsOf(part('links'), key('links')).map((each) => ({ at: each.at, value: each.value.split(':')[0] })),
      healthCheck: this.healthCheckOf(part('healthcheck'), key('healthcheck')),
      user: this.values.textOf(part('user'), key('user'))?.value,
      workingDirectory: this.values.textOf(part('working_dir'), key('working_dir'))?.value,
      isReadOnly: this.values.flagOf(part('read_only'), key('read_only')),
      writablePaths: this.values.textsOf(part('tmpfs'), key('tmpfs')).map(({ at: where, value: path }) => ({ at: where, value: path.split(':')[0] })),
      volumes: [],
      capabilities: this.values.textsOf(part('cap_add'), key('cap_add')),
      stopSeconds: this.values.durationOf(part('stop_grace_period'), key('stop_grace_period')),
      cpus: this.values.numberOf(part('cpus'), key('cpus')),
      memoryBytes: this.values.bytesOf(part('mem_limit'), key('mem_limit')),
      replicas: this.values.numberOf(part('scale'), key('scale')),
      platform: this.values.textOf(part('platform'), key('platform')),
    };
    this.readPorts(service, part('ports'), key('ports'));
    this.readVolumes(service, part('volumes'), key('volumes'));
    this.readDeploy(service, part('deploy'), key('deploy'));
    const isGiven = [part('image'), part('build')].some((each) => each && each.scalar !== null);
    if (!isGiven && isMapOrNothing(value)) this.values.problem(at, `services.${name}: 'image' or 'build' must be given`);
    return service;
  }

  private buildOf(given: Located | undefined, key: string): Given<ComposeBuild> | undefined {
    if (!given || given.scalar === null || !this.values.isTextOrMap(given, key)) return undefined;
    const parts = given.entries ? this.values.keys(given, key, BUILD_KEYS) : new Map<string, Entry>();
    const text = (name: string) => this.values.textOf(parts.get(name)?.value, `${key}.${name}`)?.value;
    const args = this.settingsOf(parts.get('args')?.value, `${key}.args`);
    const context = given.entries ? text('context') ?? '.' : this.values.scalarOf(given, key);
    if (context === undefined) return undefined;
    if (/^[a-z]+:\/\/|^git@/.test(context)) {
      this.values.problem(given.at, `${key}: CDK builds directories, not repositories: got '${context}'; build the image in CI, and give it by 'image'`);
      return undefined;
    }
    return { at: given.at, value: { context: this.pathOf(context), dockerfile: text('dockerfile'), target: text('target'), args: Object.fromEntries([...args].map(([name, { value }]) => [name, value])) } };
  }

  private healthCheckOf(given: Located | undefined, key: string): Given<ComposeHealthCheck> | undefined {
    if (!given || given.scalar === null) return undefined;
    const parts = this.values.keys(given, key, HEALTH_CHECK_KEYS);
    const part = (name: string) => parts.get(name)?.value;
    const test = part('test');
    if (this.values.flagOf(part('disable'), `${key}.disable`) || !test || test.scalar === null) return undefined;
    const words = this.values.textsOf(test, `${key}.test`).map(({ value }) => value);
    if (words[0] === 'NONE' || test.entries || (words.length === 0 && test.scalar !== undefined)) return undefined;
    const command = test.scalar !== undefined ? ['CMD-SHELL', ...words] : words;
    if (!['CMD', 'CMD-SHELL'].includes(command[0])) this.values.problem(test.at, `${key}.test: a list must begin with CMD, CMD-SHELL or NONE, got '${command[0] ?? ''}'`);
    else if (command.slice(1).every((word) => word === '')) this.values.problem(test.at, `${key}.test: the command is missing: give one, or 'disable: true'`);
    return {
      at: given.at,
      value: {
        test: command,
        interval: this.values.durationOf(part('interval'), `${key}.interval`),
        timeout: this.values.durationOf(part('timeout'), `${key}.timeout`),
        startPeriod: this.values.durationOf(part('start_period'), `${key}.start_period`),
        retries: this.values.numberOf(part('retries'), `${key}.retries`),
      },
    };
  }

  private environmentOf(files: Located | undefined, environment: Located | undefined, name: string): Map<string, Given<string>> {
    const result = new Map<string, Given<string>>();
    const key = `services.${name}.env_file`;
    const listed = files?.items ?? (files && files.scalar !== null ? [files] : []);
    for (const each of listed) this.readEnvFile(each, key, result);
    this.settingsOf(environment, `services.${name}.environment`).forEach((value, setting) => result.set(setting, value));
    return result;
  }

  private readEnvFile(given: Located, key: string, into: Map<string, Given<string>>): void {
    const parts = given.entries ? this.values.keys(given, key, ENV_FILE_KEYS) : undefined;
    const path = parts ? this.values.textOf(parts.get('path')?.value, `${key}.path`)?.value : this.values.textOf(given, key)?.value;
    if (path === undefined) return;
    const isRaw = this.values.textOf(parts?.get('format')?.value, `${key}.format`)?.value === 'raw';
    const isRequired = this.values.flagOf(parts?.get('required')?.value, `${key}.required`) ?? true;
    let text: string;
    try {
      text = readFileSync(this.pathOf(path), 'utf8');
    } catch (error) {
      if (!isRequired && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.values.problem(given.at, `${key}: '${path}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return;
    }
    const own = new Map<string, string>();
    for (const { name, value, isLiteral, line } of envSettings(text, isRaw, (problem) => this.values.problem(given.at, `${key}: ${path}: ${problem}`))) {
      const known = { ...this.variables, ...Object.fromEntries(own) };
      const complain = (problem: string) => this.values.problem(given.at, `${key}: ${path}: line ${line}: ${problem}`);
      own.set(name, value === undefined ? this.supplied(name, complain) : isLiteral ? value : interpolate(value, known, complain));
    }
    own.forEach((value, name) => into.set(name, { at: given.at, value }));
  }

  /** What a setting without a value gets. */
  private supplied(name: string, complain: (problem: string) => void): string {
    if (Object.hasOwn(this.variables, name)) return this.variables[name];
    if (!this.options.supplied?.includes(name)) complain(`nothing supplies the variable '${name}': give it by 'variables', or write its value`);
    return '';
  }

  /** Of a file or directory that the compose file names. */
  private pathOf(path: string): string {
    return isAbsolute(path) ? path : join(dirname(this.path), path);
  }

  /** A map, or a list of `NAME=value`. One without a value gets that of the variable of this name. */
  private settingsOf(given: Located | undefined, key: string): Map<string, Given<string>> {
    const pairs: [string, string | undefined, string][] = given?.entries
      ? [...given.entries].map(([name, { at, value }]) => [name, value.scalar === null ? undefined : this.values.scalarOf(value, `${key}.${name}`) ?? '', at])
      : this.values.textsOf(given, key).map(({ value, at }) => {
        const index = value.indexOf('=');
        return index === -1 ? [value, undefined, at] : [value.slice(0, index), value.slice(index + 1), at];
      });
    return new Map(pairs.map(([name, value, at]) => {
      const wrong = problemOfSettingName(name);
      if (wrong !== undefined) this.values.problem(at, `${key}: ${wrong}`);
      return [name, { value: value ?? this.supplied(name, (problem) => this.values.problem(at, `${key}.${name}: ${problem}`)), at }];
    }));
  }

  private usedSecrets(given: Located | undefined, key: string, known: Map<string, ComposeSecret>): Map<string, Given<string>> {
    return new Map(this.values.listOf(given, key).flatMap((each): [string, Given<string>][] => {
      const parts = each.entries ? this.values.keys(each, key, USED_SECRET_KEYS) : undefined;
      const source = parts ? this.values.textOf(parts.get('source')?.value, `${key}.source`)?.value : this.values.textOf(each, key)?.value;
      if (source === undefined) {
        if (parts && !parts.has('source')) this.values.problem(each.at, `${key}: 'source' must be given`);
        return [];
      }
      const secret = known.get(source);
      if (secret && !secret.isExternal) {
        this.values.problem(secret.at, `secrets.${source}: only secrets of Secrets Manager are used, so that none is in the template: put it there, and write 'external: true' with its 'name'`);
      }
      if (!secret) this.values.problem(each.at, `${key}: the file has no secret '${source}' in 'secrets' at its top${suggestion([...known.keys()], source)}`);
      const target = this.values.textOf(parts?.get('target')?.value, `${key}.target`)?.value ?? source;
      return [[target.split('/').pop()!, { at: each.at, value: source }]];
    }));
  }

  private secretsOf(given: Entry | undefined): Map<string, ComposeSecret> {
    return new Map([...this.values.namesOf(given?.value, 'secrets')].map(([name, { at, value }]) => {
      const parts = this.values.keys(value, `secrets.${name}`, SECRET_KEYS);
      const isExternal = this.values.flagOf(parts.get('external')?.value, `secrets.${name}.external`) ?? false;
      const externalName = this.values.textOf(parts.get('name')?.value, `secrets.${name}.name`);
      if (externalName && /^$|^arn:/.test(externalName.value)) this.values.problem(externalName.at, `secrets.${name}.name: must be the name of a secret, not its ARN, got '${externalName.value}'`);
      return [name, { at, isExternal, externalName: externalName?.value ?? name }];
    }));
  }

  private readVolumeNames(given: Entry | undefined): void {
    const declared = this.values.namesOf(given?.value, 'volumes');
    for (const [name, { value }] of declared) this.values.keys(value, `volumes.${name}`, VOLUME_KEYS);
    this.declaredVolumes = [...declared.keys()];
  }

  private dependenciesOf(given: Located | undefined, key: string): Map<string, Given<ComposeDependency>> {
    if (!given?.entries) return new Map(this.values.textsOf(given, key).map(({ value: service, at }) => [service, { at, value: { service, condition: 'service_started', isRequired: true } }]));
    return new Map([...given.entries].map(([service, { at, value }]) => {
      const parts = this.values.keys(value, `${key}.${service}`, DEPENDENCY_KEYS);
      const condition = this.values.textOf(parts.get('condition')?.value, `${key}.${service}.condition`)?.value ?? 'service_started';
      if (!CONDITIONS.includes(condition)) this.values.problem(at, `${key}.${service}.condition: must be one of ${CONDITIONS.join(', ')}, got '${condition}'`);
      const isRequired = this.values.flagOf(parts.get('required')?.value, `${key}.${service}.required`) ?? true;
      return [service, { at, value: { service, condition, isRequired } }];
    }));
  }

  private checkNames({ name, dependsOn, links }: ComposeService, names: string[], inactive: string[]): void {
    const needed = [...dependsOn.values()].filter(({ value }) => value.isRequired);
    const named = [...needed.map(({ at, value }) => ({ at, value: value.service })), ...links];
    for (const { at, value } of named) {
      if (!names.includes(value)) this.values.problem(at, `services.${name}: the file has no service '${value}'${suggestion(names, value)}`);
      if (inactive.includes(value)) this.values.problem(at, `services.${name}: none of the profiles of '${value}' is active: give one by 'profiles', or give 'leaveOut: ["${value}"]'`);
    }
  }

  private readPorts(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    for (const each of this.values.listOf(given, key)) {
      const parts = each.entries ? this.values.keys(each, key, PORT_KEYS) : undefined;
      const protocol = this.values.textOf(parts?.get('protocol')?.value, `${key}.protocol`)?.value ?? 'tcp';
      const target = this.values.textOf(parts?.get('target')?.value, `${key}.target`)?.value;
      if (!parts) service.published.push(...this.portNumber(each, key));
      else if (target !== undefined) service.published.push(...this.portNumber({ at: each.at, scalar: protocol === 'tcp' ? target : `${target}/${protocol}` }, key));
      else if (isNothing(parts.get('target')?.value)) this.values.problem(each.at, `${key}: 'target' must be given, the port that the container listens on`);
    }
  }

  private portNumber(given: Located, key: string): Given<number>[] {
    const text = given.scalar === null ? '' : this.values.scalarOf(given, key);
    if (text === undefined) return [];
    const port = portOf(text);
    if (!port) this.values.problem(given.at, `${key}: must be a port, such as 8080 or "8080:80", got '${text}'`);
    else if (port.protocol !== 'tcp') this.values.problem(given.at, `${key}: an Application Load Balancer and ECS Service Connect speak TCP only, got '${text}': leave it out`);
    else if (port.target.includes('-')) this.values.problem(given.at, `${key}: ranges are not supported, got '${text}': name the one port that the container listens on`);
    else if (Number(port.target) < 1 || Number(port.target) > 65_535) this.values.problem(given.at, `${key}: must be between 1 and 65535, got '${text}'`);
    else return [{ at: given.at, value: Number(port.target) }];
    return [];
  }

  private readVolumes(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    for (const each of this.values.listOf(given, key)) {
      const parts = each.entries ? this.values.keys(each, key, MOUNT_KEYS) : undefined;
      const part = (name: string) => this.values.textOf(parts?.get(name)?.value, `${key}.${name}`)?.value;
      const text = each.scalar === null ? '' : parts ? undefined : this.values.scalarOf(each, key);
      if (!parts && text === undefined) continue;
      const volume = parts ? { type: part('type') ?? 'volume', source: part('source'), target: part('target') } : volumeOf(text!);
      if (!volume?.target?.startsWith('/')) {
        this.values.problem(each.at, `${key}: must be a volume and an absolute path, such as data:/var/lib/data, got '${text ?? volume?.target ?? ''}'`);
      } else if (volume.type === 'bind') {
        this.values.problem(each.at, `${key}: '${volume.source ?? volume.target}' is a file or directory of a machine, and Fargate has none: put it into the image, or use a named volume, a bucket or a secret`);
      } else if (volume.type === 'tmpfs' || (volume.type === 'volume' && volume.source === undefined)) {
        service.writablePaths.push({ at: each.at, value: volume.target });
      } else if (volume.type === 'volume') {
        if (!this.declaredVolumes.includes(volume.source!)) this.values.problem(each.at, `${key}: the file has no volume '${volume.source}' in 'volumes' at its top${suggestion(this.declaredVolumes, volume.source!)}`);
        service.volumes.push({ at: each.at, value: { volume: volume.source!, target: volume.target } });
      } else {
        this.values.problem(each.at, `${key}.type: must be volume or tmpfs, got '${volume.type}': Fargate has no others`);
      }
    }
  }

  private readDeploy(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    if (!given || given.scalar === null) return;
    const parts = this.values.keys(given, key, DEPLOY_KEYS);
    const mode = this.values.textOf(parts.get('mode')?.value, `${key}.mode`);
    if (mode && !['replicated', 'replicated-job'].includes(mode.value)) this.values.problem(mode.at, `${key}.mode: Fargate has no machines to run one task on each: leave it out, got '${mode.value}'`);
    service.replicas = this.values.numberOf(parts.get('replicas')?.value, `${key}.replicas`) ?? service.replicas;
    const resources = this.values.keys(parts.get('resources')?.value, `${key}.resources`, RESOURCES_KEYS);
    for (const kind of ['reservations', 'limits']) { // limits win
      const sizes = this.values.keys(resources.get(kind)?.value, `${key}.resources.${kind}`, SIZE_KEYS);
      service.cpus = this.values.numberOf(sizes.get('cpus')?.value, `${key}.resources.${kind}.cpus`) ?? service.cpus;
      service.memoryBytes = this.values.bytesOf(sizes.get('memory')?.value, `${key}.resources.${kind}.memory`) ?? service.memoryBytes;
    }
  }
}

const isNothing = (given: Located | undefined) => !given || given.scalar === null;
const isMapOrNothing = (given: Located | undefined) => isNothing(given) || given!.entries !== undefined;

const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'];

const maps = (...names: string[]): KeyRules => Object.fromEntries(names.map((name) => [name, { rule: 'maps', text: '' }]));
const ignored = (...names: string[]): KeyRules => Object.fromEntries(names.map((name) => [name, { rule: 'ignored', text: 'AWS has nothing that corresponds to it' }]));
const refused = (text: string, ...names: string[]): KeyRules => Object.fromEntries(names.map((name) => [name, { rule: 'refused', text }]));

/** Of what stands in lists and below other keys. */
const ENV_FILE_KEYS = maps('path', 'required', 'format');
const USED_SECRET_KEYS = { ...maps('source', 'target'), ...ignored('uid', 'gid', 'mode') };
const SECRET_KEYS = {
  ...maps('external', 'name', 'file', 'environment'), // only external ones are used
  ...ignored('labels'),
  ...refused('use a secret of Secrets Manager', 'driver', 'driver_opts', 'template_driver'),
};
const VOLUME_KEYS = {
  ...ignored('name', 'labels', 'driver'), ...refused('data is on Amazon EFS: leave it out', 'driver_opts', 'external'),
};
const DEPENDENCY_KEYS = { ...maps('condition', 'required'), ...ignored('restart') };
const PORT_KEYS = { ...maps('target', 'published', 'protocol'), ...ignored('name', 'mode', 'host_ip', 'app_protocol') };
const MOUNT_KEYS = { ...maps('type', 'source', 'target'), ...ignored('read_only', 'consistency', 'bind', 'volume', 'tmpfs'), ...refused('put it into the image', 'image') };
const RESOURCES_KEYS = maps('limits', 'reservations');
const SIZE_KEYS = { ...maps('cpus', 'memory'), ...ignored('pids'), ...refused('Fargate has no such hardware', 'devices', 'generic_resources') };
