import { readConfig } from '../../../../lambda/photos/regenerate/config';

const ENV = {
  ARCHIVE_BUCKET: 'photoarchive',
  ARCHIVE_ENDPOINT: 'https://s3.eu-central-1.wasabisys.com',
  ARCHIVE_REGION: 'eu-central-1',
  ARCHIVE_SECRET_ID: 'demo/wasabi/access',
  SOURCE_BUCKET: 'dropbox',
  UPLOAD_PREFIX: 'photos/',
  PHOTO_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/photos',
};

test('the environment says where originals are, which are uploads, and where they are queued', () => {
  expect(readConfig(ENV)).toEqual({
    archive: { bucket: 'photoarchive', endpoint: ENV.ARCHIVE_ENDPOINT, region: 'eu-central-1', keyPrefix: '', secretId: 'demo/wasabi/access' },
    sourceBucket: 'dropbox',
    uploadPrefix: 'photos/',
    photoQueueUrl: ENV.PHOTO_QUEUE_URL,
  });
});

test('without a prefix, all keys are those of uploads', () => {
  expect(readConfig({ ...ENV, UPLOAD_PREFIX: '' }).uploadPrefix).toBe('');
});

test.each(['ARCHIVE_BUCKET', 'SOURCE_BUCKET', 'PHOTO_QUEUE_URL'])('%s must be set', (name) => {
  expect(() => readConfig({ ...ENV, [name]: undefined })).toThrow(`environment variable ${name} must be`);
});
