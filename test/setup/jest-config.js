// The jest configurations of the runners that have a folder of their own: what they have in common stands here, and in `jest` of package.json.
const { jest: unit } = require('../../package.json');

// A banner about Node.js 20, which is tested and works.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Compiled code and the list of files, one of each for all runners; and the globals that need no look-up. */
const { id, cacheDirectory, transform, sandboxInjectedGlobals } = unit;

/**
 * @param {{ folder: string, timeout: number, workers?: number, setup?: boolean, global?: boolean }} runner
 *   `folder` in test/ · `timeout` of a test in milliseconds · `workers` at most · `setup`: synthesizes what it deploys · `global`: has a global-setup.ts and a global-teardown.ts
 */
exports.runnerConfig = ({ folder, timeout, workers, setup = false, global = false }) => ({
  id,
  cacheDirectory,
  transform,
  sandboxInjectedGlobals,
  rootDir: '../..',
  roots: [`<rootDir>/test/${folder}`],
  testTimeout: timeout,
  ...workers && { maxWorkers: workers },
  ...setup && { setupFiles: ['<rootDir>/test/setup/deployment-environment.ts'] },
  ...global && { globalSetup: `<rootDir>/test/${folder}/global-setup.ts`, globalTeardown: `<rootDir>/test/${folder}/global-teardown.ts` },
});
