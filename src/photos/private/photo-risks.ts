import { Annotations, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { WASABI_REGIONS } from './wasabi';
import type { ThumbnailToWasabiProps } from '../thumbnail-to-wasabi';

/**
 * Warns of props that are possible and probably not meant.
 */
export function warnOfPhotoRisks(construct: Construct, props: ThumbnailToWasabiProps, memorySize: Size, maxInputSize: Size): void {
  const warn = (id: string, message: string) => Annotations.of(construct).addWarningV2(`cdk-mainstay:ThumbnailToWasabi.${id}`, message);
  if (props.archiveEndpoint === undefined && !Token.isUnresolved(props.wasabiRegion) && !WASABI_REGIONS.includes(props.wasabiRegion)) {
    warn('UnknownWasabiRegion', `wasabiRegion '${props.wasabiRegion}' is not among those that Wasabi listed on 2026-03-06: ${WASABI_REGIONS.join(', ')}`);
  }
  if (props.dropbox && !(props.dropbox instanceof s3.Bucket)) {
    warn('DropboxMustSendEvents', 'the dropbox is not a bucket of this app: it must send its events to EventBridge, or no upload is ever seen, and should be versioned');
  }
  if (!maxInputSize.isUnresolved() && !memorySize.isUnresolved() && maxInputSize.toBytes() > memorySize.toBytes() / 4) {
    warn('InputNearMemory', `maxInputSize of ${inMebibytes(maxInputSize)} is more than a quarter of the function's ${inMebibytes(memorySize)} of memory, ` +
      'which hold the decoded picture, too: raise memorySize or lower maxInputSize');
  }
}

function inMebibytes(size: Size): string {
  return `${size.toMebibytes({ rounding: SizeRoundingBehavior.NONE })} MiB`;
}
