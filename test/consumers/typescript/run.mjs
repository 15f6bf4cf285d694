// Runs the tests beside it and closes with a line that scripts/test.mjs adds up.
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const counts = { passed: 0, failed: 0, skipped: 0 };
const isTest = ({ details }) => details.type !== 'suite';

const stream = run({ files: [join(dirname(fileURLToPath(import.meta.url)), 'package.test.mjs')] });
stream.on('test:pass', (event) => { if (isTest(event)) counts[event.skip === undefined ? 'passed' : 'skipped'] += 1; });
stream.on('test:fail', (event) => { if (isTest(event)) counts.failed += 1; });
stream.compose(new spec()).pipe(process.stdout).on('unpipe', () => {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
