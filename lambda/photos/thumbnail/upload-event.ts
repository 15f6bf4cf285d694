import { Rejection } from './rejection';
import { ArchivedPhoto } from '../regenerate/archived-photo';

/** One object that was created in the dropbox, as its event tells it. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly etag?: string;
  readonly sequencer?: string;
  readonly size?: number;
}

/**
 * What a message is about: uploads, or an archived photo whose thumbnails are to be made again.
 */
export function photosIn(body: string): (Upload | ArchivedPhoto)[] {
  const { regenerateThumbnails } = parse(body);
  return regenerateThumbnails === undefined ? uploadsIn(body) : [archivedPhoto(regenerateThumbnails)];
}

/**
 * The uploads that a message reports: of an EventBridge "Object Created" event, or of an S3 notification, or none.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function uploadsIn(body: string): Upload[] {
  const message = parse(body);
  if (message.Event === 's3:TestEvent') return []; // S3 sends one when the notification is configured
  if (Array.isArray(message.Records)) {
    return message.Records.filter((record) => /^(s3:)?ObjectCreated:/.test(String(record?.eventName))).map(uploadInNotification);
  }
  if (message.source === 'aws.s3') {
    return message['detail-type'] === 'Object Created' ? [uploadInEvent(message.detail)] : [];
  }
  throw malformed('the message is neither an S3 notification nor an S3 event of EventBridge');
}

/** The empty object that consoles and file browsers create for "a folder". */
export function isFolderMarker({ key, size }: Upload): boolean {
  return key.endsWith('/') && size === 0;
}

/**
 * `null` is the id of what the next upload writes over, where versioning is suspended: it tells no upload from another.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersionSuspendedBehavior.html
 */
export function permanentVersionId(versionId: string | undefined): string | undefined {
  return versionId === 'null' ? undefined : versionId;
}

function uploadInEvent(detail: any): Upload {
  const object = detail?.object;
  return upload(detail?.bucket?.name, object?.key, object?.['version-id'], object?.etag, object?.sequencer, object?.size);
}

function uploadInNotification({ s3 }: any): Upload {
  const object = s3?.object;
  return upload(s3?.bucket?.name, decodeKey(object?.key), object?.versionId, object?.eTag, object?.sequencer, object?.size);
}

/** Notifications write keys as HTML forms do (a plus sign is a space); EventBridge writes them as they are. */
function decodeKey(key: unknown): unknown {
  if (typeof key !== 'string') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // S3 never writes this, and guessing could name another photo.
    throw malformed(`the key ${JSON.stringify(key)} is not URL-encoded`);
  }
}

function upload(bucket: unknown, key: unknown, versionId: unknown, etag: unknown, sequencer: unknown, size: unknown): Upload {
  if (!isText(bucket) || !isText(key)) throw malformed('the event does not name a bucket and a key');
  return {
    bucket,
    key,
    versionId: isText(versionId) ? permanentVersionId(versionId) : undefined,
    etag: isText(etag) ? etag : undefined,
    sequencer: isText(sequencer) ? sequencer : undefined,
    size: typeof size === 'number' ? size : undefined,
  };
}

function archivedPhoto(request: any): ArchivedPhoto {
  const { bucket, key } = Object(request);
  if (!isText(bucket) || !isText(key)) throw malformed('the request for thumbnails does not name a bucket and a key');
  return { bucket, key, isArchived: true };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parse(body: string): Record<string, any> {
  try {
    return Object(JSON.parse(body));
  } catch {
    throw malformed('the message is not JSON');
  }
}

function malformed(detail: string): Rejection {
  return new Rejection('malformed-event', detail);
}
