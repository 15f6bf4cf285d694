// The suite once more, on the newest aws-cdk-lib instead of the peer floor, and its CloudFormation validator.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testPathIgnorePatterns: [
    // What has runners of its own, but for this one and the long tables.
    ...jest.testPathIgnorePatterns.filter((pattern) => pattern !== '\\.table\\.test\\.ts$').map((pattern) => pattern.replace('newest|', '')),
    '<rootDir>/test/(bench|lambda|mutations|scripts)/', // nothing of aws-cdk-lib in them
  ],
  moduleNameMapper: { '^aws-cdk-lib(/.*)?$': 'aws-cdk-lib-newest$1' },
  collectCoverage: false,
  reporters: ['default'],
};
