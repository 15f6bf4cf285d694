import { createHash } from 'crypto';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { FinalizeRequestMiddleware, MetadataBearer } from '@smithy/types';
import { WasabiCredentials } from './secret';
import { UnknownOutcome } from './unknown-outcome';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { serviceAnswer } from '../../shared/service-answer';

export interface WasabiLocation {
  readonly endpoint: string;
  readonly region: string;
}

export function wasabiClient(
  location: WasabiLocation, credentials: WasabiCredentials, requestHandler: S3ClientConfig['requestHandler'] = REQUEST_TIMEOUTS,
): S3Client {
  const client = new S3Client({
    endpoint: location.endpoint,
    region: location.region,
    credentials,
    forcePathStyle: true, // recommended by Wasabi, and a bucket name with a dot breaks the wildcard certificate otherwise
    // The SDK's default checksum trailers are refused or stored as content by S3-compatible stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler,
  });
  sendContentMd5(client);
  doNotRepeatUploads(client);
  return client;
}

/**
 * Content-MD5 is the one digest that every S3-compatible store checks. A bucket with Object Lock refuses an upload
 * without a digest (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, "Content-MD5"), and the checksum
 * that the SDK sends where S3 demands one (as for PutBucketVersioning) is unknown to some of these stores.
 */
function sendContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
      if (typeof body === 'string' || body instanceof Uint8Array) {
        for (const name of Object.keys(headers)) {
          if (/^x-amz-(checksum-|sdk-checksum-)/i.test(name)) delete headers[name];
        }
        headers['content-md5'] = createHash('md5').update(body).digest('base64');
      }
      return next(args);
    },
    { name: 'contentMd5', step: 'build', priority: 'low' }, // after the SDK's own checksum, before signing
  );
}

const UPLOADS = ['PutObjectCommand', 'CopyObjectCommand', 'CompleteMultipartUploadCommand'];

/** The SDK repeats a request whose answer was lost, and every repeated upload would be one more version, kept and paid for. */
function doNotRepeatUploads(client: S3Client): void {
  const throwUnknownOutcome: FinalizeRequestMiddleware<object, MetadataBearer> = (next, { commandName = '' }) => async (args) => {
    try {
      return await next(args);
    } catch (error) {
      const { status = 500 } = serviceAnswer(error);
      const isRefusal = status < 500 || status === 503; // "Slow Down": nothing was stored
      throw UPLOADS.includes(commandName) && !isRefusal ? new UnknownOutcome(error) : error;
    }
  };
  client.middlewareStack.addRelativeTo(throwUnknownOutcome, { name: 'throwUnknownOutcome', relation: 'after', toMiddleware: 'retryMiddleware' });
}
