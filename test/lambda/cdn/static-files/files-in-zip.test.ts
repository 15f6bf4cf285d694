import { zipSync } from 'fflate';
import { filesInZip } from '../../../../lambda/cdn/static-files/files-in-zip';

const text = (content: string) => new Uint8Array(Buffer.from(content));
/** By way of a list, as a literal would set the prototype. */
const filesOf = (...files: [string, string][]) => filesInZip(
  zipSync(Object.fromEntries(files.map(([path, content]) => [path, text(content)]))), { hashedFiles: '^assets/', ofHashedFiles: 'long', ofOtherFiles: 'short' },
);

test.each([['__proto__'], ['a/__proto__'], ['constructor'], ['toString']])('a file %s is one like any other', (path) => {
  const files = filesOf(['a.css', 'a'], [path, 'content']);
  expect(files.map((file) => [file.path, Buffer.from(file.content).toString()]).sort()).toEqual([['a.css', 'a'], [path, 'content']].sort());
});

test.each([['assets/index-BfQz4Xk2.js', true], ['assets/page.html', false], ['assets/PAGE.HTM', false], ['index.html', false]])('%s is hashed: %s', (path, isHashed) => {
  expect(filesOf([path, ''])).toMatchObject([{ isHashed, cacheControl: isHashed ? 'long' : 'short' }]);
});
