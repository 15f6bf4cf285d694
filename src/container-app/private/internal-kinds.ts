import { containerImage, SERVICE_KINDS } from './container-kinds';
import { kmsKey, number, PropKinds, removalPolicy, required, text } from '../../shared/kinds';
import type { InternalServiceProps, ServiceBindingNames } from '../internal-service-props';

export const INTERNAL_SERVICE_KINDS: PropKinds<InternalServiceProps> = {
  ...SERVICE_KINDS,
  name: required(text),
  port: required(number),
  dataOwner: text,
  dataPath: text,
  encryptionKey: kmsKey,
  image: containerImage,
  removalPolicy,
  tasks: number,
};

export const SERVICE_BINDING_NAMES: PropKinds<ServiceBindingNames> = { host: text, port: text, url: text };
