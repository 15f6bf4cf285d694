import { provenanceIn, withProvenance } from '../../../../lambda/photos/thumbnail/provenance';

const PROVENANCE = { bucket: 'dropbox', versionId: 'v1', etag: 'e', sha256: 'abc', sequencer: '01', lastModified: new Date('2026-01-01T00:00:00Z') };

test('what is written into the metadata is read out of it again', () => {
  expect(provenanceIn(withProvenance({}, PROVENANCE))).toEqual(PROVENANCE);
});

test('what is not known is left out', () => {
  const unversioned = { bucket: 'dropbox', etag: 'e', sha256: 'abc', lastModified: PROVENANCE.lastModified };
  expect(withProvenance({}, unversioned)).toEqual({
    'source-bucket': 'dropbox', 'source-etag': 'e', 'source-sha256': 'abc', 'source-last-modified': '2026-01-01T00:00:00.000Z',
  });
});

test('the uploader\'s metadata is kept', () => {
  expect(withProvenance({ camera: 'Leica' }, PROVENANCE)).toMatchObject({ 'camera': 'Leica', 'source-version-id': 'v1' });
});

test('a photo that comes back from an archive does not pass its old provenance on', () => {
  const { versionId, sequencer, ...unversioned } = PROVENANCE;
  const before = withProvenance({}, { ...PROVENANCE, etag: 'old' });
  expect(provenanceIn(withProvenance(before, unversioned))).toEqual(unversioned);
});

test.each([
  ['none', undefined],
  ['somebody else\'s', { camera: 'Leica' }],
  ['a time that is none', { 'source-bucket': 'b', 'source-sha256': 'abc', 'source-last-modified': 'yesterday' }],
  ['no digest', { 'source-bucket': 'b', 'source-last-modified': '2026-01-01T00:00:00.000Z' }],
  ['no bucket', { 'source-sha256': 'abc', 'source-last-modified': '2026-01-01T00:00:00.000Z' }],
])('metadata with %s tells no provenance', (_, metadata) => {
  expect(provenanceIn(metadata as Record<string, string> | undefined)).toBeUndefined();
});
