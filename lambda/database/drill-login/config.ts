import { Environment, oneOf, text } from '../../shared/environment';
import type { DatabaseId } from '../rotation/database';

export interface Config extends DatabaseId {
  readonly queryFunction: string;
}

export function readConfig(env: Environment): Config {
  return {
    kind: oneOf(env, 'DRILL_KIND', ['instance', 'cluster']),
    identifier: text(env, 'DRILL_IDENTIFIER', 'the identifier of the throw-away database'),
    queryFunction: text(env, 'QUERY_FUNCTION', 'the name of the function that asks the database'),
  };
}
