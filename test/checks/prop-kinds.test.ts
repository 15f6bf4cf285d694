import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { VARIANTS } from './variants';

// JavaScript checks no types: what is missing or of another type is refused in the same words as other bad values, and never by a TypeError of JavaScript.
// Whatever the assembly has is tried: each property of each construct, and each argument of each factory.

const LIBRARY = require('../../src'); // eslint-disable-line @typescript-eslint/no-require-imports
const TYPES: Record<string, any> = JSON.parse(readFileSync(join(__dirname, '..', '..', '.jsii'), 'utf8')).types;

interface Prop {
  readonly name: string;
  readonly optional?: boolean;
  readonly type: any;
}

function propsOf(fqn: string): Prop[] {
  const { properties = [], interfaces = [] } = TYPES[fqn];
  return [...properties, ...interfaces.filter((base: string) => base in TYPES).flatMap(propsOf)];
}

const isStruct = (fqn: string | undefined) => fqn !== undefined && TYPES[fqn]?.datatype === true;

/** Of other types than that. Nobody has a class of this name. */
class Stranger {}

function wrongValuesFor({ primitive, collection }: any): unknown[] {
  if (collection?.kind === 'map') return [null, 3, 'text', [], { name: new Stranger() }];
  if (collection) return [null, 3, 'text', new Stranger(), [new Stranger()], [null], [undefined]];
  if (primitive === 'string') return [null, 42, true, {}, []];
  if (primitive === 'number') return [null, 'text', true, {}, []];
  if (primitive === 'boolean') return [null, 'true', 1, {}];
  return [null, 'text', 30.5, true, [], () => undefined];
}

function inWords(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return value instanceof Stranger ? 'an object of a strange class' : JSON.stringify(value) ?? 'nothing';
}

function errorOf(action: () => unknown): Error | undefined {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}

/** What is not refused by an error of ours, which begins with a place and names the property: each value with what was said. */
function notRefused(values: unknown[], expected: RegExp, action: (value: unknown) => unknown): string[] {
  return values.flatMap((value) => {
    const error = errorOf(() => action(value));
    return error?.constructor === Error && expected.test(error.message) ? [] : [`${inWords(value)}: ${error ?? 'taken'}`];
  });
}

const naming = (where: string, prop: string) => new RegExp(`^${where}: [^]*'${prop}'`);

const CONSTRUCTS = Object.values(TYPES).filter(({ initializer }) => initializer?.parameters?.[0]?.name === 'scope').map(({ name, initializer }) => {
  const { type, optional } = initializer.parameters[2];
  return { name: name as string, props: propsOf(type.fqn), needsProps: !optional };
});

test('the assembly has constructs', () => {
  expect(CONSTRUCTS.map(({ name }) => name)).toEqual(expect.arrayContaining(['EncryptedDatabase', 'SecureQueue', 'HaVpc', 'PhotoRestore']));
});

/** Of what a property is, or each item of it, if that is a struct of ours. */
function structOf({ type }: Prop): { fqn: string; isList: boolean } | undefined {
  const isList = type.collection?.kind === 'array';
  const { fqn } = isList ? type.collection.elementtype : type;
  return isStruct(fqn) ? { fqn, isList } : undefined;
}

