import { CONTAINER_OWN_PROPS, CONTAINER_SEALED } from './container-guards';
import { DATA_VOLUME_OWN_PROPS, DATA_VOLUME_SEALED } from './data-volume';
import { TASK_MACHINE_OWN_PROPS, TASK_MACHINE_SEALED } from './deploy-gate';
import { SERVICE_ALARMS_OWN_PROPS, SERVICE_ALARMS_SEALED } from './service-alarms';
import { SERVICE_NAMES_OWN_PROPS } from './service-names';
import { SCALING_OWN_PROPS, SCALING_SEALED } from './web-scaling';
import { ALB_INGRESS_OWN_PROPS, ALB_INGRESS_SEALED } from '../../ingress/guards';
import { OwnProps, SealedProperties } from '../../shared/guards';

export const SEALED: SealedProperties = {
  ...TASK_MACHINE_SEALED, ...SERVICE_ALARMS_SEALED, ...SCALING_SEALED, ...DATA_VOLUME_SEALED, ...ALB_INGRESS_SEALED, ...CONTAINER_SEALED,
};

export const OWN_PROPS: OwnProps = {
  ...TASK_MACHINE_OWN_PROPS,
  ...SERVICE_ALARMS_OWN_PROPS,
  ...SCALING_OWN_PROPS,
  ...SERVICE_NAMES_OWN_PROPS,
  ...DATA_VOLUME_OWN_PROPS,
  ...ALB_INGRESS_OWN_PROPS,
  ...CONTAINER_OWN_PROPS,
};
