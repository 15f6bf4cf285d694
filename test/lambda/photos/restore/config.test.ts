import { readConfig } from '../../../../lambda/photos/restore/config';

const COMPLETE = {
  ARCHIVE_BUCKET: 'photoarchive',
  ARCHIVE_ENDPOINT: 'https://s3.eu-central-1.wasabisys.com',
  ARCHIVE_REGION: 'eu-central-1',
  ARCHIVE_KEY_PREFIX: 'originals/',
  ARCHIVE_SECRET_ID: 'wasabi',
  SOURCE_BUCKET: 'dropbox',
  DESTINATION_BUCKET: 'restored',
};

test('reads every setting', () => {
  expect(readConfig(COMPLETE)).toEqual({
    archive: { bucket: 'photoarchive', endpoint: 'https://s3.eu-central-1.wasabisys.com', region: 'eu-central-1', keyPrefix: 'originals/', secretId: 'wasabi' },
    sourceBucket: 'dropbox',
    destinationBucket: 'restored',
  });
  expect(readConfig({ ...COMPLETE, ARCHIVE_KEY_PREFIX: undefined }).archive.keyPrefix).toBe('');
});

test.each(Object.keys(COMPLETE).filter((name) => name !== 'ARCHIVE_KEY_PREFIX'))('%s must be there', (name) => {
  expect(() => readConfig({ ...COMPLETE, [name]: undefined })).toThrow(`environment variable ${name} must be`);
});
