import { readFileSync } from 'fs';
import { join } from 'path';
import { PAGES } from '../../projenrc/pages';

// Of all variants, which test/checks/posture.test.ts synthesizes anyway.
const { 'docs/posture.md': _, ...pages } = PAGES;

test.each(Object.entries(pages))('%s is as `npx projen pages` writes it', (file, page) => {
  expect(page()).toBe(readFileSync(join(__dirname, '..', '..', file), 'utf8'));
});
