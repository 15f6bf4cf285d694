import { createHash } from 'crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Variant, VARIANTS } from './variants';

/**
 * The template of a variant in a stack without a region, under feature flags. The first test that asks synthesizes it, for all tests of one run of jest: they
 * share a folder that is gone with the run, so that no template is older than the code. Nothing is shared outside of jest and under mutation tests, which give
 * jest no such folder, nor of a variant with a defect, which is none of `VARIANTS`.
 */
export function templateOf(variant: Pick<Variant, 'name' | 'build'>, context: Record<string, unknown> = {}): any {
  const folder = process.env.CDK_MAINSTAY_TEMPLATES;
  if (folder === undefined || !VARIANTS.some((each) => each === variant)) return synthesized(variant.build, context);

  const file = join(folder, `${variant.name}.${createHash('sha256').update(JSON.stringify(context)).digest('hex').slice(0, 16)}.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(synthesized(variant.build, context)));
    renameSync(draft, file); // at once, as another process may be reading
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The template of anything in a stack of its own. */
export function synthesized(build: (stack: Stack) => void, context: Record<string, unknown> = {}): any {
  const stack = new Stack(new App({ context }), 'Stack');
  build(stack);
  return Template.fromStack(stack).toJSON();
}
