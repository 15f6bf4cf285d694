import { CONTAINER_KINDS, containerImage } from './container-kinds';
import { duration, PropKinds, required, resource } from '../../shared/kinds';
import type { DeployTaskProps, ScheduledTaskProps } from '../task-props';

export const DEPLOY_TASK_KINDS: PropKinds<DeployTaskProps> = {
  ...CONTAINER_KINDS,
  image: containerImage,
  timeout: duration,
};

export const SCHEDULED_TASK_KINDS: PropKinds<ScheduledTaskProps> = {
  ...CONTAINER_KINDS,
  image: containerImage,
  schedule: required(resource('a scheduler.ScheduleExpression, such as ScheduleExpression.rate(Duration.hours(1))', 'expressionString')),
  timeout: duration,
};
