import {
  duration, flag, list, made, number, PropKinds, resource, retentionDays, secretMap, size, text, textMap, texts, valueOf,
} from '../../shared/kinds';
import { ContainerLogs } from '../container-logs';
import type { ContainerOptions, ScalingOptions, ServiceOptions } from '../container-props';
import { RootFilesystem } from '../root-filesystem';
import { ServiceCapacity } from '../service-capacity';

/** Of the `image` prop of each kind of service and task. */
export const containerImage = resource('an image (ecs.ContainerImage), such as by AppImage.directory()', 'bind');

export const CONTAINER_KINDS: PropKinds<ContainerOptions> = {
  command: texts,
  containerHealthCheck: resource('a health check with a command', 'command'),
  cpu: number,
  cpuArchitecture: resource('one of ecs.CpuArchitecture', '_cpuArchitecture'),
  entryPoint: texts,
  environment: textMap,
  ephemeralStorage: size,
  keepCapabilities: list(valueOf('ecs.Capability', /^[A-Z_]+$/)),
  logRetention: retentionDays,
  logs: made(ContainerLogs, 'ContainerLogs'),
  memory: size,
  requires: texts,
  rootFilesystem: made(RootFilesystem, 'RootFilesystem'),
  secrets: secretMap,
  stopTimeout: duration,
  user: text,
  uses: list(resource('a binding (IBinding)', 'bind')),
  workingDirectory: text,
  writablePaths: texts,
};

export const SERVICE_KINDS: PropKinds<ServiceOptions> = {
  ...CONTAINER_KINDS,
  capacity: made(ServiceCapacity, 'ServiceCapacity'),
  enableExecuteCommand: flag,
};

export const SCALING_KINDS: PropKinds<ScalingOptions> = {
  maximumTasks: number,
  minimumTasks: number,
  targetCpuPercent: number,
  targetMemoryPercent: number,
};
