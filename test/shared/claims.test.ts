import { App, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { claim, claimsOf } from '../../src/shared/attached';
import { areTogether } from '../../src/shared/stacks';

test('a claim finds those of others that came before, of its kind and app', () => {
  const app = new App();
  const [one, two, three] = ['One', 'Two', 'Three'].map((id) => new Construct(app, id));
  expect(claim(one, 'domain', 'a')).toEqual([]);
  expect(claim(two, 'bucket', 'a')).toEqual([]);
  expect(claim(three, 'domain', 'b')).toEqual([{ owner: one, what: 'a' }]);
  expect(claim(one, 'domain', 'c')).toEqual([{ owner: three, what: 'b' }]);
  expect(claim(new Construct(new App(), 'One'), 'domain', 'a')).toEqual([]);
  expect(claimsOf(two, 'domain').map(({ what }) => what)).toEqual(['a', 'b', 'c']);
});

const HERE = { account: '111122223333', region: 'eu-west-1' };

test.each([
  ['yes', HERE, HERE, false],
  ['yes', undefined, undefined, false],
  ['unknown', HERE, undefined, false],
  ['yes', HERE, HERE, true],
  ['unknown', undefined, undefined, true],
  ['unknown', HERE, { region: 'eu-west-1' }, true],
  ['no', HERE, { ...HERE, region: 'us-east-1' }, false],
  ['no', HERE, { ...HERE, account: '444455556666' }, true],
  ['no', HERE, { region: 'us-east-1' }, true],
] as const)('%s: a stack of %j and one of %j, of two stages: %p, are in one place', (together, one, other, areOfTwoStages) => {
  const app = new App();
  const scope = (id: string) => (areOfTwoStages ? new Stage(app, id) : app);
  expect(areTogether(new Stack(scope('One'), 'A', { env: one }), new Stack(scope('Other'), 'B', { env: other }))).toBe(together);
});
