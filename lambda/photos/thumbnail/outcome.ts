import { Rejection } from './rejection';

export type TagResult = 'tagged' | 'no-room' | 'gone';

export interface ThumbnailReport {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly result: 'written' | 'superseded';
}

export interface MadeThumbnails {
  readonly thumbnails: ThumbnailReport[];
  /** Why there are none, if so. */
  readonly thumbnailsSkipped?: 'larger-than-max-input-size' | 'more-than-max-input-pixels';
}

export interface Archived extends MadeThumbnails {
  readonly outcome: 'archived';
  readonly bytes: number;
  readonly sha256: string;
  readonly archiveKey: string;
  readonly archiveVersionId: string;
  readonly original: 'removed' | 'replaced';
}

/** The thumbnails of an archived photo were made again. */
export interface Regenerated extends MadeThumbnails {
  readonly outcome: 'regenerated';
  /** The copy that they were made of. */
  readonly archiveVersionId: string;
  /** Newer copies, with a content that is not what was archived. */
  readonly damagedVersionIds: string[];
}

export type Outcome =
  | { readonly outcome: 'ignored' | 'gone' }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection; readonly tag: TagResult }
  | { readonly outcome: 'not-archived' }
  | { readonly outcome: 'not-regenerated'; readonly rejection: Rejection }
  | Archived
  | Regenerated;
