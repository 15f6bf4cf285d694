import { zipSync } from 'fflate';
import { filesInZip } from '../../../../lambda/cdn/static-files/files-in-zip';

/** fflate loses __proto__ here, too: another name of that length takes its place until the zip is written. */
const STAND_IN = '_-proto-_';

function filesOf(...files: [string, string][]) {
  const named = files.map(([path, content]) => [path.replace('__proto__', STAND_IN), new Uint8Array(Buffer.from(content))] as const);
  const zip = Buffer.from(zipSync(Object.fromEntries(named))).toString('latin1').replaceAll(STAND_IN, '__proto__');
  return filesInZip(new Uint8Array(Buffer.from(zip, 'latin1')), { hashedFiles: '^assets/', ofHashedFiles: 'long', ofOtherFiles: 'short' });
}

test.each([['__proto__'], ['a/__proto__'], ['constructor'], ['toString']])('a file %s is one like any other', (path) => {
  const files = filesOf(['a.css', 'a'], [path, 'content']);
  expect(files.map((file) => [file.path, Buffer.from(file.content).toString()]).sort()).toEqual([['a.css', 'a'], [path, 'content']].sort());
});

test.each([['assets/index-BfQz4Xk2.js', true], ['assets/page.html', false], ['assets/PAGE.HTM', false], ['index.html', false]])('%s is hashed: %s', (path, isHashed) => {
  expect(filesOf([path, ''])).toMatchObject([{ isHashed, cacheControl: isHashed ? 'long' : 'short' }]);
});
