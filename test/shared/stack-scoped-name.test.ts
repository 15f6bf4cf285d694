import { App, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stackScopedName } from '../../src/shared/stack-scoped-name';

const GUID = '1a2b3c4d-5e6f-11ef-9a8b-0c1d2e3f4a5b';

function at(...path: string[]): Construct {
  const [stack, ...ids] = path;
  return ids.reduce<Construct>((scope, id) => new Construct(scope, id), new Stack(new App(), stack));
}

/** As CloudFormation says it in a stack. */
function deployed(scope: Construct, options: Parameters<typeof stackScopedName>[1]): string {
  const value = Stack.of(scope).resolve(stackScopedName(scope, options));
  const render = (part: any): any => {
    if (typeof part === 'string') return part;
    if (part.Ref === 'AWS::StackId') return `arn:aws:cloudformation:eu-west-1:123456789012:stack/Name/${GUID}`;
    if (part['Fn::Join']) return part['Fn::Join'][1].map(render).join(part['Fn::Join'][0]);
    if (part['Fn::Select']) return render(part['Fn::Select'][1])[part['Fn::Select'][0]];
    return render(part['Fn::Split'][1]).split(part['Fn::Split'][0]);
  };
  return render(value);
}

test('says the path, its hash and the id of the stack', () => {
  expect(deployed(at('Stack', 'Jobs'), { maxLength: 80 })).toMatch(new RegExp(`^stack-jobs-[0-9a-f]{6}-${GUID}$`));
});

test('says words instead, in lower case', () => {
  expect(deployed(at('Stack', 'Cdn'), { maxLength: 63, words: ['My', 'Photos'] })).toMatch(new RegExp(`^my-photos-[0-9a-f]{6}-${GUID}$`));
});

test('says when the stack was created where room is short', () => {
  expect(deployed(at('Stack', 'Database'), { maxLength: 35 })).toMatch(/^stack-database-[0-9a-f]{6}-1a2b3c4d5e6f$/);
});

test.each([21, 35, 40, 49, 50, 63, 75, 80])('has at most %d characters, of which services take all', (maxLength) => {
  const scope = at('TheStackOfPhotos', 'Das Ärgerliche--Ding', '2nd_Construct', 'X'.repeat(90));
  for (const words of [undefined, ['a--b', 'Ünlü', '-c-', 'x'.repeat(70)]]) {
    const name = deployed(scope, { maxLength, words });
    expect(name.length).toBeLessThanOrEqual(maxLength);
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  }
});

test('cuts off words at the end, and takes from the longest part of a path', () => {
  expect(deployed(at('Stack', 'Cdn'), { maxLength: 63, words: ['site', 'production', 'media'] })).toMatch(/^site-production-med-[0-9a-f]{6}-/);
  expect(deployed(at('Stack', 'Production', 'Media'), { maxLength: 63 })).toMatch(/^stack-product-media-[0-9a-f]{6}-/);
});

test('begins with a letter, whatever the path', () => {
  expect(deployed(new Construct(new Stack(new App(), '2024', { stackName: 'Data' }), 'Db'), { maxLength: 63 })).toMatch(/^db-/);
  expect(deployed(new Construct(new Stack(new App(), '20', { stackName: 'Data' }), '24'), { maxLength: 63 })).toMatch(/^stack-/);
});

test('differs by path, by words, and by what it changes with', () => {
  const [one, other] = [at('Stack', 'A-B'), at('Stack', 'A', 'B')];
  const names = [
    deployed(one, { maxLength: 63 }),
    deployed(other, { maxLength: 63 }),
    deployed(one, { maxLength: 63, words: ['stack', 'a', 'b'] }),
    deployed(one, { maxLength: 63, changesWith: ['subnet-1'] }),
    deployed(one, { maxLength: 63, changesWith: ['subnet-2'] }),
    deployed(one, { maxLength: 63, changesWith: Token.asString({ Ref: 'Subnet' }) }),
  ];
  expect(new Set(names).size).toBe(names.length);
});

test('is the same each time, of a token, too', () => {
  const scope = at('Stack', 'Proxy');
  const names = [1, 2].map(() => deployed(scope, { maxLength: 63, changesWith: [Token.asString({ Ref: 'Subnet' })] }));
  expect(names[0]).toBe(names[1]);
});

test('in a nested stack is of that stack', () => {
  const nested = new NestedStack(new Stack(new App(), 'Stack'), 'Nested');
  expect(JSON.stringify(nested.resolve(stackScopedName(new Construct(nested, 'Jobs'), { maxLength: 80 })))).toContain('{"Ref":"AWS::StackId"}');
});
