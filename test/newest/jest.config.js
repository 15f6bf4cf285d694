// The suite once more, on the newest aws-cdk-lib instead of the peer floor, and its CloudFormation validator.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/(bench|lambda|mutations|scripts)/', // nothing of aws-cdk-lib in them
    '<rootDir>/test/(consumers|database-servers|e2e|lifecycle|opentofu|soak)/', // have runners of their own
  ],
  moduleNameMapper: { '^aws-cdk-lib(/.*)?$': 'aws-cdk-lib-newest$1' },
  collectCoverage: false,
  reporters: ['default'],
};
