// A banner about Node.js 20, which is tested and works.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// One emulated account and one deployment of the example serve all files but deployment.test.ts, which deploys and destroys its own.
module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test/e2e'],
  globalSetup: '<rootDir>/test/e2e/global-setup.ts',
  globalTeardown: '<rootDir>/test/e2e/global-teardown.ts',
  maxWorkers: 1, // they share the queue, and the machine
  testTimeout: 60_000,
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
};
