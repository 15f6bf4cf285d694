import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FLAG_SETS } from './contexts';
import { REGISTER } from './register';

/** What cdk-nag's AwsSolutions pack finds and nobody acknowledged. */
function findings(build: (stack: Stack) => void, context: Record<string, unknown> = {}): string[] {
  const app = new App({ context });
  build(new Stack(app, 'Stack'));
  return new AwsSolutionsChecks().validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
}

describe.each(FLAG_SETS)('with $name', ({ context }) => {
  test.each(REGISTER)('$name has no unacknowledged AwsSolutions finding', ({ build }) => {
    expect(findings(build, context)).toEqual([]);
  });
});

test('the pack does find what is wrong', () => {
  expect(findings((stack) => new Bucket(stack, 'Open'))).toEqual(expect.arrayContaining([
    expect.stringMatching(/^AwsSolutions-S1 at/), expect.stringMatching(/^AwsSolutions-S10 at/),
  ]));
});
