import { Environment, fail, text } from '../../shared/environment';

export interface Config {
  readonly kind: 'instance' | 'cluster';
  /** Of the throw-away database. */
  readonly identifier: string;
  readonly queryFunction: string;
}

/** Reads the environment, once and whole, so that a wrong setting fails at the cold start. */
export function readConfig(env: Environment): Config {
  const kind = env.DRILL_KIND;
  if (kind !== 'instance' && kind !== 'cluster') fail(env, 'DRILL_KIND', 'instance or cluster');
  return {
    kind,
    identifier: text(env, 'DRILL_IDENTIFIER', 'the identifier of the throw-away database'),
    queryFunction: text(env, 'QUERY_FUNCTION', 'the name of the function that asks the database'),
  };
}
