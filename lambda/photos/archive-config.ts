import { endpoint, Environment, text } from '../shared/environment';

/** Where the archive is, and which secret opens it. */
export interface ArchiveConfig {
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly keyPrefix: string;
  readonly secretId: string;
}

export function readArchive(env: Environment): ArchiveConfig {
  return {
    bucket: text(env, 'ARCHIVE_BUCKET', 'the name of the archive bucket'),
    endpoint: endpoint(env, 'ARCHIVE_ENDPOINT'),
    region: text(env, 'ARCHIVE_REGION', 'the region of the archive, as in eu-central-1'),
    keyPrefix: env.ARCHIVE_KEY_PREFIX ?? '',
    secretId: text(env, 'ARCHIVE_SECRET_ID', 'the ARN of the secret with the keys of the archive'),
  };
}
