import type { BuildOptions } from 'esbuild';

/** How a function becomes one file. */
export const BUNDLING = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  external: [
    'sharp', // finds its native parts relative to its own place
    'pg-native', 'cloudflare:sockets', // pg takes them where it finds them
  ],
  legalComments: 'none', // THIRD-PARTY-LICENSES.txt has the whole texts
} as const satisfies BuildOptions;
