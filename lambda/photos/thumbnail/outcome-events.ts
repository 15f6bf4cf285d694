import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Archived } from './outcome';
import { DropboxObject } from './photo';
import { Rejection } from './rejection';

/** Reports what became of a photo; at least once, so a run that is repeated reports it again. */
export interface OutcomeEvents {
  archived(object: DropboxObject, archived: Omit<Archived, 'original'>): Promise<void>;
  rejected(object: RejectedObject, rejection: Rejection): Promise<void>;
}

/** An object that could not be read is known by its event only. */
export type RejectedObject = Pick<DropboxObject, 'bucket' | 'key' | 'versionId'> & Partial<Pick<DropboxObject, 'etag' | 'size'>>;

interface OutcomeEventsConfig {
  readonly eventBus: string;
  readonly archiveBucket: string;
  readonly thumbnailBucket: string;
}

export const EVENT_SOURCE = 'cdk-mainstay.ThumbnailToWasabi';

/** Sends the events that docs/constructs/thumbnail-to-wasabi.md describes to an EventBridge bus. */
export class EventBridgeEvents implements OutcomeEvents {
  constructor(private readonly client: EventBridgeClient, private readonly config: OutcomeEventsConfig) {}

  async archived(object: DropboxObject, { archiveKey, archiveVersionId, sha256, thumbnails, thumbnailsSkipped }: Omit<Archived, 'original'>): Promise<void> {
    const { archiveBucket, thumbnailBucket } = this.config;
    await this.put('Photo Archived', {
      ...source(object),
      archive: { bucket: archiveBucket, key: archiveKey, versionId: archiveVersionId, sha256 },
      thumbnails: thumbnails.map(({ key, width, height, bytes }) => ({ bucket: thumbnailBucket, key, width, height, size: bytes })),
      thumbnailsSkipped,
    });
  }

  async rejected(object: RejectedObject, { reason, message }: Rejection): Promise<void> {
    await this.put('Photo Rejected', { ...source(object), reason, detail: message });
  }

  private async put(detailType: string, detail: object): Promise<void> {
    const entry = { EventBusName: this.config.eventBus, Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
    const { FailedEntryCount, Entries = [] } = await this.client.send(new PutEventsCommand({ Entries: [entry] }));
    // A refused entry is an answer like any other: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    if (FailedEntryCount) throw new Error(`EventBridge did not take '${detailType}': ${Entries[0]?.ErrorCode} ${Entries[0]?.ErrorMessage}`);
  }
}

function source({ bucket, key, versionId, etag, size }: RejectedObject): object {
  return { version: '1', bucket: { name: bucket }, object: { key, versionId, etag, size } };
}
