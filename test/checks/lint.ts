import { spawnSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { availableParallelism, tmpdir } from 'os';
import { basename, join } from 'path';
import { lint, LintFinding } from './cfn-lint';
import { LINT_EXCEPTIONS } from './lint-exceptions';
import { findingsIn, LintedTemplate, templatesOfAnyRegion, templatesOfRegions, unneeded } from './linted-templates';
import { VARIANTS } from './variants';

/**
 * `lint.ts agnostic`: lints the templates for any region, by the rules of all regions that are tested. `lint.ts regions`: those that a region makes different,
 * each by the rules of its own. Names of variants may follow. A template is a test, which errors fail; warnings are shown.
 */
const [kind, ...names] = process.argv.slice(2);
/** A process of cfn-lint uses one core, and starts for a second. */
const TEMPLATES_AT_A_TIME = 12;

async function main(): Promise<void> {
  const chosen = VARIANTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const templates = kind === 'regions' ? templatesOfRegions(chosen) : templatesOfAnyRegion(chosen);
  if (templates.length === 0) throw new Error(`no templates to lint: ${names.join(', ') || 'no variants'}`);
  const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-lint-'));
  try {
    const found = findingsIn(templates, await lintAll(templates, folder));
    const failed = new Set<string>();
    for (const { template, finding: { Level, Rule, Message, Location }, excepted } of found) {
      if (excepted) continue;
      console.log(`${Level} ${Rule.Id} in ${template.name} at ${(Location.Path ?? []).join('/')}: ${Message}`);
      if (Level !== 'Error') continue;
      if (!failed.has(template.name)) console.log(`  rerun: npm test -- ${kind === 'regions' ? 'lint-regions' : 'lint'} ${template.variant}`);
      failed.add(template.name);
    }
    const needless = names.length === 0 ? unneeded(found, LINT_EXCEPTIONS.filter(({ ofAnyRegion }) => kind === 'agnostic' || !ofAnyRegion)) : [];
    for (const { construct, region, rule, about } of needless) {
      console.log(`✗ test/checks/lint-exceptions.ts: nothing matches ${rule} ${about} of ${construct} in ${region} any more: remove the entry`);
    }
    console.log(`${templates.length} templates, ${found.length} findings, ${found.filter(({ excepted }) => excepted).length} of them in test/checks/lint-exceptions.ts (${LINT_EXCEPTIONS.length} entries)`);
    const lists = kind === 'agnostic' && names.length === 0 ? [classesAreCurrent()] : [];
    const passed = [...lists.filter((current) => current), ...templates].length - failed.size;
    const wrong = failed.size + needless.length + lists.filter((current) => !current).length;
    console.log(`${passed} passed, ${wrong} failed, 0 skipped`);
    process.exitCode = wrong > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The table of classes is made of the lists of this cfn-lint. */
function classesAreCurrent(): boolean {
  return spawnSync('.venv/bin/python', ['scripts/instance-classes.py', '--check'], { stdio: 'inherit' }).status === 0;
}

async function lintAll(templates: LintedTemplate[], folder: string): Promise<LintFinding[]> {
  const kinds = [...new Set(templates.map(({ regions }) => regions.join()))];
  const alike = kinds.map((kindOfRegions) => templates.filter(({ regions }) => regions.join() === kindOfRegions));
  const queue = alike.flatMap((all) => Array.from({ length: Math.ceil(all.length / TEMPLATES_AT_A_TIME) }, (_, part) =>
    all.slice(part * TEMPLATES_AT_A_TIME, (part + 1) * TEMPLATES_AT_A_TIME)));
  const findings: LintFinding[] = [];
  let done = 0;
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      const files = part.map(({ name, template }) => {
        const file = join(folder, name);
        writeFileSync(file, JSON.stringify(template, undefined, 2));
        return file;
      });
      findings.push(...await lint(files, part[0].regions));
      done += part.length;
      process.send?.({ done, total: templates.length }); // to scripts/runners.mjs
    }
  }));
  return findings.map((finding) => ({ ...finding, Filename: basename(finding.Filename) }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