describe.each(CONSTRUCTS)('$name', ({ name, props, needsProps }) => {
  const { build } = VARIANTS.find((variant) => variant.name === name) ?? VARIANTS.find((variant) => variant.name.startsWith(name))!;
  const buildWith = (update: object) => build(new Stack(new App(), 'Stack'), update);

  test('refuses other props than an object', () => {
    const create = (given: unknown) => new LIBRARY[name](new Stack(new App(), 'Stack'), 'Subject', given);
    expect(notRefused([null, 'text', 5, ...(needsProps ? [undefined] : [])], naming('Stack/Subject', '\\w+'), create)).toEqual([]);
  });

  test.each(props)('refuses $name if it is of another type, or missing and required', (prop) => {
    const values = [...wrongValuesFor(prop.type), ...(prop.optional ? [] : [undefined])];
    expect(notRefused(values, naming('Stack/Subject', prop.name), (value) => buildWith({ [prop.name]: value }))).toEqual([]);
  });

  test('refuses options of another type', () => {
    for (const prop of props) {
      const struct = structOf(prop);
      for (const inner of struct ? propsOf(struct.fqn) : []) {
        const others = Object.fromEntries(propsOf(struct!.fqn).filter(({ optional }) => !optional).map((other) => [other.name, RIGHT[other.name]]));
        const build1 = (value: unknown) => {
          const options = { ...others, [inner.name]: value };
          buildWith({ [prop.name]: struct!.isList ? [options] : options });
        };
        const values = [...wrongValuesFor(inner.type), ...(inner.optional ? [] : [undefined])];
        expect(notRefused(values, naming('Stack/Subject', inner.name), build1)).toEqual([]);
      }
    }
  });

  test('takes a token as a list, or says that it must be known', () => {
    for (const prop of props.filter(({ type }) => type.collection?.kind === 'array')) {
      const stack = new Stack(new App(), 'Stack');
      const parameter = new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' });
      const error = errorOf(() => build(stack, { [prop.name]: parameter.valueAsList }));
      if (error) {
        expect(error.message).toMatch(new RegExp(`^Stack/Subject(/Web)?: '${prop.name}' must be (a list (whose length is )?)?known at synthesis, got a token`));
        continue;
      }
      const template = JSON.stringify(Template.fromStack(stack).toJSON());
      expect(template).toContain('{"Ref":"List"}');
      expect(template).not.toMatch(/#\{Token\[/);
    }
  });
});

/** What is right for a property or an argument of this name. */
const RIGHT: Record<string, unknown> = {
  allocationId: 'eipalloc-12345678',
  branch: 'main',
  environment: 'production',
  environmentName: 'production',
  file: join(__dirname, '..', 'compose', 'files', 'web.yaml'),
  height: 100,
  maximumCapacity: 4,
  options: { Name: 'http' },
  path: 'web',
  name: 'data',
  pixels: 100,
  provider: { oidcProviderArn: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
  publicIp: '192.0.2.1',
  repository: 'owner@1/name@2',
  tag: 'v1',
  vpc: { vpcId: 'vpc-1' },
  width: 100,
};

interface Factory {
  readonly factory: string;
  readonly type: string;
  readonly method: string;
  readonly parameters: (Prop & { readonly variadic?: boolean })[];
}

const FACTORIES: Factory[] = Object.values(TYPES).filter(({ kind }) => kind === 'class').flatMap(({ name, methods = [] }) => methods
  .filter((method: any) => method.static && method.parameters?.length > 0)
  .map((method: any) => ({ factory: `${name}.${method.name}`, type: name, method: method.name, parameters: method.parameters })));

test('the assembly has factories', () => {
  expect(FACTORIES.length).toBeGreaterThan(35);
});

/** CDK itself refuses what is no scope and no id. */
const isPlace = ({ name, type }: Prop) => name === 'id' || /^constructs\.I?Construct$/.test(type.fqn ?? '');

const aBucket = () => Bucket.fromBucketName(new Stack(), 'Bucket', 'photos');

function rightFor(parameter: Prop): unknown {
  const { name, type } = parameter;
  if (isPlace(parameter)) return name === 'id' ? 'Subject' : new Stack(new App(), 'Stack');
  if (isStruct(type.fqn)) return Object.fromEntries(propsOf(type.fqn).filter(({ optional }) => !optional).map((prop) => [prop.name, rightFor(prop)]));
  if (name === 'bucket') return aBucket();
  if (/IRepository$/.test(type.fqn ?? '')) return Repository.fromRepositoryName(new Stack(), 'Repository', 'web');
  if (name === 'secret') return Secret.fromSecretNameV2(new Stack(), 'Secret', 'app');
  if (name === 'container') return { taskDefinition: {} };
  return RIGHT[name];
}

describe.each(FACTORIES)('$factory', ({ type, method, parameters }) => {
  const callWith = (index: number, value: unknown) => {
    const given = parameters.map((parameter, at) => (at === index ? value : rightFor(parameter)));
    return LIBRARY[type][method](...given);
  };
  // It begins with the class, and the factory where that says more.
  const expected = (name: string) => naming(`${type}(\\.${method})?`, name);

  test('refuses arguments of another type, or missing and required', () => {
    parameters.forEach((parameter, index) => {
      if (isPlace(parameter)) return;
      const isAbsentRefused = !parameter.optional && !parameter.variadic && !isStruct(parameter.type.fqn);
      const values = [...wrongValuesFor(parameter.type), ...(isAbsentRefused ? [undefined] : [])];
      expect(notRefused(values, expected(parameter.name), (value) => callWith(index, value))).toEqual([]);
    });
  });

  test('refuses options of another type, or missing and required', () => {
    parameters.forEach((parameter, index) => {
      for (const inner of isStruct(parameter.type.fqn) ? propsOf(parameter.type.fqn) : []) {
        const values = [...wrongValuesFor(inner.type), ...(inner.optional ? [] : [undefined])];
        const call = (value: unknown) => callWith(index, { ...rightFor(parameter) as object, [inner.name]: value });
        expect(notRefused(values, expected(inner.name), call)).toEqual([]);
      }
    });
  });

  test('says that a list must be known', () => {
    parameters.forEach((parameter, index) => {
      if (parameter.type.collection?.kind !== 'array') return;
      const token = new CfnParameter(new Stack(), 'List', { type: 'CommaDelimitedList' }).valueAsList;
      expect(errorOf(() => callWith(index, token))?.message).toContain(`'${parameter.name}' must be a list known at synthesis, got a token`);
    });
  });
});
