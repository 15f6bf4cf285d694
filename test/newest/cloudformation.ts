import { App, Stack } from 'aws-cdk-lib';

const STRICT = { '@aws-cdk/core:strictCfnValidateErrors': true, '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Throws what CDK's own CloudFormation validator finds. It takes a second and 300 MB a process, and is on for its own runs only. */
export function synthesizeStrictly(build: (stack: Stack) => void): void {
  const off = process.env.CDK_VALIDATION;
  delete process.env.CDK_VALIDATION;
  try {
    const app = new App({ context: STRICT });
    build(new Stack(app, 'Stack'));
    app.synth();
  } finally {
    if (off !== undefined) process.env.CDK_VALIDATION = off;
  }
}
