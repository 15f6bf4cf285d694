/** An original in the archive whose thumbnails are to be made again. */
export interface ArchivedPhoto {
  /** The dropbox that it was uploaded to: an archive may hold originals of several. */
  readonly bucket: string;
  /** As it was in the dropbox. */
  readonly key: string;
  /** Unlike an upload: nothing is archived, and the dropbox is left alone. */
  readonly isArchived: true;
}

/** The message that asks the photo function for thumbnails: lambda/photos/thumbnail/upload-event.ts */
export function regenerationMessage({ bucket, key }: Omit<ArchivedPhoto, 'isArchived'>): string {
  return JSON.stringify({ regenerateThumbnails: { bucket, key } });
}
