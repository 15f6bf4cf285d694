import { existsSync, statSync } from 'fs';
import { isAbsolute, join, posix } from 'path';
import { Duration, Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PLATFORMS } from './container-image';
import { DEFAULT_CAPABILITIES } from './container-task';
import { sizeAtLeast } from './fargate-size';
import { ComposeFile } from '../../compose/compose-file';
import { ComposeBuild, ComposeHealthCheck, ComposeService, Given } from '../../compose/compose-service';
import { problemOfSettingName } from '../../compose/compose-values';
import { isUnknown } from '../../shared/checks';
import { AppImage } from '../app-image';
import { ContainerOptions } from '../container-props';
import type { FromComposeProps } from '../from-compose-props';
import { RootFilesystem } from '../root-filesystem';

export interface ContainerOfCompose extends ContainerOptions {
  readonly image: ecs.ContainerImage;
}

type Supplied = Pick<FromComposeProps, 'secrets' | 'uses'>;

/** What the container of a service has. What cannot be goes into the problems of the file. Secrets that the file names are imported beside the app `id`. */
export function containerOf(
  scope: Construct, id: string, service: ComposeService, file: ComposeFile, { secrets = {}, uses = {} }: Supplied,
): ContainerOfCompose {
  const { environment, secrets: ofFile } = service;
  const problem = (at: string, key: string, text: string) => file.problems.push(`${at}: services.${service.name}.${key}: ${text}`);
  const note = (at: string, text: string) => file.ignored.push(`${at}: services.${service.name}.${text}`);
  const isSecret = (name: string) => Object.hasOwn(secrets, name);
  checkSettings(service, problem);
  return {
    image: imageOf(service, problem),
    command: service.command,
    entryPoint: service.entryPoint,
    user: service.user,
    workingDirectory: service.workingDirectory,
    environment: Object.fromEntries([...environment].filter(([name]) => !isSecret(name)).map(([name, { value }]) => [name, value])),
    secrets: {
      ...Object.fromEntries([...environment.keys()].filter(isSecret).map((name) => [name, secrets[name]])),
      ...Object.fromEntries([...ofFile].map(([name, { value }]) => [name, secretOf(scope, `${id}-${value}`, file.secrets.get(value)?.externalName ?? value)])),
    },
    uses: Object.hasOwn(uses, service.name) ? uses[service.name] : undefined,
    ...sizeOf(service, problem),
    cpuArchitecture: architectureOf(service.platform, problem),
    keepCapabilities: capabilitiesOf(service, problem),
    rootFilesystem: service.isReadOnly === false ? RootFilesystem.writable() : undefined,
    writablePaths: writablePathsOf(service),
    stopTimeout: stopTimeoutOf(service.stopSeconds, problem),
    containerHealthCheck: service.healthCheck && healthCheckOf(service.healthCheck.value, problem, note),
  };
}

type Problem = (at: string, key: string, text: string) => void;

function checkSettings({ environment, secrets }: ComposeService, problem: Problem): void {
  for (const [name, { at, value }] of secrets) {
    const wrong = problemOfSettingName(name);
    if (wrong !== undefined) problem(at, 'secrets', wrong);
    if (environment.has(name)) problem(at, 'secrets', `'${value}' becomes the setting '${name}', which 'environment' sets, too: leave it out there, or give another 'target'`);
  }
  for (const [name, { at, value }] of environment) {
    if (value.startsWith('/run/secrets/')) problem(at, `environment.${name}`, `ECS has no secret files, got '${value}': have the application read the secret from a setting`);
  }
}

function imageOf({ image, build }: ComposeService, problem: Problem): ecs.ContainerImage {
  const given = build ?? image;
  try {
    if (build) return builtImage(build, problem);
    if (image) return AppImage.registry(image.value);
  } catch (error) {
    problem(given!.at, build ? 'build' : 'image', (error as Error).message.replace(/^AppImage\.\w+: ('name' )?/, ''));
  }
  return ecs.ContainerImage.fromRegistry('none'); // after a problem
}

function builtImage({ at, value: { context, dockerfile: file = 'Dockerfile', target, args: buildArgs } }: Given<ComposeBuild>, problem: Problem): ecs.ContainerImage {
  const image = AppImage.directory(context, { file, target, buildArgs });
  const dockerfile = isAbsolute(file) ? file : join(context, file);
  if (!existsSync(context) || !statSync(context).isDirectory()) problem(at, 'build', `there is no directory '${context}'`);
  else if (!existsSync(dockerfile)) problem(at, 'build', `there is no file '${dockerfile}': name the Dockerfile by 'dockerfile'`);
  return image;
}

/** One import for all services that have it. */
function secretOf(scope: Construct, id: string, name: string): ecs.Secret {
  const known = scope.node.tryFindChild(id) as Secret | undefined;
  return ecs.Secret.fromSecretsManager(known ?? Secret.fromSecretNameV2(scope, id, name));
}

