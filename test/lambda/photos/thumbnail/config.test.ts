import { readConfig } from '../../../../lambda/photos/thumbnail/config';

const INSIDE = { fit: 'inside', width: 256, height: 256, format: 'jpeg', quality: 80 };

const ENVIRONMENT = {
  THUMBNAIL_BUCKET: 'thumbnails',
  THUMBNAILS: JSON.stringify([INSIDE]),
  ARCHIVE_BUCKET: 'photoarchive',
  ARCHIVE_ENDPOINT: 'https://s3.eu-central-1.wasabisys.com',
  ARCHIVE_REGION: 'eu-central-1',
  ARCHIVE_KEY_PREFIX: 'from/dropbox/',
  ARCHIVE_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:demo/wasabi/access-AbCdEf',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/dead',
  EVENT_BUS: 'arn:aws:events:eu-central-1:123456789012:event-bus/photos',
  MAX_RUN_SECONDS: '120',
  MAX_RECEIVE_COUNT: '10',
  MAX_INPUT_BYTES: '1000',
  MAX_INPUT_PIXELS: '2000',
};

test('reads every setting', () => {
  expect(readConfig(ENVIRONMENT)).toEqual({
    thumbnailBucket: 'thumbnails',
    thumbnails: [INSIDE],
    archive: {
      bucket: 'photoarchive',
      endpoint: ENVIRONMENT.ARCHIVE_ENDPOINT,
      region: 'eu-central-1',
      keyPrefix: 'from/dropbox/',
      secretId: ENVIRONMENT.ARCHIVE_SECRET_ID,
    },
    deadLetterQueueUrl: ENVIRONMENT.DEAD_LETTER_QUEUE_URL,
    eventBus: ENVIRONMENT.EVENT_BUS,
    maxRunMs: 120_000,
    maxReceiveCount: 10,
    maxInputBytes: 1000,
    maxInputPixels: 2000,
  });
});

test.each(Object.keys(ENVIRONMENT).filter((name) => !['ARCHIVE_KEY_PREFIX', 'EVENT_BUS'].includes(name)))('without %s, the error names it', (name) => {
  expect(() => readConfig({ ...ENVIRONMENT, [name]: undefined })).toThrow(`environment variable ${name} must be `);
});

test.each([undefined, ''])('the event bus may be %p: nobody is told', (EVENT_BUS) => {
  expect(readConfig({ ...ENVIRONMENT, EVENT_BUS }).eventBus).toBeUndefined();
});

test.each([undefined, ''])('the archive key prefix may be %p', (ARCHIVE_KEY_PREFIX) => {
  expect(readConfig({ ...ENVIRONMENT, ARCHIVE_KEY_PREFIX }).archive.keyPrefix).toBe('');
});

test.each([
  ['MAX_INPUT_BYTES', '0', 'a positive whole number, got "0"'],
  ['MAX_INPUT_PIXELS', '1.5', 'a positive whole number, got "1.5"'],
  ['MAX_INPUT_PIXELS', 'many', 'a positive whole number, got "many"'],
  ['ARCHIVE_ENDPOINT', 's3.wasabisys.com', 'an https URL, got "s3.wasabisys.com"'],
  ['ARCHIVE_ENDPOINT', 'http://s3.wasabisys.com', 'an https URL, got "http://s3.wasabisys.com"'],
])('%s must not be %p', (name, value, message) => {
  expect(() => readConfig({ ...ENVIRONMENT, [name]: value })).toThrow(`environment variable ${name} must be ${message}`);
});

test.each(['http://127.0.0.1:4566', 'http://localhost:4566', 'http://[::1]:4566'])('a store on this machine may be %p', (ARCHIVE_ENDPOINT) => {
  expect(readConfig({ ...ENVIRONMENT, ARCHIVE_ENDPOINT }).archive.endpoint).toBe(ARCHIVE_ENDPOINT);
});

test.each([
  ['several with names', [{ ...INSIDE, name: 'small' }, { ...INSIDE, name: 'large', width: 1024 }]],
  ['a width alone', [{ ...INSIDE, height: undefined }]],
  ['a cover', [{ ...INSIDE, fit: 'cover' }]],
  ['at the quality that the encoder chooses', [{ ...INSIDE, quality: undefined }]],
  ['the format of the source, at full quality', [{ ...INSIDE, format: 'source', quality: 100 }]],
])('thumbnails may be %s', (_, specs) => {
  expect(readConfig({ ...ENVIRONMENT, THUMBNAILS: JSON.stringify(specs) }).thumbnails).toEqual(JSON.parse(JSON.stringify(specs)));
});

test.each([
  ['no JSON', '['],
  ['no array', JSON.stringify(INSIDE)],
  ['none', '[]'],
  ['null', '[null]'],
  ['two of one name', JSON.stringify([INSIDE, { ...INSIDE, width: 100 }])],
  ['one without a name in it', JSON.stringify([{ ...INSIDE, name: '' }])],
  ['one of an unknown fit', JSON.stringify([{ ...INSIDE, fit: 'fill' }])],
  ['one of an unknown format', JSON.stringify([{ ...INSIDE, format: 'gif' }])],
  ['one without a size', JSON.stringify([{ ...INSIDE, width: undefined, height: undefined }])],
  ['a cover without a height', JSON.stringify([{ ...INSIDE, fit: 'cover', height: undefined }])],
  ['one of half a pixel', JSON.stringify([{ ...INSIDE, width: 0.5 }])],
  ['one of half a quality', JSON.stringify([{ ...INSIDE, quality: 0.5 }])],
  ['one of no quality', JSON.stringify([{ ...INSIDE, quality: 0 }])],
  ['one of too high a quality', JSON.stringify([{ ...INSIDE, quality: 101 }])],
])('thumbnails must not be %s', (_, THUMBNAILS) => {
  expect(() => readConfig({ ...ENVIRONMENT, THUMBNAILS })).toThrow('environment variable THUMBNAILS must be a JSON array of thumbnail specifications');
});
