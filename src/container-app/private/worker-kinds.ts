import { containerImage, SCALING_KINDS, SERVICE_KINDS } from './container-kinds';
import { duration, number, PropKinds, resource } from '../../shared/kinds';
import type { WorkerServiceProps } from '../worker-service-props';

export const WORKER_KINDS: PropKinds<WorkerServiceProps> = {
  ...SERVICE_KINDS,
  ...SCALING_KINDS,
  acceptableAge: duration,
  backlogPerTask: number,
  image: containerImage,
  maximumJobTime: duration,
  queue: resource('a SecureQueue', 'deadLetterQueue'),
};
