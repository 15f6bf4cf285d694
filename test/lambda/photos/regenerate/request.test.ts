import { requestIn } from '../../../../lambda/photos/regenerate/request';

test.each([
  [{ prefix: 'photos/' }], [{ prefix: 'photos/2026/', continueAfter: 'photos/2026/a.jpg' }], [{ prefix: 'photos/', sourceBucket: 'before' }],
])('%j is a request', (event) => {
  expect(requestIn(event, 'photos/')).toEqual(event);
});

test.each([
  [{}], [{ prefx: 'photos/' }], [{ key: 'photos/a.jpg' }], [{ prefix: 'photos/', olderThanSeconds: 0 }], [{ prefix: 1 }], [{ continueAfter: 'photos/a.jpg' }], [{ toString: 'photos/' }],
])('%j is none', (event) => {
  expect(() => requestIn(event, 'photos/')).toThrow(
    `a regeneration takes { prefix } or { prefix, continueAfter }, each with or without { sourceBucket }, all texts, got ${JSON.stringify(event)}`);
});

test.each(['', 'photo', 'invoices/', 'PHOTOS/'])('a prefix of %j is refused, as no thumbnails may be written there', (prefix) => {
  expect(() => requestIn({ prefix }, 'photos/')).toThrow(`'prefix' must begin with 'photos/', as uploads do, got '${prefix}'`);
});
