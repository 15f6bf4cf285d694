import { endpoint, Environment, text } from '../../shared/environment';

export interface Config {
  readonly archive: {
    readonly bucket: string;
    readonly endpoint: string;
    readonly region: string;
    readonly keyPrefix: string;
    readonly secretId: string;
  };
  readonly destinationBucket: string;
}

/** Reads the environment, once and whole, so that a wrong setting fails at the cold start. */
export function readConfig(env: Environment): Config {
  return {
    archive: {
      bucket: text(env, 'ARCHIVE_BUCKET', 'the name of the archive bucket'),
      endpoint: endpoint(env, 'ARCHIVE_ENDPOINT'),
      region: text(env, 'ARCHIVE_REGION', 'the region of the archive, as in eu-central-1'),
      keyPrefix: env.ARCHIVE_KEY_PREFIX ?? '',
      secretId: text(env, 'ARCHIVE_SECRET_ID', 'the ARN of the secret with the keys of the archive'),
    },
    destinationBucket: text(env, 'DESTINATION_BUCKET', 'the name of the bucket that originals are restored to'),
  };
}
