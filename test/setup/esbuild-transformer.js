// Compiles TypeScript for jest by esbuild, each file by itself and without a look at types, which `npx projen typecheck` has. Ten times as quick as ts-jest.
const { createHash } = require('crypto');
const { readFileSync } = require('fs');
const { basename } = require('path');
const { transformSync, version } = require('esbuild');

/** As tsconfig.json says to jsii: fields are defined, not assigned. `import()` becomes `require`, as jest loads no modules otherwise. */
const OPTIONS = {
  loader: 'ts',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  supported: { 'dynamic-import': false },
  tsconfigRaw: { compilerOptions: { target: 'ES2022', experimentalDecorators: true } },
  sourcemap: 'external',
  sourcesContent: false, // jest reads the file
};

/**
 * What esbuild writes at the head of a file, and what TypeScript does in its place: `import * as x` is the module itself, not a copy of its hundreds of names,
 * and exports can be replaced, so that `jest.spyOn` of a module works.
 */
const HELPERS = [
  ['__toESM = (', 'var __toESM = (mod, isNodeMode, target) => (', 'var __toESM = (mod, isNodeMode, target) => mod && mod.__esModule ? mod : ('],
  ['__copyProps = (', '__defProp(to, key, { get: ', '__defProp(to, key, { configurable: true, get: '],
];

/** Nothing of a runner's configuration is in it, but whether jest counts what is covered: what one has compiled is there for all. */
exports.getCacheKey = (source, path, { instrument = false } = {}) =>
  createHash('sha256').update(JSON.stringify([THIS, version, basename(path), source, instrument])).digest('hex');

exports.process = (source, path) => {
  // esbuild leaves it where it stands, below the imports, and it would do nothing.
  if (/^jest\.(mock|unmock)\(/m.test(source)) throw new Error(`${path}: jest.mock is not moved above the imports here: use jest.doMock and jest.requireActual`);
  const { code, map } = transformSync(source, { ...OPTIONS, sourcefile: basename(path) });
  return { code: HELPERS.reduce(withHelper, code), map };
};

const THIS = readFileSync(__filename, 'utf8');

function withHelper(code, [declaration, theirs, ours]) {
  if (!code.includes(declaration)) return code;
  if (!code.includes(theirs)) throw new Error(`esbuild ${version} writes another ${declaration}…: adapt test/setup/esbuild-transformer.js`);
  return code.replace(theirs, () => ours);
}
