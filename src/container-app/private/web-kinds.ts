import { containerImage, SCALING_KINDS, SERVICE_KINDS } from './container-kinds';
import { Ingress } from '../../ingress/ingress';
import { duration, flag, made, number, PropKinds, removalPolicy, required, resource, text, texts, topic, vpc } from '../../shared/kinds';
import type { ContainerAppOptions } from '../container-app-options';
import type { ContainerAppWithAlbProps } from '../container-app-with-alb-props';
import type { WebServiceOptions, WebServiceProps } from '../web-service-props';

const WEB_OPTIONS: PropKinds<WebServiceOptions> = {
  ...SERVICE_KINDS,
  ...SCALING_KINDS,
  deregistrationDelay: duration,
  healthCheckGracePeriod: duration,
  healthCheckInterval: duration,
  healthCheckPath: text,
  healthCheckTimeout: duration,
  healthyHttpCodes: text,
  healthyThresholdCount: number,
  requestsPerTarget: number,
  slowStart: duration,
  stickiness: duration,
  unhealthyThresholdCount: number,
};

export const WEB_SERVICE_KINDS: PropKinds<WebServiceProps> = {
  ...WEB_OPTIONS, port: required(number), hostPatterns: texts, image: containerImage, pathPatterns: texts, priority: number,
};

export const APP_OPTION_KINDS: PropKinds<ContainerAppOptions> = {
  vpc: required(vpc),
  alarmTopic: topic,
  certificate: resource('a certificate (acm.ICertificate)', 'certificateArn'),
  cluster: resource('a cluster (ecs.ICluster)', 'clusterArn'),
  deletionProtection: flag,
  domainName: text,
  hostedZone: resource('a hosted zone (route53.IHostedZone)', 'hostedZoneId'),
  ingress: made(Ingress, 'Ingress, such as Ingress.internet()'),
  keepAlive: duration,
};

export const APP_KINDS: PropKinds<ContainerAppWithAlbProps> = {
  ...APP_OPTION_KINDS, ...WEB_OPTIONS, image: required(containerImage), port: number, removalPolicy,
};
