// Compiles as the tests do, but for one file, which gets a defect on the way: nothing is copied, and nothing is written.
const esbuild = require('../setup/esbuild-transformer');

/** @param {{ file?: string, find: string, replace: string }} defect `file` is absolute */
exports.createTransformer = ({ file, find, replace }) => {
  const altered = (source, path) => (path === file ? source.replace(find, () => replace) : source);
  return {
    process: (source, path) => esbuild.process(altered(source, path), path),
    getCacheKey: (source, path) => esbuild.getCacheKey(altered(source, path), path),
  };
};
