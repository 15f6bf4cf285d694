import { readConfig } from '../../../../lambda/photos/reconciler/config';

const COMPLETE = {
  DROPBOX: 'dropbox',
  UPLOAD_PREFIX: 'photos/',
  UPLOAD_SUFFIXES: '[".jpg"]',
  DROPBOX_IS_OLDER_THAN_QUEUE: 'true',
  PHOTO_QUEUE_URL: 'https://queue',
  WALK_PARAMETER: 'walk',
  DEADLINE_HOURS: '6',
};

test('reads every setting', () => {
  expect(readConfig(COMPLETE)).toEqual({
    dropbox: 'dropbox',
    uploadPrefix: 'photos/',
    uploadSuffixes: ['.jpg'],
    dropboxIsOlderThanQueue: true,
    photoQueueUrl: 'https://queue',
    walkParameter: 'walk',
    deadlineHours: 6,
  });
});

test('without prefix and suffixes, everything is an upload', () => {
  expect(readConfig({ ...COMPLETE, UPLOAD_PREFIX: undefined, UPLOAD_SUFFIXES: undefined })).toMatchObject({ uploadPrefix: '', uploadSuffixes: [] });
});

test.each([
  ['DROPBOX', undefined], ['PHOTO_QUEUE_URL', ''], ['WALK_PARAMETER', undefined], ['DEADLINE_HOURS', '0'], ['UPLOAD_SUFFIXES', '".jpg"'], ['UPLOAD_SUFFIXES', '[1]'],
])('%s must not be %p', (name, value) => {
  expect(() => readConfig({ ...COMPLETE, [name]: value })).toThrow(`environment variable ${name} must be`);
});
