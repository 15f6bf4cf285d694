import sharp from 'sharp';
import { heic, plain, scene, withGainMap, withSegments } from '../lambda/fixtures/odd-files';

/** What is mutated: small, so that much of each file is structure, and a decoding is quick. */
export async function corpus(): Promise<Buffer[]> {
  const small = () => scene(48, 32);
  const telling = () => small().withExif({ IFD0: { Make: 'Camera', Orientation: '6' }, IFD3: { GPSLatitudeRef: 'N' } }).withIccProfile('p3');
  const translucent = sharp({ create: { width: 48, height: 32, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0.5 } } });
  const frames = await Promise.all([small(), plain(48, 32)].map((frame) => frame.png().toBuffer()));
  const animated = () => sharp(frames, { join: { animated: true } });
  const jpeg = await telling().jpeg().toBuffer();
  return Promise.all([
    jpeg,
    telling().jpeg({ progressive: true }).toBuffer(),
    small().toColourspace('cmyk').jpeg().toBuffer(),
    withGainMap(jpeg, await plain(12, 8, 'white').greyscale().jpeg().toBuffer()),
    withSegments(jpeg, [0xfe, 'a comment'], [0xed, 'Photoshop 3.0\0']),
    telling().png().toBuffer(),
    small().png({ progressive: true }).toBuffer(),
    small().png({ palette: true }).toBuffer(),
    small().toColourspace('rgb16').png().toBuffer(),
    translucent.clone().png().toBuffer(),
    telling().webp().toBuffer(),
    small().webp({ lossless: true }).toBuffer(),
    translucent.clone().webp().toBuffer(),
    animated().webp().toBuffer(),
    small().gif().toBuffer(),
    animated().gif().toBuffer(),
    telling().tiff({ compression: 'none' }).toBuffer(),
    small().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    small().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    small().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    small().tiff({ compression: 'jpeg' }).toBuffer(),
    small().tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer(),
    small().toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer(),
    animated().tiff().toBuffer(),
    telling().avif({ effort: 0 }).toBuffer(),
    small().avif({ effort: 0, bitdepth: 10, chromaSubsampling: '4:4:4' }).toBuffer(),
    translucent.clone().avif({ effort: 0 }).toBuffer(),
    ...['orientation-5', 'phone-tiles', 'second-is-primary', 'half-transparent', 'ten-bits', 'display-p3-by-profile'].map(heic),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><rect width="48" height="32"/></svg>'),
  ]);
}
