// Compiles as the tests do, but for one file, which gets a defect on the way: nothing is copied, and nothing is written.
const { createHash } = require('crypto');
const { default: tsJest } = require('ts-jest');

/** @param {{ file?: string, find: string, replace: string }} defect `file` is absolute */
exports.createTransformer = ({ file, find, replace }) => {
  const transformer = tsJest.createTransformer({ tsconfig: 'tsconfig.dev.json' });
  const altered = (source, path) => (path === file ? source.replace(find, () => replace) : source);
  return {
    process: (source, path, options) => transformer.process(altered(source, path), path, { ...options, config: sharedBy(options.config) }),
    // Nothing else of the run's many configurations has a say, so what is compiled for one is there for all.
    getCacheKey: (source, path, { instrument }) => createHash('sha256').update(JSON.stringify([VERSIONS, altered(source, path), path, instrument])).digest('hex'),
  };
};

const VERSIONS = ['jest', 'ts-jest', 'typescript'].map((name) => require(`${name}/package.json`).version);

/** ts-jest keeps a compiler for each configuration that it sees: one is enough. */
let shared;
function sharedBy(config) {
  shared ??= config;
  return shared;
}
