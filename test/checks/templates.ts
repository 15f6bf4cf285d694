import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Variant, VARIANTS } from './variants';

export const ACCOUNT = '123456789012';

/** What the pseudo parameters of CloudFormation are, in regions of all three partitions. */
export const REGIONS: Record<string, { partition: string; urlSuffix: string }> = {
  'eu-west-3': { partition: 'aws', urlSuffix: 'amazonaws.com' },
  'us-east-1': { partition: 'aws', urlSuffix: 'amazonaws.com' },
  'cn-north-1': { partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn' },
  'us-gov-west-1': { partition: 'aws-us-gov', urlSuffix: 'amazonaws.com' },
};

/** @param region of its stack; without one, the stack is for any */
export function templateOf({ build }: Variant, region?: string): object {
  const stack = new Stack(new App(), 'Stack', { env: region ? { account: ACCOUNT, region } : undefined });
  build(stack);
  return Template.fromStack(stack).toJSON();
}

/**
 * The regions that a variant can be in: a construct refuses those of a partition that lacks what it needs. That it does so is tested beside the construct; any other
 * error is one.
 */
export function regionsOf({ build }: Pick<Variant, 'build'>): string[] {
  return Object.keys(REGIONS).filter((region) => {
    try {
      build(new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region } }));
      return true;
    } catch (error) {
      if (/: the region must be of the partition \S+, got /.test(String(error))) return false;
      throw error;
    }
  });
}

/** `templates.ts FOLDER`: writes the templates of all variants, of any region and of each, for scripts/compare-templates.mjs. */
if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('usage: templates.ts FOLDER');
  mkdirSync(folder, { recursive: true });
  for (const variant of VARIANTS) {
    for (const region of [undefined, ...regionsOf(variant)]) {
      writeFileSync(join(folder, `${variant.name}.${region ?? 'agnostic'}.template.json`), JSON.stringify(templateOf(variant, region), undefined, 2));
    }
  }
}
