import { IncomingMessage, request as send } from 'http';
import { buffer } from 'stream/consumers';

/** Where a request goes: the AWS account, or the store that plays Wasabi. */
export type Place = 'account' | 'store';

/** A request of the function, as the proxy sees it. */
export interface WireRequest {
  readonly place: Place;
  /** As the API calls it: `GetObject`, `SendMessage`. */
  readonly operation: string;
  /** Empty in what is not S3. */
  readonly bucket: string;
  /** Or the prefix that is listed. */
  readonly key: string;
  readonly versionId?: string;
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export async function receive(place: Place, message: IncomingMessage): Promise<WireRequest> {
  const body = await buffer(message);
  const url = new URL(message.url!, 'http://any');
  const [bucket, ...segments] = url.pathname.slice(1).split('/');
  const key = decodeURIComponent(segments.join('/'));
  const target = message.headers['x-amz-target'] as string | undefined;
  return {
    place,
    operation: target ? target.split('.').pop()! : s3Operation(message, url.searchParams, key),
    bucket: target ? '' : bucket,
    key: target ? '' : key || (url.searchParams.get('prefix') ?? ''),
    versionId: url.searchParams.get('versionId') ?? undefined,
    message,
    body,
  };
}

/** As it came, its Host too: that is signed. */
export function forward({ message, body }: WireRequest, endpoint: string): Promise<WireAnswer> {
  const { expect: _, ...headers } = message.headers; // answered already, as the body is here
  return new Promise((resolve, reject) => {
    send(new URL(endpoint), { method: message.method, path: message.url, headers }, (answer) => {
      buffer(answer).then((content) => resolve({ status: answer.statusCode!, headers: answer.headers, body: content }), reject);
    }).on('error', reject).end(body);
  });
}

function s3Operation({ method, headers }: IncomingMessage, query: URLSearchParams, key: string): string {
  const has = (name: string) => query.has(name);
  switch (method) {
    case 'GET':
      if (has('versioning')) return 'GetBucketVersioning';
      if (has('versions')) return 'ListObjectVersions';
      if (has('uploads')) return 'ListMultipartUploads';
      if (has('tagging')) return 'GetObjectTagging';
      break;
    case 'PUT':
      if (has('tagging')) return 'PutObjectTagging';
      if (has('partNumber')) return 'UploadPart';
      if (headers['x-amz-copy-source']) return 'CopyObject';
      break;
    case 'POST': return has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE': return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  }
  return `${{ GET: 'Get', PUT: 'Put', HEAD: 'Head' }[method!]}${key ? 'Object' : 'Bucket'}`;
}
