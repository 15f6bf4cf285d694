import { Environment, positiveInteger, text } from '../../shared/environment';

export interface Config {
  readonly secretId: string;
  /** In milliseconds. */
  readonly trustRetiredFor: number;
}

const DAY = 86_400_000;

export function readConfig(env: Environment): Config {
  return {
    secretId: text(env, 'SIGNING_SECRET', 'the ARN of the secret that applications sign by'),
    // Less one, as Secrets Manager picks the hour of the day: a key would otherwise now and then be trusted for a rotation more.
    trustRetiredFor: (positiveInteger(env, 'ROTATE_AFTER_DAYS') - 1) * DAY,
  };
}
