import { App, Aspects, CfnElement, CfnResource, IAspect, Mixins, PropertyInjectors, RemovalPolicies, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
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

/** An app with a variant and a change. */
function changed({ variant, change }: Change, at: (stack: Stack) => IConstruct): Stack {
  const stack = new Stack(new App(), 'Stack');
  buildOf(variant)(stack);
  if (typeof change === 'function') change(at(stack));
  else Mixins.of(at(stack)).apply(change);
  return stack;
}

const theApp = (stack: Stack) => stack.node.root;
const theConstruct = (stack: Stack) => stack.node.findChild('Subject');

const textOf = ({ property, isShared = false, error }: Change) =>
  error ?? `'${property}' of Stack/${isShared ? '' : 'Subject/'}\\S+.* (was .* and became|admits everybody)`;

const overridesOf = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-mainstay:GuaranteeOverridden'));

describe.each(CHANGES.filter(({ isWarning }) => !isWarning))('$variant: a change that $what', (row) => {
  const refused = new RegExp(`${textOf(row)}.* overrides what keeps this construct secure`);

  test('fails the synthesis where it is applied to the app', () => {
    expect(() => Template.fromStack(changed(row, theApp))).toThrow(refused);
  });

  if (row.isShared) return;

  test('fails the synthesis where it is applied to the construct', () => {
    expect(() => Template.fromStack(changed(row, theConstruct))).toThrow(refused);
  });
});

describe.each(CHANGES.filter(({ isWarning }) => isWarning))('$variant: a change that $what', (row) => {
  test.each([['the app', theApp], ['the construct', theConstruct]])('is one warning where it is applied to %s', (_, at) => {
    const warnings = overridesOf(changed(row, at));
    expect(warnings.map(({ id }) => id)).toEqual(['/Stack/Subject']);
    expect(warnings[0].entry.data).toMatch(new RegExp(`${textOf(row)}.* overrides a default of this construct`));
  });
});

describe('what an organization may say for all of its resources', () => {
  const DAYS = 400;
  const RUNTIME = 'nodejs20.x';
  const organization: IAspect = {
    visit: (node) => {
      if (node instanceof CfnLogGroup) node.retentionInDays = DAYS;
      if (node instanceof CfnFunction && node.runtime?.startsWith('nodejs')) node.runtime = RUNTIME;
    },
  };

  test.each(VARIANTS)('passes with one warning for $name', ({ build }) => {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    Aspects.of(stack.node.root).add(organization);
    RemovalPolicies.of(stack.node.root).destroy();

    const paths = overridesOf(stack).map(({ id }) => id);
    expect(paths.filter((path) => path.startsWith('/Stack/Subject'))).toEqual(paths.includes('/Stack/Subject') ? ['/Stack/Subject'] : []);
    const { Resources } = Template.fromStack(stack).toJSON();
    const values = Object.values<any>(Resources);
    expect(values.filter(({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')).toEqual([]);
    expect(values.filter(({ Type, Properties }) => Type === 'AWS::Logs::LogGroup' && Properties.RetentionInDays !== DAYS)).toEqual([]);
  });

  test.each(['EncryptedDatabase', 'ThumbnailToWasabi', 'SecureQueue'])('is told to %s', (variant) => {
    const stack = new Stack(new App(), 'Stack');
    buildOf(variant)(stack);
    RemovalPolicies.of(stack.node.root).destroy();
    expect(overridesOf(stack)).toHaveLength(1);
  });
});

test('each sealed property is one of the L1 that it names', () => {
  const sealed = new Map<string, Set<string>>();
  const original = mechanism.seal;
  const missing = new Set<string>();
  jest.spyOn(mechanism, 'seal').mockImplementation((scope, properties) => {
    for (const [type, { refuse = [], warn = [] }] of Object.entries(properties)) {
      sealed.set(type, new Set([...sealed.get(type) ?? [], ...[...refuse, ...warn].map((path) => path.split('/')[0])]));
    }
    original(scope, properties);
  });
  const types = new Set<string>();
  for (const { build } of VARIANTS) {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    for (const resource of stack.node.findAll().filter(CfnResource.isCfnResource)) {
      if (resource.constructor === CfnResource) continue; // CDK's own functions, which have no L1
      types.add(resource.cfnResourceType);
      for (const property of sealed.get(resource.cfnResourceType) ?? []) if (!(property in resource)) missing.add(`${resource.cfnResourceType} ${property}`);
    }
  }
  jest.restoreAllMocks();
  expect([...missing]).toEqual([]);
  expect([...sealed.keys()].filter((type) => !types.has(type))).toEqual([]);
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
