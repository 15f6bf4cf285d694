import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LACKING } from './gaps';
import { VARIANTS, Variant } from '../checks/variants';
import { EmulatedAccount } from '../emulator/emulators';

/** A variant, as a stack that can be deployed. */
export interface VariantStack {
  readonly variant: Variant;
  readonly stack: Stack;
  /** The cloud assembly that the stack is in. */
  readonly folder: string;
}

function typesIn({ build }: Variant): string[] {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  return Object.values<{ Type: string }>(Template.fromStack(stack).toJSON().Resources).map(({ Type }) => Type);
}

/** The variants that the emulator has all types for, and the others. */
export const DEPLOYED = VARIANTS.filter((variant) => typesIn(variant).every((type) => !LACKING.includes(type)));
export const UNDEPLOYED = VARIANTS.filter((variant) => !DEPLOYED.includes(variant));

/** What is outside of the stacks, of which the variants know by their context. */
export interface Outside {
  /** Where archives are. */
  readonly store: EmulatedAccount;
  /** The zone of the domains of sites. */
  readonly hostedZoneId: string;
}

/** Synthesizes the variants that can be deployed into one cloud assembly, as they are, or updated. */
export function synthesize(folder: string, { store, hostedZoneId }: Outside, updated: boolean): VariantStack[] {
  const app = new App({ outdir: folder, analyticsReporting: false });
  const stacks = DEPLOYED.map((variant) => {
    const stack = new Stack(app, variant.name);
    // Each stack has an archive of its own, so that each creates one.
    stack.node.setContext('store', { archiveEndpoint: store.endpoint, archiveBucketName: `archive-of-${variant.name.toLowerCase()}` });
    stack.node.setContext('hostedZoneId', hostedZoneId);
    variant.build(stack, updated ? variant.update : undefined);
    return { variant, stack, folder };
  });
  app.synth();
  return stacks;
}
