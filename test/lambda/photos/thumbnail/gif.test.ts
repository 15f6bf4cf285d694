import sharp from 'sharp';
import { requireWholeGif } from '../../../../lambda/photos/thumbnail/gif';
import { inspect } from '../../../../lambda/photos/thumbnail/inspect';
import { renderThumbnails } from '../../../../lambda/photos/thumbnail/thumbnail';
import { plain, scene } from '../../fixtures/odd-files';

/** Of two by two pixels in two colours: a clear code, as many codes for one pixel as asked for, and an end code, of three bits each until five codes are known. */
function gif(codes: number[]): Buffer {
  let [bits, next, size] = ['', 6, 3];
  [4, ...codes, 5].forEach((code, index) => {
    bits = code.toString(2).padStart(size, '0') + bits;
    if (index >= 2) next++;
    if (next === 8) size = 4;
  });
  const bytes = bits.padStart(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g)!.reverse().map((byte) => parseInt(byte, 2));
  return Buffer.concat([
    Buffer.from('GIF89a\x02\0\x02\0\x80\0\0', 'latin1'), Buffer.from([0, 0, 0, 255, 255, 255]),
    Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 0]), Buffer.from([0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, bytes.length, ...bytes, 0, 0x3b]),
  ]);
}

test('a GIF with all its pixels passes', async () => {
  expect(() => requireWholeGif(gif([0, 1, 0, 1]))).not.toThrow();
  expect((await sharp(gif([0, 1, 0, 1])).raw().toBuffer()).length).toBe(12); // it is one
  const animated = sharp(await Promise.all([scene(), plain(300, 200)].map((frame) => frame.png().toBuffer())), { join: { animated: true } });
  for (const file of [scene().gif(), scene(1200, 900).gif({ colours: 256 }), plain(2000, 1500).gif(), animated.gif()]) {
    const bytes = await file.toBuffer();
    expect(() => requireWholeGif(bytes)).not.toThrow();
  }
});

test('a code for pixels that came before stands for as many and one more', () => {
  expect(() => requireWholeGif(gif([0, 6, 0]))).not.toThrow(); // 1 + 2 + 1
  expect(() => requireWholeGif(gif([0, 6]))).toThrow('the GIF has 3 of 4 pixels');
});

test('a GIF whose codes end before its pixels is corrupt: its decoder would leave the rest black', async () => {
  await expect(inspect(gif([0, 1, 0]))).rejects.toMatchObject({ name: 'Rejection', reason: 'corrupt', message: 'the GIF has 3 of 4 pixels' });
  const { data } = await sharp(gif([1, 1]), { failOn: 'warning' }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([...data]).toEqual([255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0]);
});

test('what the picture of a GIF does not cover is transparent, as browsers show it', async () => {
  const onLargerCanvas = gif([0, 1, 0, 1]);
  onLargerCanvas[6] = 4; // its width
  const [thumbnail] = await renderThumbnails(onLargerCanvas, await inspect(onLargerCanvas), [{ fit: 'inside', width: 4, height: 4, format: 'source' }], 1e8);
  expect(thumbnail).toMatchObject({ contentType: 'image/png', width: 4, height: 2 });
  const alpha = await sharp(thumbnail.bytes).extractChannel('alpha').raw().toBuffer();
  expect([...alpha]).toEqual([255, 255, 0, 0, 255, 255, 0, 0]);
});

test.each([['no picture', gif([]).subarray(0, 19)], ['a size of codes that there is not', Buffer.from(gif([])).fill(15, 37, 38)]])('%s is for the decoder to refuse', (_, bytes) => {
  expect(() => requireWholeGif(bytes)).not.toThrow();
});
