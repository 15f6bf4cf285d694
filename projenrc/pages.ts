import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { githubClaimsPage } from './github-claims-page';
import { oddInputsPage } from './odd-inputs-page';
import { tables, withTables } from './page-tables';
import { posturePage, posturesOfVariants } from '../test/checks/posture-page';

const ROOT = join(__dirname, '..');

/** By its file: what makes each page, or its tables, of the code. Tests compare: test/docs/pages.test.ts, and of the posture test/checks/posture.test.ts. */
export const PAGES: Record<string, () => string> = {
  ...Object.fromEntries(Object.entries(tables()).map(([file, ofPage]) => [file, () => withTables(readFileSync(join(ROOT, file), 'utf8'), ofPage)])),
  'docs/github-claims.md': githubClaimsPage,
  'docs/odd-inputs.md': oddInputsPage,
  'docs/posture.md': () => posturePage(posturesOfVariants()),
};

if (require.main === module) for (const [file, page] of Object.entries(PAGES)) writeFileSync(join(ROOT, file), page());
