import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

/** Before all tests: each synthesis leaves a folder in the machine's temporary one, so they get one of their own, which goes when jest ends. */
export default function (): void {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-jest-'));
  process.env.TMPDIR = folder;
  process.env.CDK_MAINSTAY_TEMPLATES = join(folder, 'templates'); // what the tests of this run share: test/checks/variant-template.ts
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}
