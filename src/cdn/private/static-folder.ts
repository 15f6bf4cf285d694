import { existsSync, readdirSync, statSync } from 'fs';
import { join } from 'path';
import { Size, Token } from 'aws-cdk-lib';

/** What the function holds in memory, zipped and unzipped. CloudFront would take more. */
const LARGEST = Size.mebibytes(256);

/** The longest key that S3 takes, in bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1024;

/**
 * @param where the path of the construct, and what was called
 * @param location the folder that the files come to be in
 * @throws if the folder is not there, has nothing to publish, or has what cannot be published
 */
export function requireStaticFolder(where: string, folder: string, location: string): void {
  if (Token.isUnresolved(folder)) throw new Error(`${where}: 'folder' must be known at synthesis, got a token: its files are packed then`);
  if (!existsSync(folder)) throw new Error(`${where}: 'folder' must be there at synthesis, got '${folder}': build the files first`);
  if (!statSync(folder).isDirectory()) throw new Error(`${where}: 'folder' must be a folder, got the file '${folder}'`);
  const files = filesBelow(folder);
  if (files.length === 0) throw new Error(`${where}: 'folder' must have a file whose name does not begin with a dot, got '${folder}' without any: build the files first`);
  const size = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  if (size > LARGEST.toBytes()) {
    throw new Error(
      `${where}: 'folder' must hold ${LARGEST.toMebibytes()} MiB at the most, got ${(size / 2 ** 20).toFixed(1)} MiB in '${folder}': ` +
      'publish large files by a pipeline of yours with grantStaticPublish()',
    );
  }
  const tooLong = files.find((file) => Buffer.byteLength(`${location}/${file}`) > LONGEST_KEY);
  if (tooLong) throw new Error(`${where}: 'folder' must have paths of ${LONGEST_KEY} bytes at the most, with '${location}/' before them, got '${tooLong}'`);
}

/** @throws if it is no regular expression that is known at synthesis */
export function requirePattern(where: string, prop: string, pattern: string): void {
  if (Token.isUnresolved(pattern)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: it is checked then`);
  try {
    if (pattern !== '' && new RegExp(pattern)) return;
  } catch {
    // said below
  }
  throw new Error(`${where}: '${prop}' must be a regular expression, such as ^assets/, got '${pattern}'`);
}

/** Paths from the folder on, with slashes, without those that begin with a dot. */
function filesBelow(folder: string, parent = ''): string[] {
  return readdirSync(join(folder, parent)).filter((name) => !name.startsWith('.')).flatMap((name) => {
    const path = `${parent}${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, `${path}/`) : [path];
  });
}
