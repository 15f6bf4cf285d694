import { readFileSync } from 'fs';
import { App, Fn, Stack, Validations } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { BROUGHT, couldNotBeEvaluated, IS_PEER_FLOOR, PACKS, postureOf } from './posture';
import { COMMAND, PAGE, posturePage, posturesOfVariants } from './posture-page';
import { VARIANTS } from './variants';

const postures = posturesOfVariants();

test.each(postures)('$name: no rule pack finds what is not acknowledged', ({ withFlags }) => {
  expect(withFlags.flatMap(({ reported }) => reported)).toEqual([]);
});

test.each(postures)('$name: every rule can be evaluated', ({ withFlags }) => {
  expect(withFlags.flatMap(({ findings }) => findings).filter(couldNotBeEvaluated)).toEqual([]);
});

test('what is left out as brought along is brought along', () => {
  const children = VARIANTS.flatMap(({ build }) => {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    return stack.node.children.map(({ node }) => node.id);
  });
  expect(children).toEqual(expect.arrayContaining(BROUGHT));
});

test.each(PACKS)('$title does find what is wrong', ({ title }) => {
  const { findings, reported } = postureOf((scope) => {
    new Bucket(scope, 'Open');
    new Queue(scope, 'Lossy');
  });
  const rules = findings.filter(({ pack }) => pack === title).map(({ rule }) => rule);
  expect(rules).not.toEqual([]);
  expect(reported).toEqual(expect.arrayContaining(rules.map((rule) => expect.stringContaining(`${rule} at Stack/`))));
});

test('a rule that cannot be evaluated is noticed even if it is acknowledged', () => {
  const { reported, findings } = postureOf((scope) => {
    const fn = new CfnFunction(scope, 'Function', { role: 'role', code: { zipFile: ' ' }, runtime: Fn.importValue('Runtime') });
    Validations.of(fn).acknowledge({ id: 'AwsSolutions-L1', reason: 'why not' });
  });
  expect(reported).not.toContainEqual(expect.stringContaining('AwsSolutions-L1'));
  expect(findings.filter(couldNotBeEvaluated)).toContainEqual(expect.objectContaining({ rule: 'AwsSolutions-L1', path: 'Stack/Function' }));
});

test('an acknowledgement covers its own resource only', () => {
  const { reported } = postureOf((scope) => {
    const acknowledged = new Bucket(scope, 'Acknowledged');
    new Bucket(scope, 'AcknowledgedNot');
    Validations.of(acknowledged).acknowledge({ id: 'AwsSolutions-S1', reason: 'why not' });
  });
  expect(reported.filter((line) => line.startsWith('AwsSolutions-S1 '))).toEqual(['AwsSolutions-S1 at Stack/AcknowledgedNot/Resource']);
});

test('an acknowledgement that no rule needs is found', () => {
  const { unneeded } = postureOf((scope) => Validations.of(new Bucket(scope, 'Bucket')).acknowledge(
    { id: 'AwsSolutions-S1', reason: 'why not' },
    { id: 'AwsSolutions-SQS3', reason: 'it is no queue' },
  ));
  expect(unneeded).toEqual(['AwsSolutions-SQS3 at Stack/Bucket']);
});

// The page is about the peer floor.
if (IS_PEER_FLOOR) {
  test.each(postures)('$name: nothing is acknowledged that no rule finds', ({ withFlags }) => {
    const [first, ...others] = withFlags.map(({ unneeded }) => unneeded);
    expect(first.filter((unneeded) => others.every((other) => other.includes(unneeded)))).toEqual([]);
  });

  test(`docs/posture.md is up to date (else: ${COMMAND})`, () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(posturePage(postures));
  });
}
