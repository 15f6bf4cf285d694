// The suite once more, on the newest aws-cdk-lib instead of the peer floor, and its CloudFormation validator.
const { jest } = require('../../package.json');

module.exports = {
  ...jest,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/*.test.ts', '<rootDir>/test/checks/**/*.test.ts', '<rootDir>/test/newest/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/posture-page'], // a page on the peer floor
  moduleNameMapper: { '^aws-cdk-lib(/.*)?$': 'aws-cdk-lib-newest$1' },
  collectCoverage: false,
  reporters: ['default'],
};
