import { spawnSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { isBrought, skipsIn } from './posture';
import { CHECKOV_SAYS } from './posture-page';
import { VARIANTS } from './variants';

/**
 * Runs Checkov over the templates of all variants, or of those named, as they are, and without their acknowledgements: nothing may fail in the former,
 * and all that is acknowledged must fail in the latter. An open bucket shows that Checkov finds something at all.
 */
const CHECKOV = join(__dirname, '..', '..', '.venv-checkov', 'bin', 'checkov');

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
  readonly resource: string;
}

function templateOf(build: (scope: Construct) => void): any {
  const stack = new Stack(new App({ context: { 'aws:cdk:enable-path-metadata': true } }), 'Stack');
  build(stack);
  return Template.fromStack(stack).toJSON();
}

function bare(template: any): any {
  const copy = structuredClone(template);
  Object.values<any>(copy.Resources).forEach(({ Metadata }) => delete Metadata?.checkov);
  return copy;
}

/** What fails in each template, by its name. */
function failuresIn(templates: Record<string, any>): Record<string, Check[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-checkov-'));
  try {
    Object.entries(templates).forEach(([name, template]) => writeFileSync(join(folder, `${name}.json`), JSON.stringify(template, undefined, 2)));
    const parameters = ['--directory', folder, '--framework', 'cloudformation', '--output', 'json', '--skip-download', '--soft-fail'];
    const { error, status, stdout, stderr } = spawnSync(CHECKOV, parameters, { encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (error) throw error;
    if (status !== 0) throw new Error(`Checkov ended with ${status}:\n${stderr}`);
    const { results, summary } = JSON.parse(stdout);
    const read: Check[] = [...results.passed_checks, ...results.failed_checks, ...results.skipped_checks];
    return Object.fromEntries(Object.keys(templates).map((name) => {
      const isOfTemplate = ({ file_path }: Check) => file_path === `/${name}.json`;
      if (summary.parsing_errors > 0 || !read.some(isOfTemplate)) throw new Error(`Checkov did not read the template of ${name}`);
      return [name, results.failed_checks.filter(isOfTemplate)];
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function complaints(template: any, failures: Check[], failuresWhenBare: Check[]): string[] {
  const resources = Object.entries<any>(template.Resources);
  const pathOf = ({ resource }: Check) => template.Resources[resource.split('.')[1]].Metadata['aws:cdk:path'];
  const skips = resources.flatMap(([id, { Type, Metadata }]) => skipsIn(Metadata?.checkov).map((skip) => ({ check_id: skip.id, resource: `${Type}.${id}` })));
  return [
    ...failures.filter((check) => !isBrought(pathOf(check))).map((check) => `${check.check_id} at ${pathOf(check)}: ${check.check_name}`),
    ...skips.flatMap(({ check_id, resource }) => {
      const failure = failuresWhenBare.find((check) => check.check_id === check_id && check.resource === resource);
      if (!failure) return [`${check_id} at ${resource} is acknowledged, but does not fail`];
      return failure.check_name === CHECKOV_SAYS[check_id] ? [] : [`test/checks/posture-page.ts must call ${check_id} as Checkov does: ${failure.check_name}`];
    }),
  ];
}

const named = process.argv.slice(2);
const chosen = VARIANTS.filter(({ name }) => named.length === 0 || named.includes(name));
const templates = Object.fromEntries(chosen.map(({ name, build }) => [name, templateOf(build)]));
const failures = failuresIn({
  ...templates,
  ...Object.fromEntries(Object.entries(templates).map(([name, template]) => [`${name}-bare`, bare(template)])),
  open: templateOf((scope) => new Bucket(scope, 'Open')),
});
const results = Object.entries(templates).map(([name, template]) => ({ name, found: complaints(template, failures[name], failures[`${name}-bare`]) }));
const toldOfOpenBucket = failures.open.some(({ check_id }) => check_id === 'CKV_AWS_53');
results.push({ name: 'an open bucket is found', found: toldOfOpenBucket ? [] : ['Checkov finds nothing wrong with it'] });

for (const { name, found } of results) {
  console.log([`${found.length === 0 ? '✓' : '✗'} ${name}`, ...found].join('\n    '));
  if (found.length > 0 && templates[name]) console.log(`  rerun: npm test -- checkov ${name}`);
}
const failed = results.filter(({ found }) => found.length > 0).length;
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
