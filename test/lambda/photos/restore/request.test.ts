import { requestIn } from '../../../../lambda/photos/restore/request';

test.each([
  [{ key: 'photos/a.jpg' }], [{ key: 'photos/a.jpg', versionId: 'v1' }], [{ key: 'photos/a.jpg', sourceBucket: 'before' }], [{ prefix: '', sourceBucket: 'before' }], [{ prefix: '' }], [{ prefix: 'photos/', continueAfter: 'photos/a.jpg' }],
])('%j is a request', (event) => {
  expect(requestIn(event)).toEqual(event);
});

test.each([
  [{}], [{ prefx: 'photos/' }], [{ key: 'a', prefix: 'b' }], [{ key: 'a', continueAfter: 'b' }], [{ prefix: 'a', versionId: 'v1' }], [{ versionId: 'v1' }], [{ sourceBucket: 'before' }], [{ key: 1 }],
])('%j is none', (event) => {
  expect(() => requestIn(event)).toThrow(
    `a restore takes { key } or { key, versionId } or { prefix } or { prefix, continueAfter }, each with or without { sourceBucket }, all texts, got ${JSON.stringify(event)}`);
});
