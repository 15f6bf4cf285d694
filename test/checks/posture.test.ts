import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FLAG_SETS } from './contexts';
import { postureFindings } from './posture';
import { REGISTER } from './register';

describe.each(FLAG_SETS)('with $name', ({ context }) => {
  test.each(REGISTER)('$name has no unacknowledged AwsSolutions finding', ({ build }) => {
    expect(postureFindings(build, context)).toEqual([]);
  });
});

test('the pack does find what is wrong', () => {
  expect(postureFindings((stack) => new Bucket(stack, 'Open'))).toEqual(expect.arrayContaining([
    expect.stringMatching(/^AwsSolutions-S1 at/), expect.stringMatching(/^AwsSolutions-S10 at/),
  ]));
});
