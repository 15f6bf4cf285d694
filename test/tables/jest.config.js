const { jest } = require('../../package.json');

// Tables of many hundred rows, beside the tests of what they are about: `*.table.test.ts`.
module.exports = {
  ...jest,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/**/*.table.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  collectCoverage: false,
  reporters: ['default'],
};
