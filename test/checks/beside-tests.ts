import { readdirSync } from 'fs';
import { join } from 'path';

const TEST = join(__dirname, '..');

/** The files of one kind, which stand beside the tests of a construct: `test/<folder>/<name>.<kind>.ts`. */
export function filesBesideTests(kind: string): string[] {
  const folders = readdirSync(TEST, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
  return folders.flatMap((folder) => readdirSync(join(TEST, folder)).filter((name) => name.endsWith(`.${kind}.ts`)).sort().map((name) => join(TEST, folder, name)));
}

/** What all of them list under a name. A construct brings its own by such a file, and is in no list. */
export function listedBesideTests<T>(kind: string, name: string): T[] {
  return filesBesideTests(kind).flatMap((file) => {
    const exported = require(file); // eslint-disable-line @typescript-eslint/no-require-imports
    if (!Array.isArray(exported[name])) throw new Error(`${file} exports no list ${name}`);
    return exported[name];
  });
}
