import { existsSync } from 'fs';
import { Duration, Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { DEFAULT_CAPABILITIES } from './container-task';
import { sizeAtLeast } from './fargate-size';
import { ComposeFile } from '../../compose/compose-file';
import { ComposeHealthCheck, ComposeService, Given } from '../../compose/compose-service';
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
  return {
    image: imageOf(service, problem),
    command: service.command,
    entryPoint: service.entryPoint,
    user: service.user,
    workingDirectory: service.workingDirectory,
    environment: Object.fromEntries([...environment].filter(([name]) => !isSecret(name)).map(([name, { value }]) => [name, value])),
    secrets: {
      ...Object.fromEntries([...environment.keys()].filter(isSecret).map((name) => [name, secrets[name]])),
      ...Object.fromEntries([...ofFile].map(([name, { value }]) => [name, secretOf(scope, id, file.secrets.get(value)?.externalName ?? value)])),
    },
    uses: uses[service.name],
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

function imageOf({ image, build, at }: ComposeService, problem: Problem): ecs.ContainerImage {
  if (build) {
    const { context, dockerfile: file, target, args: buildArgs } = build.value;
    if (!existsSync(context)) problem(build.at, 'build', `there is no directory '${context}'`);
    return AppImage.directory(context, { file, target, buildArgs });
  }
  if (!image || !/^[a-zA-Z0-9][^\s]*$/.test(image.value)) problem(image?.at ?? at, 'image', `must be the name of an image, got '${image?.value ?? ''}'`);
  return ecs.ContainerImage.fromRegistry(image?.value ?? 'none');
}

/** One import for all services that have it. */
function secretOf(scope: Construct, app: string, name: string): ecs.Secret {
  const id = `${app}-${name.replaceAll('/', '-')}`;
  const known = scope.node.tryFindChild(id) as Secret | undefined;
  return ecs.Secret.fromSecretsManager(known ?? Secret.fromSecretNameV2(scope, id, name));
}

function sizeOf({ cpus, memoryBytes }: ComposeService, problem: Problem): Pick<ContainerOptions, 'cpu' | 'memory'> {
  if (!cpus && !memoryBytes) return {};
  const [units, mebibytes] = [(cpus?.value ?? 0) * 1024, (memoryBytes?.value ?? 0) / 1024 ** 2];
  const size = sizeAtLeast(units, mebibytes);
  if (!size) problem((cpus ?? memoryBytes)!.at, 'deploy.resources', `Fargate has no task of ${units} CPU units and ${Math.ceil(mebibytes)} MiB: the largest has 16 vCPU and 120 GiB`);
  return size ? { cpu: size.cpu, memory: Size.mebibytes(size.memoryMiB) } : {};
}

const ARCHITECTURES: Record<string, 'X86_64' | 'ARM64'> = { 'linux/amd64': 'X86_64', 'linux/arm64': 'ARM64', 'linux/arm64/v8': 'ARM64' };

function architectureOf(platform: Given<string> | undefined, problem: Problem): ecs.CpuArchitecture | undefined {
  if (!platform) return undefined;
  if (!Object.hasOwn(ARCHITECTURES, platform.value)) problem(platform.at, 'platform', `must be one of ${Object.keys(ARCHITECTURES).join(', ')}, which Fargate has, got '${platform.value}'`);
  return ecs.CpuArchitecture[ARCHITECTURES[platform.value] ?? 'X86_64'];
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
  return [...new Set([...isReadOnly === false ? [] : ['/tmp'], ...writablePaths.map(({ value }) => value.replace(/(?<=.)\/+$/, ''))])];
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
  return {
    command: test,
    interval: seconds(within('interval (in seconds)', interval, 5, 300)),
    timeout: seconds(within('timeout (in seconds)', timeout, 2, 60)),
    startPeriod: seconds(within('start_period (in seconds)', startPeriod, 0, 300)),
    retries: within('retries', retries, 1, 10),
  };
}

/** The path of the URL that the health check of a web service asks, if it asks one. */
export function pathOfHealthCheck({ healthCheck }: ComposeService): string | undefined {
  const [, path] = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(\/[^\s'"|&;?#)]*)?/.exec(healthCheck?.value.test.join(' ') ?? '') ?? [];
  return path;
}
