module.exports = {
  rootDir: '../..',
  roots: ['<rootDir>/test/database-servers'],
  maxWorkers: 1, // servers and their clients share the machine
  testTimeout: 120_000,
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
};
