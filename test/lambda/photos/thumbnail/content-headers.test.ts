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
