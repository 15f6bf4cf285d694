import sharp from 'sharp';

const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>');

test('once they are loaded, only the decoders of photos see an upload', async () => {
  sharp.unblock({ operation: ['VipsForeignLoad'] }); // as a process begins: what is blocked stays so, for all tests in it
  expect(await sharp(SVG).metadata()).toMatchObject({ format: 'svg' });
  const png = await sharp(SVG).png().toBuffer();

  jest.isolateModules(() => jest.requireActual('../../../../lambda/photos/thumbnail/decoders'));

  await expect(sharp(SVG).metadata()).rejects.toThrow('unsupported image format');
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png' });
});
