/** Why a photo can never be processed, however often it is tried. The tag on the photo says one of these. */
export const REJECTION_REASONS = [
  'malformed-event',
  'unreadable',
  'empty',
  'too-large',
  'key-too-long',
  'metadata-too-large',
  'unsupported-format',
  'too-many-pixels',
  'too-much-memory',
  'too-much-time',
  'corrupt',
  'decoder-failed',
  'refused-by-archive',
] as const;

export type RejectionReason = typeof REJECTION_REASONS[number];

/** Thrown for what retrying cannot help. An error that is neither this nor a `ProbableRejection` counts as transient. */
export class Rejection extends Error {
  constructor(public readonly reason: RejectionReason, detail: string) {
    super(detail);
    this.name = 'Rejection';
  }
}

/** Thrown for what retrying hardly helps, but may: a rejection if it happens on the last try of a message. */
export class ProbableRejection extends Error {
  constructor(public readonly rejection: Rejection) {
    super(rejection.message);
    this.name = 'ProbableRejection';
  }
}

/** The rejection that an error means, if it is one. */
export function rejectionIn(error: unknown, isLastTry: boolean): Rejection | undefined {
  if (error instanceof Rejection) return error;
  return isLastTry && error instanceof ProbableRejection ? error.rejection : undefined;
}
