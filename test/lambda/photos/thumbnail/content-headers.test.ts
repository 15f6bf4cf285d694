import { sendable } from '../../../../lambda/photos/thumbnail/content-headers';

const HEADERS = { contentType: 'image/jpeg', contentDisposition: 'attachment; filename="Grüße 100%.jpg"', contentLanguage: '中文' };

test('headers in ASCII are sent as they are', () => {
  const headers = { contentType: 'image/jpeg', cacheControl: 'max-age=60' };
  expect(sendable(headers)).toEqual({ headers: { ...headers }, metadata: {} });
});

test('others go into the metadata, in ASCII', () => {
  const { headers, metadata } = sendable(HEADERS);
  expect(headers).toEqual({ contentType: 'image/jpeg' });
  expect(metadata).toEqual({
    'source-content-disposition': 'attachment%3B%20filename%3D%22Gr%C3%BC%C3%9Fe%20100%25.jpg%22',
    'source-content-language': '%E4%B8%AD%E6%96%87',
  });
});

test('a date of expiry is sent, in the form that HTTP has for it', () => {
  const headers = { expires: 'Tue, 01 Jan 2030 00:00:00 GMT' };
  expect(sendable(headers)).toEqual({ headers, metadata: {} });
});

test.each([
  ['0', '0'], ['-1', '-1'], ['2030-01-01', '2030-01-01'], ['Tue, 01 Jan 2030 00:00:00 +0000', 'Tue%2C%2001%20Jan%202030%2000%3A00%3A00%20%2B0000'],
])('an expiry that is no such date, %s, goes into the metadata', (expires, kept) => {
  expect(sendable({ expires })).toEqual({ headers: {}, metadata: { 'source-expires': kept } });
});
