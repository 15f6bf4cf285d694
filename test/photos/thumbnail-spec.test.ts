import { Token } from 'aws-cdk-lib';
import { ThumbnailFormat, ThumbnailSpec } from '../../src';

test.each<[() => unknown, string]>([
  [() => ThumbnailSpec.inside(0), "ThumbnailSpec: 'pixels' must be a whole number of pixels between 1 and 16383, got 0"],
  [() => ThumbnailSpec.inside(16_384), 'got 16384'],
  [() => ThumbnailSpec.inside(1.5), 'got 1.5'],
  [() => ThumbnailSpec.width(0), "'pixels' must be"],
  [() => ThumbnailSpec.cover(0, 10), "'width' must be"],
  [() => ThumbnailSpec.cover(10, 16_384), "'height' must be"],
  [() => ThumbnailFormat.jpeg(0), "ThumbnailFormat: 'quality' must be a whole number between 1 and 100, got 0"],
  [() => ThumbnailFormat.webp(101), 'got 101'],
  [() => ThumbnailFormat.avif(50.5), 'got 50.5'],
  [() => ThumbnailFormat.sameAsSource(-1), 'got -1'],
  [() => ThumbnailSpec.inside(1, { name: 'a b' }), "ThumbnailSpec: 'name' must be letters, digits, dots, hyphens and underscores, with slashes only between them, got 'a b'"],
  [() => ThumbnailSpec.inside(1, { name: '' }), "got ''"],
  [() => ThumbnailSpec.inside(1, { name: '/a' }), "got '/a'"],
  [() => ThumbnailSpec.inside(1, { name: 'a/' }), "got 'a/'"],
])('refuses %s', (make, message) => {
  expect(make).toThrow(message);
});

test('takes the bounds themselves, folders in folders, and tokens', () => {
  expect(() => [
    ThumbnailSpec.inside(1),
    ThumbnailSpec.inside(16_383, { name: 'web/small_1.x' }),
    ThumbnailSpec.cover(16_383, 1, { format: ThumbnailFormat.jpeg(1) }),
    ThumbnailSpec.width(16_383, { format: ThumbnailFormat.avif(100) }),
    ThumbnailSpec.inside(Token.asNumber({ Ref: 'Pixels' }), { name: Token.asString({ Ref: 'Name' }) }),
  ]).not.toThrow();
});
