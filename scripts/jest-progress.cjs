/** Says to scripts/runners.mjs, which started jest, how many test files are done. */
module.exports = class JestProgress {
  onTestResult(_test, _result, { numTotalTestSuites, numPassedTestSuites, numFailedTestSuites, numPendingTestSuites }) {
    process.send?.({ done: numPassedTestSuites + numFailedTestSuites + numPendingTestSuites, total: numTotalTestSuites });
  }
};
