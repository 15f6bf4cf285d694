import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { REGISTER } from './register';

/** What cdk-nag's AwsSolutions pack finds and nobody acknowledged. */
function findings(build: (stack: Stack) => void): string[] {
  const app = new App();
  build(new Stack(app, 'Stack'));
  return new AwsSolutionsChecks().validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
}

test.each(REGISTER)('$name has no unacknowledged AwsSolutions finding', ({ build }) => {
  expect(findings(build)).toEqual([]);
});

test('the pack does find what is wrong', () => {
  expect(findings((stack) => new Bucket(stack, 'Open'))).toEqual(expect.arrayContaining([
    expect.stringMatching(/^AwsSolutions-S1 at/), expect.stringMatching(/^AwsSolutions-S10 at/),
  ]));
});
