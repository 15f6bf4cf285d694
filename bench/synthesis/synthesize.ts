import { mkdtempSync, rmSync, statSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import type { Build } from './contenders';

const CONTEXT = {
  ...recommended,
  '@aws-cdk/core:annotationsInValidationReport': false, // or each synthesis prints all warnings
  '@aws-cdk/core:stackResourceLimit': 0, // a hundred of most constructs are more than CloudFormation accepts in one stack
  'aws:cdk:disable-asset-staging': true, // the same copies of the same zips in both
};

export interface Synthesis {
  /** Of processor time, so that other work of the machine does not count. */
  readonly milliseconds: number;
  readonly templateBytes: number;
  readonly template: { readonly Resources: Record<string, { readonly Type: string; readonly Properties?: object }> };
}

/**
 * An app of one stack, with `count` constructs in it, from `new App()` to its template on the disk.
 */
export function synthesize(build: Build, count: number): Synthesis {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synthesis-'));
  try {
    const before = process.cpuUsage();
    const app = new App({ outdir, context: CONTEXT });
    const stack = new Stack(app, 'Stack');
    for (let index = 0; index < count; index++) build(stack, `Subject${index}`, index);
    const { template, templateFullPath } = app.synth().getStackByName('Stack');
    const { user, system } = process.cpuUsage(before);
    return { milliseconds: (user + system) / 1000, templateBytes: statSync(templateFullPath).size, template };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The resources of a template: the type of each, with the names of its properties. */
export function resourcesOf({ template: { Resources } }: Synthesis): string[] {
  return Object.values(Resources).map(({ Type, Properties = {} }) => `${Type} ${Object.keys(Properties).sort().join()}`).sort();
}
