// A banner about Node.js 20, which is tested and works.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test/soak'],
  maxWorkers: 2, // they wait more than they work
  testTimeout: 180_000,
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
};
