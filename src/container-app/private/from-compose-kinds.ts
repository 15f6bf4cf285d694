import { APP_KINDS } from './web-kinds';
import { Kind, PropKinds, required, resource, secretMap, text, textMap, texts } from '../../shared/kinds';
import type { FromComposeProps } from '../from-compose-props';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const listsByService = (words: string, item: Kind) => ({
  words, fits: (value: unknown) => isObject(value) && Object.values(value).every((each) => Array.isArray(each) && each.every(item.fits)),
});

export const FROM_COMPOSE_KINDS: PropKinds<FromComposeProps> = {
  alarmTopic: APP_KINDS.alarmTopic,
  certificate: APP_KINDS.certificate,
  deletionProtection: APP_KINDS.deletionProtection,
  domainName: APP_KINDS.domainName,
  file: required(text),
  hostedZone: APP_KINDS.hostedZone,
  ingress: APP_KINDS.ingress,
  keepAsService: texts,
  leaveOut: texts,
  pathPatterns: listsByService("an object with a list of paths for each service, such as { api: ['/api/*'] }", text),
  profiles: texts,
  removalPolicy: APP_KINDS.removalPolicy,
  secrets: secretMap,
  uses: listsByService('an object with a list of bindings (IBinding) for each service', resource('a binding (IBinding)', 'bind')),
  variables: textMap,
  vpc: required(APP_KINDS.vpc),
  web: text,
};
