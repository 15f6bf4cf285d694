import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { assembliesFolder, ROOT } from './artifacts.mjs';
import { stacksIn } from './templates.mjs';
import { lacks } from './toolchains.mjs';

/** The aws-cdk-lib of all four apps: the newest that each registry had when this was written. They do not get a version on the same day. */
export const CDK = '2.263.0';

/** The tests of each language, which are also the columns of run.mjs's table. */
export const PHASES = {
  build: 'its artifact is built',
  install: `an empty app takes it, with aws-cdk-lib ${CDK}, and compiles`,
  synthesize: 'the app synthesizes every stack',
  readme: 'the first app of the README, as it stands there, synthesizes',
};

/** The stacks of all four apps. */
const STACKS = ['Bound', 'Containers', 'Identity', 'Least', 'Production', 'Relational', 'Review', 'Staging', 'Varied'];
const STACKS_OF_README = ['Data', 'Shop'];
const FENCES = { typescript: 'ts nofixture', python: 'python', java: 'java', go: 'go' };

/** Where an app leaves what it synthesized, for the comparison. */
export function assemblyOf(language) {
  return join(assembliesFolder(), language);
}

/** Where the first app of the README leaves it. */
export function readmeAssemblyOf(language) {
  return join(assembliesFolder(), `${language}-readme`);
}

/** The first app of the README in a language. */
export function firstAppIn(language) {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, code] = new RegExp(`^\`\`\`${FENCES[language]}\\n([^]*?)^\`\`\`$`, 'm').exec(readme);
  return code;
}

/**
 * An app in an empty folder outside of this project.
 *
 * @param {'typescript' | 'python' | 'java' | 'go'} language
 * @param {{
 *   build: () => string,
 *   install: (app: string, artifact: string) => void,
 *   synthesize: (app: string, environment: Record<string, string>) => void,
 *   readme: (app: string, environment: Record<string, string>) => void,
 * }} how `readme` synthesizes `firstAppIn(language)`, which `install` has put there
 */
export function consumer(language, { build, install, synthesize, readme }) {
  const skip = lacks[language]();
  const elsewhere = skip || mkdtempSync(join(tmpdir(), `cdk-mainstay-${language}-`));
  after(() => skip || rmSync(elsewhere, { recursive: true, force: true }));

  describe(language, () => {
    let artifact;
    let installed = false;

    test(PHASES.build, { skip }, () => {
      artifact = build();
    });

    test(PHASES.install, { skip }, () => {
      assert.ok(artifact, 'there is no artifact: see above');
      install(elsewhere, artifact);
      installed = true;
    });

    for (const [phase, start, assembly, stacks] of [
      ['synthesize', synthesize, () => assemblyOf(language), STACKS],
      ['readme', readme, () => readmeAssemblyOf(language), STACKS_OF_README],
    ]) test(PHASES[phase], { skip }, () => {
      assert.ok(installed, 'there is no app: see above');
      rmSync(assembly(), { recursive: true, force: true }); // of a run before
      mkdirSync(assembly(), { recursive: true });
      start(elsewhere, { CDK_OUTDIR: assembly() });
      assert.deepEqual(stacksIn(assembly()), stacks);
    });
  });
}
