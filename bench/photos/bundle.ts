import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { BUNDLING } from '../../projenrc/bundling';

const ASSETS = join(__dirname, '..', '..', 'assets');

/** The function as Lambda unpacks it; beside it, bundled the same way, the least that a function with sharp and S3 can be. */
export async function unpackedBundle(folder: string): Promise<void> {
  for (const [name, content] of Object.entries(unzipSync(readFileSync(zipPath(process.arch))))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  await build({ ...BUNDLING, entryPoints: [join(__dirname, 'bare-function.ts')], outfile: join(folder, 'bare.js') });
}

export function hasHeicDecoder(folder: string): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((name) => /hei[cf]/i.test(name));
}

export function zipSizes(): Record<string, number> {
  return Object.fromEntries(['arm64', 'x64'].map((architecture) => [architecture, statSync(zipPath(architecture)).size]));
}

function zipPath(architecture: string): string {
  return join(ASSETS, `photos-thumbnail-${architecture}.zip`);
}
