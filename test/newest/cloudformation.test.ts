import { CfnResource } from 'aws-cdk-lib';
import { synthesizeStrictly } from './cloudformation';
import { VARIANTS } from '../checks/variants';

test.each(VARIANTS)('CloudFormation\'s own rules find nothing in $name', ({ build }) => {
  expect(() => synthesizeStrictly(build)).not.toThrow();
});

test('the rules do find what is wrong', () => {
  const wrong = { type: 'AWS::SQS::Queue', properties: { VisibilityTimeout: 'soon' } };
  expect(() => synthesizeStrictly((stack) => new CfnResource(stack, 'Wrong', wrong))).toThrow();
});
