import { App, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** What cdk-nag's AwsSolutions pack finds and nobody acknowledged. */
export function postureFindings(build: (stack: Stack) => void, context: Record<string, unknown> = {}): string[] {
  const app = new App({ context });
  build(new Stack(app, 'Stack'));
  return new AwsSolutionsChecks().validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
}
