import { ThumbnailSpec } from './thumbnail';
import { Environment, fail, positiveInteger, text } from '../../shared/environment';
import { ArchiveConfig, readArchive } from '../archive-config';

export interface Config {
  readonly thumbnailBucket: string;
  readonly thumbnails: ThumbnailSpec[];
  readonly archive: ArchiveConfig;
  readonly deadLetterQueueUrl: string;
  /** The name or ARN of the bus that is told of outcomes. */
  readonly eventBus?: string;
  readonly maxRunMs: number;
  /** How often a message is received before it is parked. */
  readonly maxReceiveCount: number;
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
}

export function readConfig(env: Environment): Config {
  return {
    thumbnailBucket: text(env, 'THUMBNAIL_BUCKET', 'the name of the bucket for thumbnails'),
    thumbnails: thumbnails(env, 'THUMBNAILS'),
    archive: readArchive(env),
    deadLetterQueueUrl: text(env, 'DEAD_LETTER_QUEUE_URL', 'the URL of the dead-letter queue'),
    eventBus: env.EVENT_BUS || undefined,
    maxRunMs: positiveInteger(env, 'MAX_RUN_SECONDS') * 1000,
    maxReceiveCount: positiveInteger(env, 'MAX_RECEIVE_COUNT'),
    maxInputBytes: positiveInteger(env, 'MAX_INPUT_BYTES'),
    maxInputPixels: positiveInteger(env, 'MAX_INPUT_PIXELS'),
  };
}

function thumbnails(env: Environment, name: string): ThumbnailSpec[] {
  const meaning = 'a JSON array of thumbnail specifications with different names';
  const specs = parse(env[name]);
  if (!Array.isArray(specs) || specs.length === 0 || !specs.every(isThumbnailSpec)) return fail(env, name, meaning);
  // Two of one name would overwrite each other.
  if (new Set(specs.map((spec) => spec.name)).size < specs.length) return fail(env, name, meaning);
  return specs;
}

function isThumbnailSpec(spec: any): spec is ThumbnailSpec {
  const isOptional = (value: unknown, isValid: (value: any) => boolean) => value === undefined || isValid(value);
  const isLength = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  return isOptional(spec?.name, (value) => typeof value === 'string' && value !== '')
    && ['inside', 'cover'].includes(spec?.fit)
    && isOptional(spec.width, isLength)
    && isOptional(spec.height, isLength)
    && (spec.fit === 'cover' ? spec.width && spec.height : spec.width || spec.height)
    && ['source', 'jpeg', 'webp', 'avif'].includes(spec.format)
    && isOptional(spec.quality, (value) => Number.isInteger(value) && value >= 1 && value <= 100);
}

function parse(json = ''): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
