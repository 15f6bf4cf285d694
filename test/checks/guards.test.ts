import { App, CfnElement, Mixins, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, IConstruct } from 'constructs';
import { listedBesideTests } from './beside-tests';
import { Change, Injection, Props } from './guard';
import { templateOf } from './variant-template';
import { VARIANTS } from './variants';
import * as mechanism from '../../src/shared/guards';

// What an app does to all of its resources leaves the guarantees of our constructs as they are: docs/decisions/injected-properties.md.

process.env.JSII_DEPRECATED = 'quiet'; // injected props may be deprecated, too

const CHANGES = listedBesideTests<Change>('guards', 'CHANGES');
const INJECTIONS = listedBesideTests<Injection>('guards', 'INJECTIONS');

const variantOf = (variant: string) => VARIANTS.find(({ name }) => name === variant)!;
const buildOf = (variant: string) => variantOf(variant).build;

describe.each(CHANGES)('$variant: a change that $what', ({ variant, change, property, isShared = false, error }) => {
  const where = isShared ? '' : 'Subject/';
  const refused = new RegExp(`${error ?? `'${property}' of Stack/${where}\\S+ was .* and became `}.* takes a promise of this construct back`);
  const synthWith = (apply: (stack: Stack) => void) => {
    const stack = new Stack(new App(), 'Stack');
    buildOf(variant)(stack);
    apply(stack);
    return Template.fromStack(stack);
  };

  test('fails the synthesis where it is applied to the app', () => {
    expect(() => synthWith((stack) => (typeof change === 'function' ? change(stack) : Mixins.of(stack.node.root).apply(change)))).toThrow(refused);
  });

  if (isShared) return;

  test('fails the synthesis where it is applied to the construct', () => {
    expect(() => synthWith((stack) => {
      const subject = stack.node.findChild('Subject');
      if (typeof change === 'function') change(subject);
      else subject.with(change);
    })).toThrow(refused);
  });
});

/** Variants call the construct `Subject`. CDK's functions that empty buckets and close default security groups are beside it, and what an account has once. */
const isOurs = (scope: IConstruct) =>
  /\/(Subject|Custom::(S3AutoDeleteObjects|VpcRestrictDefaultSG)CustomResourceProvider|GithubOidcProvider)(\/|$)/.test(scope.node.path);

/** The template where the app has an injector for each of the ids, which is for our constructs only. */
function synth(build: (scope: Construct) => void, ids: string[] = [], inject: (props: Props, elsewhere: Stack) => Props = (props) => props): any {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const elsewhere = new Stack(app, 'Elsewhere');
  PropertyInjectors.of(app).add(...ids.map((constructUniqueId) => ({
    constructUniqueId,
    inject: (props: Props, { scope }: { scope: Construct }) => (isOurs(scope) ? inject(props, elsewhere) : props),
  })));
  build(stack);
  return Template.fromStack(stack).toJSON();
}

const withoutRefusals = new Map<string, any>();
/** Without injectors, while injected props are not refused; once for all tests of a variant. */
function templateWithoutRefusals(variant: string): any {
  if (!withoutRefusals.has(variant)) withoutRefusals.set(variant, synth(buildOf(variant)));
  return withoutRefusals.get(variant);
}

describe.each(INJECTIONS)('$variant: injected props for $what', ({ variant, of, props }) => {
  const injected = () => synth(buildOf(variant), [of.PROPERTY_INJECTION_ID], (own, elsewhere) => ({ ...own, ...props(own, elsewhere) }));

  test('leave the template as it is', () => {
    expect(injected()).toEqual(templateOf(variantOf(variant)));
  });

  test('would change it, were they not refused', () => {
    jest.spyOn(mechanism, 'preferOwnProps').mockImplementation(() => undefined);
    const expected = templateWithoutRefusals(variant);
    const actual = (() => {
      try {
        return injected();
      } catch (error) {
        return error; // CDK itself may find that it does not fit
      }
    })();
    jest.restoreAllMocks();
    expect(actual).not.toEqual(expected);
  });
});

/** The ids of all classes that CDK asks injectors for, and that our constructs are made of. */
function injectableIn(build: (scope: Construct) => void): string[] {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  const parts = stack.node.findAll().filter(isOurs).filter((part) => !CfnElement.isCfnElement(part));
  return [...new Set(parts.flatMap((part) => (part.constructor as { PROPERTY_INJECTION_ID?: string }).PROPERTY_INJECTION_ID ?? []))];
}

/** Empties the props, and lists and objects in them, too. */
function forget(props: Props): Props {
  for (const [prop, value] of Object.entries(props)) {
    if (Array.isArray(value)) value.length = 0;
    else if (value && Object.getPrototypeOf(value) === Object.prototype) forget(value as Props);
    delete props[prop];
  }
  return {};
}

describe('injectors that forget all props', () => {
  test('are asked for every class that a construct is made of', () => {
    expect(injectableIn(buildOf('SecureQueue'))).toEqual(expect.arrayContaining([Queue.PROPERTY_INJECTION_ID, Alarm.PROPERTY_INJECTION_ID]));
  });

  test.each(VARIANTS)('leave $name as it is', (variant) => {
    const ids = injectableIn(variant.build);
    expect(ids).not.toEqual([]);

    expect(synth(variant.build, ids, forget)).toEqual(templateOf(variant));
  });
});

test('there are changes and injections for each construct that has a file of them', () => {
  expect(CHANGES.length).toBeGreaterThan(40);
  expect(INJECTIONS.length).toBeGreaterThan(70);
  for (const { variant } of [...CHANGES, ...INJECTIONS]) expect(VARIANTS.map(({ name }) => name)).toContain(variant);
});
