import { Environment, text } from '../../shared/environment';
import { ArchiveConfig, readArchive } from '../archive-config';

export interface Config {
  readonly archive: ArchiveConfig;
  /** The dropbox, whose originals get thumbnails unless a request names another. */
  readonly sourceBucket: string;
  readonly uploadPrefix: string;
  readonly photoQueueUrl: string;
}

export function readConfig(env: Environment): Config {
  return {
    archive: readArchive(env),
    sourceBucket: text(env, 'SOURCE_BUCKET', 'the name of the dropbox whose originals get thumbnails'),
    uploadPrefix: env.UPLOAD_PREFIX ?? '',
    photoQueueUrl: text(env, 'PHOTO_QUEUE_URL', 'the URL of the queue of the photo function'),
  };
}
