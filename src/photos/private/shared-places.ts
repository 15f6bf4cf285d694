import { Stack, Token } from 'aws-cdk-lib';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, IConstruct } from 'constructs';
import { ArchivePlace } from './archive';
import { addWarning } from '../../shared/acknowledge';
import { claim } from '../../shared/attached';
import { Checks, isUnknown } from '../../shared/checks';
import { areTogether } from '../../shared/stacks';

interface Uploads {
  /** A given dropbox: a new one is nobody else's. */
  readonly dropbox?: IBucket;
  readonly uploadPrefix: string;
  /** All, if absent. */
  readonly uploadSuffixes?: string[];
}

/**
 * Refuses uploads that another ThumbnailToWasabi of the app takes, too: whichever runs first removes the original, so that each photo gets into one archive of
 * the two, at random. Where nobody knows whether both are deployed in one account, it warns.
 */
export function requireOwnUploads(owner: Construct, uploads: Uploads): void {
  const { dropbox, uploadPrefix, uploadSuffixes } = uploads;
  if (!dropbox) return;
  const other = claim(owner, 'ThumbnailToWasabi.uploads', uploads)
    .find((each) => areTogether(owner, each.owner) !== 'no' && isSameBucket(dropbox, each.what.dropbox!) && mayShareUploads(uploads, each.what));
  if (!other) return;
  const suffixes = uploadSuffixes ? ` and 'uploadSuffixes' [${uploadSuffixes.join(', ')}]` : '';
  const text = `uploads under 'uploadPrefix' '${uploadPrefix}'${suffixes} of the dropbox ${dropbox.node.path} are those of ${other.owner.node.path}, too: whichever is first removes ` +
    'a photo from the dropbox, so that each gets into one of the two archives only, at random; give each a prefix, suffixes or a dropbox of its own';
  const isCertain = areTogether(owner, other.owner) === 'yes' && ![uploadPrefix, other.what.uploadPrefix].some((prefix) => isUnknown(prefix));
  if (isCertain) throw new Checks(owner.node.path).error(text);
  addWarning(owner, 'cdk-mainstay:ThumbnailToWasabi.UploadsTwice', text);
}

function isSameBucket(one: IBucket, other: IBucket): boolean {
  return one === other || sameText(one, one.bucketName) === sameText(other, other.bucketName);
}

/** A token means the same to all of its stack, and to nobody else. */
function sameText(scope: IConstruct, text: string): string {
  return isUnknown(text) ? `${Stack.of(scope).node.path} ${text}` : text;
}

function mayShareUploads(one: Uploads, other: Uploads): boolean {
  return oneBeginsWithOther(one.uploadPrefix, other.uploadPrefix) && mayShareSuffix(one.uploadSuffixes, other.uploadSuffixes);
}

/** What a token begins with is not known. */
function oneBeginsWithOther(one: string, other: string): boolean {
  return isUnknown(one) || isUnknown(other) || one.startsWith(other) || other.startsWith(one);
}

function mayShareSuffix(ones: string[] | undefined, others: string[] | undefined): boolean {
  if (!ones || !others) return true;
  return ones.some((one) => others.some((other) => [one, other].some(Token.isUnresolved) || one.endsWith(other) || other.endsWith(one)));
}

/**
 * Warns if another ThumbnailToWasabi of the app archives into the same place: originals of both with one key become versions of one object, of which the newest is on
 * top, whoever it is of. Wasabi knows no accounts of AWS, so that this is so for stages of different accounts, too.
 */
export function warnOfSharedArchive(owner: Construct, archive: ArchivePlace): void {
  const other = claim(owner, 'ThumbnailToWasabi.archive', archive).find(({ owner: its, what }) =>
    sameText(owner, archive.endpoint) === sameText(its, what.endpoint)
    && sameText(owner, archive.bucketName) === sameText(its, what.bucketName)
    && oneBeginsWithOther(archive.keyPrefix, what.keyPrefix));
  if (!other) return;
  addWarning(
    owner, 'cdk-mainstay:ThumbnailToWasabi.SharedArchive',
    `'archiveBucketName' is '${archive.bucketName}', into which ${other.owner.node.path} archives, too, under the same keys: originals of two dropboxes become versions of one object. ` +
    'Give each a bucket or an \'archiveKeyPrefix\' of its own, such as staging/ and production/; or acknowledge this, as PhotoRestore restores only what is of its own dropbox',
  );
}
