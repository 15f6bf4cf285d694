/** Why a photo can never be processed, however often it is tried. The tag on the photo and the dead letter say one of these. */
export const REJECTION_REASONS = [
  'malformed-event',
  'empty',
  'too-large',
  'key-too-long',
  'metadata-too-large',
  'unsupported-format',
  'too-many-pixels',
  'too-much-memory',
  'too-much-time',
  'corrupt',
] as const;

export type RejectionReason = typeof REJECTION_REASONS[number];

/** Thrown for what retrying cannot help; every other error counts as transient. */
export class Rejection extends Error {
  constructor(public readonly reason: RejectionReason, detail: string) {
    super(detail);
    this.name = 'Rejection';
  }
}
