export interface StoreUrls {
  readonly aws: string;
  readonly wasabi: string;
  readonly services: string;
}

/** Of the function, as the construct sets it by default, with stores on this machine. */
export function functionEnvironment({ aws, wasabi, services }: StoreUrls): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL_S3: aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services,
    AWS_ENDPOINT_URL_SQS: services,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    POWERTOOLS_SERVICE_NAME: 'bench',
    POWERTOOLS_METRICS_NAMESPACE: 'bench',
    THUMBNAIL_BUCKET: 'thumbnails',
    THUMBNAILS: JSON.stringify([{ fit: 'inside', width: 256, height: 256, format: 'source' }]),
    ARCHIVE_BUCKET: 'photoarchive',
    ARCHIVE_ENDPOINT: wasabi,
    ARCHIVE_REGION: 'eu-central-1',
    ARCHIVE_SECRET_ID: 'wasabi',
    DEAD_LETTER_QUEUE_URL: `${services}/123456789012/dead`,
    MAX_RUN_SECONDS: '120',
    MAX_RECEIVE_COUNT: '10',
    MAX_INPUT_BYTES: String(100 * 2 ** 20),
    MAX_INPUT_PIXELS: '100000000',
  };
}

export interface Dropped {
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
}

/** One message a photo, as the queue delivers them. */
export function eventOf(photos: Dropped[]): object {
  return {
    Records: photos.map(({ key, versionId, size }, index) => ({
      messageId: `message-${index}`,
      body: JSON.stringify({
        'source': 'aws.s3',
        'detail-type': 'Object Created',
        'detail': { bucket: { name: 'dropbox' }, object: { key, 'version-id': versionId, size, 'sequencer': '01' } },
      }),
    })),
  };
}
