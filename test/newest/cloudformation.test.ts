// The validator is on for this file only: it takes a second and 300 MB a process.
delete process.env.CDK_VALIDATION;

import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { REGISTER } from '../checks/register';

const STRICT = { '@aws-cdk/core:strictCfnValidateErrors': true, '@aws-cdk/core:validateAgainstDefaultRules': true };

function synth(build: (stack: Stack) => void): void {
  const app = new App({ context: STRICT });
  build(new Stack(app, 'Stack'));
  app.synth();
}

test.each(REGISTER)('CloudFormation\'s own rules find nothing in $name', ({ build }) => {
  expect(() => synth(build)).not.toThrow();
});

test('the rules do find what is wrong', () => {
  expect(() => synth((stack) => new CfnResource(stack, 'Wrong', { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'soon' } }))).toThrow();
});
