import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { VARIANTS } from './variants';

/** Writes the templates of all variants into a folder, for linters that run in other processes. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: templates.ts FOLDER');

const REGIONS = ['eu-west-3', 'us-east-1', 'cn-north-1', 'us-gov-west-1'];
const ENVIRONMENTS: Record<string, Environment | undefined> = Object.fromEntries([['agnostic', undefined], ...REGIONS.map((region) => [region, { account: '123456789012', region }])]);

mkdirSync(folder, { recursive: true });
for (const [environment, env] of Object.entries(ENVIRONMENTS)) {
  for (const { name, build } of VARIANTS) {
    const stack = new Stack(new App(), 'Stack', { env });
    build(stack);
    writeFileSync(join(folder, `${name}.${environment}.template.json`), JSON.stringify(Template.fromStack(stack).toJSON(), undefined, 2));
  }
}
