import { readFileSync } from 'fs';
import { basename, dirname, isAbsolute, join } from 'path';
import { BUILD_KEYS, DEPLOY_KEYS, HEALTH_CHECK_KEYS, KeyRules, SERVICE_KEYS, TOP_KEYS } from './compose-keys';
import { ComposeBuild, ComposeDependency, ComposeHealthCheck, ComposeSecret, ComposeService, Given } from './compose-service';
import { bytesOf, nearestOf, portOf, problemOfSettingName, secondsOf, shellWords, volumeOf } from './compose-values';
import { envSettings } from './env-file';
import { interpolate } from './interpolation';
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

type Conversion = (text: string) => number | undefined;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class ComposeReader {
  private readonly problems: string[] = [];
  private readonly ignored: string[] = [];

  private readonly variables: Record<string, string>;
  private declaredVolumes: string[] = [];

  public constructor(private readonly path: string, private readonly options: ComposeFileOptions) {
    this.variables = options.variables ?? {};
  }

  public read(): ComposeFile {
    const file = readYaml(readFileSync(this.path, 'utf8'), basename(this.path));
    const top = this.keys(file, '', TOP_KEYS);
    const secrets = this.secretsOf(top.get('secrets'));
    this.readVolumeNames(top.get('volumes'));
    const given = top.get('services')?.value;
    const all = this.namesOf(given, 'services');
    const { leaveOut = [] } = this.options;
    const present = [...all].filter(([name]) => !leaveOut.includes(name));
    const asked = present.filter(([name, { value }]) => this.hasActiveProfile(name, value));
    const services = asked.map(([name, entry]) => this.serviceOf(name, entry, secrets));
    if (all.size === 0 && isMapOrNothing(file) && isMapOrNothing(given)) this.problem(file.at, 'services: there is none, so there is nothing to run');
    const names = [...all.keys()];
    const inactive = present.filter((each) => !asked.includes(each)).map(([name]) => name);
    services.forEach((service) => this.checkNames(service, names, inactive));
    return { services, names, secrets, problems: this.problems, ignored: this.ignored };
  }

  private hasActiveProfile(name: string, service: Located): boolean {
    const { profiles = [] } = this.options;
    const own = this.textsOf(service.entries?.get('profiles')?.value, `services.${name}.profiles`).map(({ value }) => value);
    return own.length === 0 || own.some((profile) => profiles.includes(profile));
  }

  private serviceOf(name: string, { at, value }: Entry, secrets: Map<string, ComposeSecret>): ComposeService {
    const key = (of: string) => `services.${name}.${of}`;
    const given = this.keys(value, `services.${name}`, SERVICE_KEYS);
    const part = (of: string) => given.get(of)?.value;
    const service: Mutable<ComposeService> = {
      name,
      at,
      places: new Map([...given].map(([of, entry]) => [of, entry.at])),
      image: this.textOf(part('image'), key('image')),
      build: this.buildOf(part('build'), key('build')),
      command: this.wordsOf(part('command'), key('command')),
      entryPoint: this.wordsOf(part('entrypoint'), key('entrypoint')),
      environment: this.environmentOf(part('env_file'), part('environment'), name),
      secrets: this.usedSecrets(part('secrets'), key('secrets'), secrets),
      published: [],
      exposed: this.listOf(part('expose'), key('expose')).flatMap((each) => this.portNumber(each, key('expose'))),
      dependsOn: this.dependenciesOf(part('depends_on'), key('depends_on')),
      links: this.textsOf(part('links'), key('links')).map((each) => ({ at: each.at, value: each.value.split(':')[0] })),
      healthCheck: this.healthCheckOf(part('healthcheck'), key('healthcheck')),
      user: this.textOf(part('user'), key('user'))?.value,
      workingDirectory: this.textOf(part('working_dir'), key('working_dir'))?.value,
      isReadOnly: this.flagOf(part('read_only'), key('read_only')),
      writablePaths: this.textsOf(part('tmpfs'), key('tmpfs')).map(({ at: where, value: path }) => ({ at: where, value: path.split(':')[0] })),
      volumes: [],
      capabilities: this.textsOf(part('cap_add'), key('cap_add')),
      stopSeconds: this.durationOf(part('stop_grace_period'), key('stop_grace_period')),
      cpus: this.numberOf(part('cpus'), key('cpus')),
      memoryBytes: this.bytesOf(part('mem_limit'), key('mem_limit')),
      replicas: this.numberOf(part('scale'), key('scale')),
      platform: this.textOf(part('platform'), key('platform')),
    };
    this.readPorts(service, part('ports'), key('ports'));
    this.readVolumes(service, part('volumes'), key('volumes'));
    this.readDeploy(service, part('deploy'), key('deploy'));
    const isGiven = [part('image'), part('build')].some((each) => each && each.scalar !== null);
    if (!isGiven && isMapOrNothing(value)) this.problem(at, `services.${name}: 'image' or 'build' must be given`);
    return service;
  }

  private buildOf(given: Located | undefined, key: string): Given<ComposeBuild> | undefined {
    if (!given || given.scalar === null || !this.isTextOrMap(given, key)) return undefined;
    const parts = given.entries ? this.keys(given, key, BUILD_KEYS) : new Map<string, Entry>();
    const text = (name: string) => this.textOf(parts.get(name)?.value, `${key}.${name}`)?.value;
    const args = this.settingsOf(parts.get('args')?.value, `${key}.args`);
    const context = given.entries ? text('context') ?? '.' : this.scalarOf(given, key);
    if (context === undefined) return undefined;
    if (/^[a-z]+:\/\/|^git@/.test(context)) {
      this.problem(given.at, `${key}: CDK builds directories, not repositories: got '${context}'; build the image in CI, and give it by 'image'`);
      return undefined;
    }
    return { at: given.at, value: { context: this.pathOf(context), dockerfile: text('dockerfile'), target: text('target'), args: Object.fromEntries([...args].map(([name, { value }]) => [name, value])) } };
  }

  private healthCheckOf(given: Located | undefined, key: string): Given<ComposeHealthCheck> | undefined {
    if (!given || given.scalar === null) return undefined;
    const parts = this.keys(given, key, HEALTH_CHECK_KEYS);
    const part = (name: string) => parts.get(name)?.value;
    const test = part('test');
    if (this.flagOf(part('disable'), `${key}.disable`) || !test || test.scalar === null) return undefined;
    const words = this.textsOf(test, `${key}.test`).map(({ value }) => value);
    if (words[0] === 'NONE' || test.entries || (words.length === 0 && test.scalar !== undefined)) return undefined;
    const command = test.scalar !== undefined ? ['CMD-SHELL', ...words] : words;
    if (!['CMD', 'CMD-SHELL'].includes(command[0])) this.problem(test.at, `${key}.test: a list must begin with CMD, CMD-SHELL or NONE, got '${command[0] ?? ''}'`);
    else if (command.slice(1).every((word) => word === '')) this.problem(test.at, `${key}.test: the command is missing: give one, or 'disable: true'`);
    return {
      at: given.at,
      value: {
        test: command,
        interval: this.durationOf(part('interval'), `${key}.interval`),
        timeout: this.durationOf(part('timeout'), `${key}.timeout`),
        startPeriod: this.durationOf(part('start_period'), `${key}.start_period`),
        retries: this.numberOf(part('retries'), `${key}.retries`),
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
    const parts = given.entries ? this.keys(given, key, ENV_FILE_KEYS) : undefined;
    const path = parts ? this.textOf(parts.get('path')?.value, `${key}.path`)?.value : this.textOf(given, key)?.value;
    if (path === undefined) return;
    const isRaw = this.textOf(parts?.get('format')?.value, `${key}.format`)?.value === 'raw';
    const isRequired = this.flagOf(parts?.get('required')?.value, `${key}.required`) ?? true;
    let text: string;
    try {
      text = readFileSync(this.pathOf(path), 'utf8');
    } catch (error) {
      if (!isRequired && (error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.problem(given.at, `${key}: '${path}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return;
    }
    const own = new Map<string, string>();
    for (const { name, value, isLiteral, line } of envSettings(text, isRaw, (problem) => this.problem(given.at, `${key}: ${path}: ${problem}`))) {
      const known = { ...this.variables, ...Object.fromEntries(own) };
      const complain = (problem: string) => this.problem(given.at, `${key}: ${path}: line ${line}: ${problem}`);
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
      ? [...given.entries].map(([name, { at, value }]) => [name, value.scalar === null ? undefined : this.scalarOf(value, `${key}.${name}`) ?? '', at])
      : this.textsOf(given, key).map(({ value, at }) => {
        const index = value.indexOf('=');
        return index === -1 ? [value, undefined, at] : [value.slice(0, index), value.slice(index + 1), at];
      });
    return new Map(pairs.map(([name, value, at]) => {
      const wrong = problemOfSettingName(name);
      if (wrong !== undefined) this.problem(at, `${key}: ${wrong}`);
      return [name, { value: value ?? this.supplied(name, (problem) => this.problem(at, `${key}.${name}: ${problem}`)), at }];
    }));
  }

  private usedSecrets(given: Located | undefined, key: string, known: Map<string, ComposeSecret>): Map<string, Given<string>> {
    return new Map(this.listOf(given, key).flatMap((each): [string, Given<string>][] => {
      const parts = each.entries ? this.keys(each, key, USED_SECRET_KEYS) : undefined;
      const source = parts ? this.textOf(parts.get('source')?.value, `${key}.source`)?.value : this.textOf(each, key)?.value;
      if (source === undefined) {
        if (parts && !parts.has('source')) this.problem(each.at, `${key}: 'source' must be given`);
        return [];
      }
      const secret = known.get(source);
      if (secret && !secret.isExternal) {
        this.problem(secret.at, `secrets.${source}: only secrets of Secrets Manager are used, so that none is in the template: put it there, and write 'external: true' with its 'name'`);
      }
      if (!secret) this.problem(each.at, `${key}: the file has no secret '${source}' in 'secrets' at its top${suggestion([...known.keys()], source)}`);
      const target = this.textOf(parts?.get('target')?.value, `${key}.target`)?.value ?? source;
      return [[target.split('/').pop()!, { at: each.at, value: source }]];
    }));
  }

  private secretsOf(given: Entry | undefined): Map<string, ComposeSecret> {
    return new Map([...this.namesOf(given?.value, 'secrets')].map(([name, { at, value }]) => {
      const parts = this.keys(value, `secrets.${name}`, SECRET_KEYS);
      const isExternal = this.flagOf(parts.get('external')?.value, `secrets.${name}.external`) ?? false;
      const externalName = this.textOf(parts.get('name')?.value, `secrets.${name}.name`);
      if (externalName && /^$|^arn:/.test(externalName.value)) this.problem(externalName.at, `secrets.${name}.name: must be the name of a secret, not its ARN, got '${externalName.value}'`);
      return [name, { at, isExternal, externalName: externalName?.value ?? name }];
    }));
  }

  private readVolumeNames(given: Entry | undefined): void {
    const declared = this.namesOf(given?.value, 'volumes');
    for (const [name, { value }] of declared) this.keys(value, `volumes.${name}`, VOLUME_KEYS);
    this.declaredVolumes = [...declared.keys()];
  }

  private dependenciesOf(given: Located | undefined, key: string): Map<string, Given<ComposeDependency>> {
    if (!given?.entries) return new Map(this.textsOf(given, key).map(({ value: service, at }) => [service, { at, value: { service, condition: 'service_started', isRequired: true } }]));
    return new Map([...given.entries].map(([service, { at, value }]) => {
      const parts = this.keys(value, `${key}.${service}`, DEPENDENCY_KEYS);
      const condition = this.textOf(parts.get('condition')?.value, `${key}.${service}.condition`)?.value ?? 'service_started';
      if (!CONDITIONS.includes(condition)) this.problem(at, `${key}.${service}.condition: must be one of ${CONDITIONS.join(', ')}, got '${condition}'`);
      const isRequired = this.flagOf(parts.get('required')?.value, `${key}.${service}.required`) ?? true;
      return [service, { at, value: { service, condition, isRequired } }];
    }));
  }

  private checkNames({ name, dependsOn, links }: ComposeService, names: string[], inactive: string[]): void {
    const needed = [...dependsOn.values()].filter(({ value }) => value.isRequired);
    const named = [...needed.map(({ at, value }) => ({ at, value: value.service })), ...links];
    for (const { at, value } of named) {
      if (!names.includes(value)) this.problem(at, `services.${name}: the file has no service '${value}'${suggestion(names, value)}`);
      if (inactive.includes(value)) this.problem(at, `services.${name}: none of the profiles of '${value}' is active: give one by 'profiles', or give 'leaveOut: ["${value}"]'`);
    }
  }

  private readPorts(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    for (const each of this.listOf(given, key)) {
      const parts = each.entries ? this.keys(each, key, PORT_KEYS) : undefined;
      const protocol = this.textOf(parts?.get('protocol')?.value, `${key}.protocol`)?.value ?? 'tcp';
      const target = this.textOf(parts?.get('target')?.value, `${key}.target`)?.value;
      if (!parts) service.published.push(...this.portNumber(each, key));
      else if (target !== undefined) service.published.push(...this.portNumber({ at: each.at, scalar: protocol === 'tcp' ? target : `${target}/${protocol}` }, key));
      else if (isNothing(parts.get('target')?.value)) this.problem(each.at, `${key}: 'target' must be given, the port that the container listens on`);
    }
  }

  private portNumber(given: Located, key: string): Given<number>[] {
    const text = given.scalar === null ? '' : this.scalarOf(given, key);
    if (text === undefined) return [];
    const port = portOf(text);
    if (!port) this.problem(given.at, `${key}: must be a port, such as 8080 or "8080:80", got '${text}'`);
    else if (port.protocol !== 'tcp') this.problem(given.at, `${key}: an Application Load Balancer and ECS Service Connect speak TCP only, got '${text}': leave it out`);
    else if (port.target.includes('-')) this.problem(given.at, `${key}: ranges are not supported, got '${text}': name the one port that the container listens on`);
    else if (Number(port.target) < 1 || Number(port.target) > 65_535) this.problem(given.at, `${key}: must be between 1 and 65535, got '${text}'`);
    else return [{ at: given.at, value: Number(port.target) }];
    return [];
  }

  private readVolumes(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    for (const each of this.listOf(given, key)) {
      const parts = each.entries ? this.keys(each, key, MOUNT_KEYS) : undefined;
      const part = (name: string) => this.textOf(parts?.get(name)?.value, `${key}.${name}`)?.value;
      const text = each.scalar === null ? '' : parts ? undefined : this.scalarOf(each, key);
      if (!parts && text === undefined) continue;
      const volume = parts ? { type: part('type') ?? 'volume', source: part('source'), target: part('target') } : volumeOf(text!);
      if (!volume?.target?.startsWith('/')) {
        this.problem(each.at, `${key}: must be a volume and an absolute path, such as data:/var/lib/data, got '${text ?? volume?.target ?? ''}'`);
      } else if (volume.type === 'bind') {
        this.problem(each.at, `${key}: '${volume.source ?? volume.target}' is a file or directory of a machine, and Fargate has none: put it into the image, or use a named volume, a bucket or a secret`);
      } else if (volume.type === 'tmpfs' || (volume.type === 'volume' && volume.source === undefined)) {
        service.writablePaths.push({ at: each.at, value: volume.target });
      } else if (volume.type === 'volume') {
        if (!this.declaredVolumes.includes(volume.source!)) this.problem(each.at, `${key}: the file has no volume '${volume.source}' in 'volumes' at its top${suggestion(this.declaredVolumes, volume.source!)}`);
        service.volumes.push({ at: each.at, value: { volume: volume.source!, target: volume.target } });
      } else {
        this.problem(each.at, `${key}.type: must be volume or tmpfs, got '${volume.type}': Fargate has no others`);
      }
    }
  }

  private readDeploy(service: Mutable<ComposeService>, given: Located | undefined, key: string): void {
    if (!given || given.scalar === null) return;
    const parts = this.keys(given, key, DEPLOY_KEYS);
    const mode = this.textOf(parts.get('mode')?.value, `${key}.mode`);
    if (mode && !['replicated', 'replicated-job'].includes(mode.value)) this.problem(mode.at, `${key}.mode: Fargate has no machines to run one task on each: leave it out, got '${mode.value}'`);
    service.replicas = this.numberOf(parts.get('replicas')?.value, `${key}.replicas`) ?? service.replicas;
    const resources = this.keys(parts.get('resources')?.value, `${key}.resources`, RESOURCES_KEYS);
    for (const kind of ['reservations', 'limits']) { // limits win
      const sizes = this.keys(resources.get(kind)?.value, `${key}.resources.${kind}`, SIZE_KEYS);
      service.cpus = this.numberOf(sizes.get('cpus')?.value, `${key}.resources.${kind}.cpus`) ?? service.cpus;
      service.memoryBytes = this.bytesOf(sizes.get('memory')?.value, `${key}.resources.${kind}.memory`) ?? service.memoryBytes;
    }
  }

  // What a value may be. Each says what is wrong and goes on with nothing, so that all problems of a file are told at once.

  private keys(given: Located | undefined, key: string, rules: KeyRules): Map<string, Entry> {
    const known = new Map<string, Entry>();
    const prefix = key === '' ? '' : `${key}.`;
    for (const [name, entry] of this.mapOf(given, key)) {
      if (name.startsWith('x-')) continue;
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
      if (!rule) this.problem(entry.at, `${prefix}${name}: Compose has no such key${suggestion(Object.keys(rules), name)}`);
      else if (rule.rule === 'refused' && !asksForNothing(entry.value)) this.problem(entry.at, `${prefix}${name}: it is not supported: ${rule.text}`);
      else if (rule.rule === 'ignored') this.ignored.push(`${entry.at}: ${prefix}${name}: it has no effect: ${rule.text}`);
      known.set(name, entry);
    }
    return known;
  }

  private mapOf(given: Located | undefined, key: string): Map<string, Entry> {
    if (!given || given.scalar === null) return new Map();
    if (!given.entries) this.problem(given.at, `${key === '' ? 'the file' : key}: must be a map of keys and values`);
    return given.entries ?? new Map<string, Entry>();
  }

  /** A map whose keys are names that the file gives. */
  private namesOf(given: Located | undefined, key: string): Map<string, Entry> {
    const entries = this.mapOf(given, key);
    for (const [name, { at }] of entries) {
      if (!/^[\w.-]+$/.test(name)) this.problem(at, `${key}: a name must be of letters, digits, dots, underscores and hyphens, got '${name}'`);
    }
    return entries;
  }

  private listOf(given: Located | undefined, key: string): Located[] {
    if (!given || given.scalar === null) return [];
    if (!given.items) this.problem(given.at, `${key}: must be a list`);
    return given.items ?? [];
  }

  private isTextOrMap(given: Located, key: string): boolean {
    if (given.items) this.problem(given.at, `${key}: must be a text or a map of keys and values, got a list`);
    return !given.items;
  }

  private textsOf(given: Located | undefined, key: string): Given<string>[] {
    const items = given?.scalar === undefined ? this.listOf(given, key) : given.scalar === null ? [] : [given];
    return items.flatMap((each) => this.textOf(each, key) ?? []);
  }

  /** Nothing, too, for what is wrong, so that it is a problem once. */
  private scalarOf(given: Located | undefined, key: string): string | undefined {
    if (!given || given.scalar === null) return undefined;
    if (given.scalar === undefined) {
      this.problem(given.at, `${key}: must be a text or a number, got a ${given.items ? 'list' : 'map'}`);
      return undefined;
    }
    if (typeof given.scalar !== 'string') return String(given.scalar);
    let isWhole = true;
    const text = interpolate(given.scalar, this.variables, (problem) => {
      isWhole = false;
      this.problem(given.at, `${key}: ${problem}`);
    });
    return isWhole ? text : undefined;
  }

  private textOf(given: Located | undefined, key: string): Given<string> | undefined {
    const value = this.scalarOf(given, key);
    return value === undefined ? undefined : { at: given!.at, value };
  }

  private flagOf(given: Located | undefined, key: string): boolean | undefined {
    const text = this.scalarOf(given, key);
    if (text !== undefined && !['true', 'false'].includes(text)) this.problem(given!.at, `${key}: must be true or false, got '${text}'`);
    return text === undefined ? undefined : text === 'true';
  }

  private wordsOf(given: Located | undefined, key: string): string[] | undefined {
    if (!given || given.scalar === null) return undefined;
    if (given.items) return this.textsOf(given, key).map(({ value }) => value);
    const text = this.scalarOf(given, key) ?? '';
    const words = shellWords(text);
    if (!words) this.problem(given.at, `${key}: a quote is not closed in '${text}'`);
    return words ?? [];
  }

  private numberOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, (text) => (/^(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined), 'a number');
  }

  private durationOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, secondsOf, 'a time, such as 30s or 1m30s');
  }

  private bytesOf(given: Located | undefined, key: string): Given<number> | undefined {
    return this.converted(given, key, bytesOf, 'a size, such as 512m or 2g');
  }

  private converted(given: Located | undefined, key: string, convert: Conversion, words: string): Given<number> | undefined {
    const text = this.scalarOf(given, key);
    if (text === undefined) return undefined;
    const value = convert(text);
    if (value === undefined) this.problem(given!.at, `${key}: must be ${words}, got '${text}'`);
    return value === undefined ? undefined : { at: given!.at, value };
  }

  private problem(at: string, text: string): void {
    this.problems.push(`${at}: ${text}`);
  }
}

const isNothing = (given: Located | undefined) => !given || given.scalar === null;
const isMapOrNothing = (given: Located | undefined) => isNothing(given) || given!.entries !== undefined;
/** Such as `privileged: false`. */
const asksForNothing = ({ scalar, entries, items }: Located) => scalar === null || scalar === false || entries?.size === 0 || items?.length === 0;

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

function suggestion(known: string[], word: string): string {
  const nearest = nearestOf(known, word);
  return nearest === undefined ? '' : `: did you mean '${nearest}'?`;
}
