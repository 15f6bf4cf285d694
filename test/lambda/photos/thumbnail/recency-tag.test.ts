import { recencyIn, recencyTag } from '../../../../lambda/photos/thumbnail/recency-tag';

const LAST_MODIFIED = new Date('2026-01-01T00:00:00Z');

/** The tags of an object, as S3 makes them of the header of its upload. */
const tagsOf = (header: string) => [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));

test.each([
  ['with a sequencer', { bucket: 'dropbox', lastModified: LAST_MODIFIED, sequencer: '0055AED6DCD90281E5' }],
  ['without one', { bucket: 'photos.example-1', lastModified: LAST_MODIFIED }],
])('what is written into the tag is read out of it again, %s', (_, uploaded) => {
  expect(recencyIn(tagsOf(recencyTag(uploaded)))).toEqual(uploaded);
});

test('it is one tag, of letters and of a length that S3 takes', () => {
  const tags = tagsOf(recencyTag({ bucket: 'b'.repeat(63), lastModified: LAST_MODIFIED, sequencer: 'F'.repeat(64) }));
  expect(tags).toEqual([{ Key: 'cdk-mainstay:uploaded', Value: expect.any(String) }]);
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html
  for (const text of [tags[0].Key, tags[0].Value]) expect(text).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
});

test.each([
  ['none', undefined],
  ['somebody else\'s', [{ Key: 'album', Value: '2026-01-01T00:00:00.000Z/dropbox' }]],
  ['a time that is none', [{ Key: 'cdk-mainstay:uploaded', Value: 'yesterday/dropbox' }]],
  ['no bucket', [{ Key: 'cdk-mainstay:uploaded', Value: '2026-01-01T00:00:00.000Z' }]],
  ['no value', [{ Key: 'cdk-mainstay:uploaded', Value: '' }]],
])('tags with %s say nothing of an upload', (_, tags) => {
  expect(recencyIn(tags)).toBeUndefined();
});
