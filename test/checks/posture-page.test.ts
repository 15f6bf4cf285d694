import { readFileSync } from 'fs';
import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FLAG_SETS } from './contexts';
import { postureOf } from './posture';
import { COMMAND, PAGE, posturePage } from './posture-page';
import { VARIANTS } from './variants';

// On the peer floor only: what a newer aws-cdk-lib makes better needs no acknowledgement there, but still does here.

test.each(VARIANTS)('$name: nothing is acknowledged that no rule finds', ({ build }) => {
  const [first, ...others] = FLAG_SETS.map(({ context }) => postureOf(build, context).unneeded);
  expect(first.filter((unneeded) => others.every((other) => other.includes(unneeded)))).toEqual([]);
});

test('an acknowledgement that no rule needs is found', () => {
  const { unneeded } = postureOf((scope) => Validations.of(new Bucket(scope, 'Bucket')).acknowledge(
    { id: 'AwsSolutions-S1', reason: 'why not' },
    { id: 'AwsSolutions-SQS3', reason: 'it is no queue' },
  ));
  expect(unneeded).toEqual(['AwsSolutions-SQS3 at Stack/Bucket']);
});

test(`docs/posture.md is up to date (else: ${COMMAND})`, () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(posturePage());
});
