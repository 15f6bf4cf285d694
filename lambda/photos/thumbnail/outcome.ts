import { Rejection } from './rejection';

export type TagResult = 'tagged' | 'no-room' | 'gone';

export interface ThumbnailReport {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly result: 'written' | 'superseded';
}

export interface Archived {
  readonly outcome: 'archived';
  readonly bytes: number;
  readonly sha256: string;
  readonly archiveKey: string;
  readonly archiveVersionId: string;
  readonly thumbnails: ThumbnailReport[];
  /** Why there are none, if so. */
  readonly thumbnailsSkipped?: 'larger-than-max-input-size' | 'more-than-max-input-pixels';
  readonly original: 'removed' | 'replaced';
}

export type Outcome =
  | { readonly outcome: 'ignored' | 'gone' }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection; readonly tag: TagResult }
  | Archived;
