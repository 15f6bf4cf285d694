import { Environment, text } from '../../shared/environment';
import { ArchiveConfig, readArchive } from '../archive-config';

export interface Config {
  readonly archive: ArchiveConfig;
  readonly destinationBucket: string;
}

export function readConfig(env: Environment): Config {
  return {
    archive: readArchive(env),
    destinationBucket: text(env, 'DESTINATION_BUCKET', 'the name of the bucket that originals are restored to'),
  };
}
