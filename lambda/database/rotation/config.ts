import { Environment, fail, text } from '../../shared/environment';

export interface Config {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  readonly connectionSecret: string;
  /** The fields of the secret that applications read, with a placeholder for the password. */
  readonly connectionFields: Record<string, string>;
  /** The ECS services whose tasks are replaced after a rotation. */
  readonly services: Service[];
}

export interface Service {
  readonly cluster: string;
  readonly service: string;
}

/** Reads the environment, once and whole, so that a wrong setting fails at the cold start. */
export function readConfig(env: Environment): Config {
  const kind = env.DATABASE_KIND;
  if (kind !== 'instance' && kind !== 'cluster') fail(env, 'DATABASE_KIND', 'instance or cluster');
  return {
    kind,
    identifier: text(env, 'DATABASE_IDENTIFIER', 'the identifier of the database'),
    connectionSecret: text(env, 'CONNECTION_SECRET', 'the ARN of the secret that applications read'),
    connectionFields: JSON.parse(text(env, 'CONNECTION_FIELDS', 'a JSON object of texts')),
    services: JSON.parse(env.SERVICES || '[]'),
  };
}
