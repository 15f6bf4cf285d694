import { Environment, text } from '../../shared/environment';
import { ArchiveConfig, readArchive } from '../archive-config';

export interface Config {
  readonly archive: ArchiveConfig;
  /** The dropbox, whose originals are restored unless a request names another. */
  readonly sourceBucket: string;
  readonly destinationBucket: string;
}

export function readConfig(env: Environment): Config {
  return {
    archive: readArchive(env),
    sourceBucket: text(env, 'SOURCE_BUCKET', 'the name of the dropbox whose originals are restored'),
    destinationBucket: text(env, 'DESTINATION_BUCKET', 'the name of the bucket that originals are restored to'),
  };
}
