// Runs last: what the apps left must be the same, that of TypeScript and those of the languages that run.mjs names.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from './artifacts.mjs';
import { assemblyOf, readmeAssemblyOf } from './consumer.mjs';
import { assertSameTemplates } from './templates.mjs';
import { lacks } from './toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const languages = process.env.CONSUMERS_LANGUAGES?.split(' ') ?? ['typescript', 'python', 'java', 'go'];
const isAsked = (language) => languages.includes(language);
const APPS = { typescript: 'app.ts', python: 'app.py', java: 'src/main/java/app/ConsumerApp.java', go: 'app.go' };

describe('the templates', () => {
  for (const language of ['python', 'java', 'go'].filter(isAsked)) {
    test(`of ${language} are those of typescript`, { skip: lacks[language]() }, () => {
      assert.ok(existsSync(assemblyOf(language)), 'it left none: see above');
      assertSameTemplates(assemblyOf(language), assemblyOf('typescript'));
      assertSameTemplates(readmeAssemblyOf(language), readmeAssemblyOf('typescript'));
    });
  }

  if (isAsked('typescript')) test('of typescript would not pass for each other with one character changed', () => {
    const changed = mkdtempSync(join(tmpdir(), 'cdk-mainstay-changed-'));
    try {
      cpSync(assemblyOf('typescript'), changed, { recursive: true });
      const template = join(changed, 'Varied.template.json');
      const text = readFileSync(template, 'utf8');
      writeFileSync(template, text.replace('"maxReceiveCount": 5', '"maxReceiveCount": 6'));
      assert.notEqual(readFileSync(template, 'utf8'), text, 'nothing was changed');
      assert.throws(() => assertSameTemplates(changed, assemblyOf('typescript')), /Varied differs/);
    } finally {
      rmSync(changed, { recursive: true, force: true });
    }
  });
});

describe('every app', () => {
  const { types } = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));
  // Others are made by methods of these, such as `app.addWorker()`.
  const isMade = ({ kind, initializer, methods = [] }) => kind === 'class' && (initializer !== undefined || methods.some((method) => method.static));
  const classes = Object.values(types).filter(isMade).map(({ name }) => name);
  // `Name.factory(`, `Name(` or `Name.Builder`, and in Go `NewName(` or `Name_Factory(`: to import a class is not to use it.
  const unusedIn = (code) => classes.filter((name) => !new RegExp(`\\b(New)?${name}[.(_]`).test(code));

  for (const [language, file] of Object.entries(APPS).filter(([language]) => isAsked(language))) {
    test(`uses every class of the library in ${language}`, () => {
      assert.deepEqual(unusedIn(readFileSync(join(here, language, file), 'utf8')), []);
    });
  }

  if (isAsked('typescript')) test('would be noticed with a class that it only imports', () => {
    const code = readFileSync(join(here, 'typescript', APPS.typescript), 'utf8');
    assert.deepEqual(unusedIn(code.replaceAll('ArchiveObjectLock.', '')), ['ArchiveObjectLock']);
  });
});
