import { Environment, fail, positiveInteger, text } from '../../shared/environment';

export interface Config {
  readonly dropbox: string;
  readonly uploadPrefix: string;
  /** None: keys may end in anything. */
  readonly uploadSuffixes: string[];
  /** What it held before its uploads were ever reported is left to a backfill. */
  readonly dropboxIsOlderThanQueue: boolean;
  readonly photoQueueUrl: string;
  readonly walkParameter: string;
  readonly deadlineHours: number;
}

export function readConfig(env: Environment): Config {
  return {
    dropbox: text(env, 'DROPBOX', 'the name of the dropbox'),
    uploadPrefix: env.UPLOAD_PREFIX ?? '',
    uploadSuffixes: texts(env, 'UPLOAD_SUFFIXES'),
    dropboxIsOlderThanQueue: env.DROPBOX_IS_OLDER_THAN_QUEUE === 'true',
    photoQueueUrl: text(env, 'PHOTO_QUEUE_URL', 'the URL of the queue of the photo function'),
    walkParameter: text(env, 'WALK_PARAMETER', 'the name of the parameter that remembers an unfinished walk'),
    deadlineHours: positiveInteger(env, 'DEADLINE_HOURS'),
  };
}

function texts(env: Environment, name: string): string[] {
  const values: unknown = JSON.parse(env[name] || '[]');
  return Array.isArray(values) && values.every((value) => typeof value === 'string') ? values : fail(env, name, 'a JSON array of texts');
}
