const { TestEnvironment } = require('jest-environment-node');

/** Skips the rest of a test file after its first failure, which says that the file notices. */
module.exports = class BailingEnvironment extends TestEnvironment {
  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.failed = true;
    if (name === 'test_start' && this.failed) test.mode = 'skip';
  }
};
