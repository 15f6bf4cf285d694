import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { attached, findAttached } from '../../src/shared/attached';
import { outermostStack } from '../../src/shared/stacks';

test('is made once for a construct and a name', () => {
  const [one, other] = [new App(), new App()];
  const make = jest.fn(() => ({}));
  const first = attached(one, 'Things', make);
  expect(attached(one, 'Things', make)).toBe(first);
  expect(make).toHaveBeenCalledTimes(1);
  expect(attached(other, 'Things', make)).not.toBe(first);
  expect(attached(one, 'OtherThings', make)).not.toBe(first);
});

test('may be false, or nothing', () => {
  const app = new App();
  const make = jest.fn(() => undefined);
  attached(app, 'Nothing', make);
  expect(attached(app, 'Nothing', make)).toBeUndefined();
  expect(make).toHaveBeenCalledTimes(1);
  expect(attached(app, 'Flag', () => false)).toBe(false);
});

test('is looked at without being made', () => {
  const app = new App();
  expect(findAttached(app, 'Things')).toBeUndefined();
  attached(app, 'Things', () => 'made');
  expect(findAttached(app, 'Things')).toBe('made');
  expect(findAttached(new Construct(app, 'Below'), 'Things')).toBeUndefined();
});

test('is found by another copy of the package, and is no property that is listed', () => {
  const app = new App();
  attached(app, 'Things', () => 'made');
  jest.isolateModules(() => expect(jest.requireActual('../../src/shared/attached').findAttached(app, 'Things')).toBe('made'));
  expect((app as any)[Symbol.for('cdk-mainstay.Things')]).toBe('made');
  expect(Object.getOwnPropertySymbols(app).filter((key) => Object.prototype.propertyIsEnumerable.call(app, key))).not.toContain(Symbol.for('cdk-mainstay.Things'));
});

test('the outermost stack is the one that is deployed', () => {
  const stack = new Stack(new App(), 'Stack');
  const inner = new NestedStack(new NestedStack(stack, 'Nested'), 'Inner');
  expect(outermostStack(new Construct(inner, 'Thing'))).toBe(stack);
  expect(outermostStack(stack)).toBe(stack);
});
