import { App, Stack } from 'aws-cdk-lib';
import { REGISTER, Variant } from '../checks/register';
import { EmulatedAccount } from '../emulator/emulators';

/** A variant of the register, as a stack that can be deployed. */
export interface Life {
  readonly variant: Variant;
  readonly stack: Stack;
  /** The cloud assembly that the stack is in. */
  readonly folder: string;
}

/** Synthesizes the whole register into one cloud assembly, the variants as they are, or updated. */
export function synthesize(folder: string, store: EmulatedAccount, updated: boolean): Life[] {
  const app = new App({ outdir: folder, analyticsReporting: false });
  const lives = REGISTER.map((variant) => {
    const stack = new Stack(app, variant.name);
    // Each stack has an archive of its own, so that each creates one.
    stack.node.setContext('store', { archiveEndpoint: store.endpoint, archiveBucketName: `archive-of-${variant.name.toLowerCase()}` });
    variant.build(stack, updated ? variant.update : undefined);
    return { variant, stack, folder };
  });
  app.synth();
  return lives;
}
