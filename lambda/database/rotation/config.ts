import type { DatabaseId } from './database';
import { Environment, oneOf, text } from '../../shared/environment';

export interface Config extends DatabaseId {
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

export function readConfig(env: Environment): Config {
  return {
    kind: oneOf(env, 'DATABASE_KIND', ['instance', 'cluster']),
    identifier: text(env, 'DATABASE_IDENTIFIER', 'the identifier of the database'),
    connectionSecret: text(env, 'CONNECTION_SECRET', 'the ARN of the secret that applications read'),
    connectionFields: JSON.parse(text(env, 'CONNECTION_FIELDS', 'a JSON object of texts')),
    services: JSON.parse(env.SERVICES || '[]'),
  };
}