function sizeOf({ cpus, memoryBytes, places }: ComposeService, problem: Problem): Pick<ContainerOptions, 'cpu' | 'memory'> {
  if (!cpus && !memoryBytes) return {};
  const [units, mebibytes] = [(cpus?.value ?? 0) * 1024, (memoryBytes?.value ?? 0) / 1024 ** 2];
  const size = sizeAtLeast(units, mebibytes);
  const key = places.has('deploy') ? 'deploy.resources' : cpus ? 'cpus' : 'mem_limit';
  if (!size) problem((cpus ?? memoryBytes)!.at, key, `Fargate has no task of ${units} CPU units and ${Math.ceil(mebibytes)} MiB: the largest has 16 vCPU and 120 GiB`);
  return size ? { cpu: size.cpu, memory: Size.mebibytes(size.memoryMiB) } : {};
}

function architectureOf(platform: Given<string> | undefined, problem: Problem): ecs.CpuArchitecture | undefined {
  if (!platform) return undefined;
  const asked = platform.value.replace(/(?<=arm64)\/v8$/, ''); // of which there is no other
  const [architecture] = Object.keys(PLATFORMS).filter((each) => PLATFORMS[each].name === asked);
  if (architecture !== undefined) return ecs.CpuArchitecture.of(architecture);
  const names = Object.values(PLATFORMS).map(({ name }) => name);
  problem(platform.at, 'platform', `must be one of ${names.join(', ')}, which Fargate has, got '${platform.value}'`);
  return undefined;
}

function capabilitiesOf({ capabilities }: ComposeService, problem: Problem): ecs.Capability[] | undefined {
  for (const { at, value } of capabilities) {
    if (!DEFAULT_CAPABILITIES.includes(nameOf(value))) problem(at, 'cap_add', `Fargate gives no others than ${DEFAULT_CAPABILITIES.join(', ')}, got '${value}'`);
  }
  return capabilities.length > 0 ? capabilities.map(({ value }) => nameOf(value) as ecs.Capability) : undefined;
}

const nameOf = (capability: string) => capability.toUpperCase().replace(/^CAP_/, '');

function writablePathsOf({ writablePaths, isReadOnly }: ComposeService): string[] | undefined {
  if (writablePaths.length === 0) return undefined;
  return [...new Set([...isReadOnly === false ? [] : ['/tmp'], ...writablePaths.map(({ value }) => plainPath(value))])];
}

/** Without dots and doubled slashes in it, and a slash at its end. */
export function plainPath(path: string): string {
  return isUnknown(path) || !path.startsWith('/') ? path : posix.normalize(path).replace(/(?<=.)\/$/, '');
}

function stopTimeoutOf(given: Given<number> | undefined, problem: Problem): Duration | undefined {
  if (!given) return undefined;
  if (given.value > 120) problem(given.at, 'stop_grace_period', `must be at most 120 s, which is what ECS waits, got ${given.value} s`);
  return Duration.seconds(Math.min(120, Math.max(2, Math.ceil(given.value))));
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function healthCheckOf(
  { test, interval, timeout, startPeriod, retries }: ComposeHealthCheck, problem: Problem, note: (at: string, text: string) => void,
): ecs.HealthCheck {
  const within = (key: string, given: Given<number> | undefined, least: number, most: number): number | undefined => {
    if (!given) return undefined;
    const whole = Math.ceil(given.value);
    if (whole >= least && whole <= most) return whole;
    if (whole < least) {
      note(given.at, `healthcheck.${key}: it is ${least}, the least that ECS accepts, and not ${given.value}`);
      return least;
    }
    problem(given.at, `healthcheck.${key}`, `must be at most ${most}, which ECS accepts, got ${given.value}`);
    return undefined;
  };
  const seconds = (value: number | undefined) => (value === undefined ? undefined : Duration.seconds(value));
  const between = within('interval', interval, 5, 300);
  const atMost = within('timeout', timeout, 2, 60);
  if (between !== undefined && atMost !== undefined && atMost > between) {
    problem(timeout!.at, 'healthcheck.timeout', `must be at most the interval of ${between} s, got ${atMost} s: raise 'interval'`);
  }
  return {
    command: test,
    interval: seconds(between),
    timeout: seconds(atMost),
    startPeriod: seconds(within('start_period', startPeriod, 0, 300)),
    retries: within('retries', retries, 1, 10),
  };
}

/** The path of the URL that the health check of a web service asks, if it asks one. */
export function pathOfHealthCheck({ healthCheck }: ComposeService): string | undefined {
  const [, path, end = ''] = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(\/[\w.~%!*+,:@/-]*)?([^])?/.exec(healthCheck?.value.test.join(' ') ?? '') ?? [];
  return /^[\s'"|&;?#)]?$/.test(end) && (path ?? '').length <= 1024 ? path : undefined; // no path that the shell completes
}
