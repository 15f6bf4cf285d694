import type { AggregatedResult, Test, TestResult } from '@jest/test-result';

export interface FileResult extends TestResult {
  /** The displayName of its project. */
  readonly project: string;
}

/** Keeps whose test file each result is of, which jest forgets where a file did not even start, and shows how far it is. */
export default class Reporter {
  public static readonly results: FileResult[] = [];

  public onTestResult({ context }: Test, result: TestResult, { numTotalTestSuites }: AggregatedResult): void {
    Reporter.results.push({ ...result, project: context.config.displayName!.name });
    const done = Reporter.results.length;
    const tenths = (count: number) => Math.floor((count / numTotalTestSuites) * 10);
    if (tenths(done) > tenths(done - 1)) console.log(`  ${done} of ${numTotalTestSuites} test files`);
    process.send?.({ done, total: numTotalTestSuites }); // to scripts/runners.mjs
  }
}
