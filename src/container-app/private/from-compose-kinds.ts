import { APP_OPTION_KINDS } from './web-kinds';
import { Kind, PropKinds, removalPolicy, required, resource, secretMap, text, textMap, texts } from '../../shared/kinds';
import type { FromComposeProps } from '../from-compose-props';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const listsByService = (words: string, item: Kind) => ({
  words, fits: (value: unknown) => isObject(value) && Object.values(value).every((each) => Array.isArray(each) && each.every(item.fits)),
});

export const FROM_COMPOSE_KINDS: PropKinds<FromComposeProps> = {
  ...APP_OPTION_KINDS,
  file: required(text),
  keepAsService: texts,
  leaveOut: texts,
  pathPatterns: listsByService("an object with a list of paths for each service, such as { api: ['/api/*'] }", text),
  profiles: texts,
  removalPolicy,
  secrets: secretMap,
  uses: listsByService('an object with a list of bindings (IBinding) for each service', resource('a binding (IBinding)', 'bind')),
  variables: textMap,
  web: text,
};
