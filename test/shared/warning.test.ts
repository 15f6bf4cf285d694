import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Annotations, App, Aspects, Duration, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Annotations as Said, Match } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SecureQueue } from '../../src';
import { addWarning } from '../../src/shared/acknowledge';
import { VARIANTS } from '../checks/variants';

/** An app with a stage, a stack and a construct that has warnings: from its constructor, from an aspect, and from a validation. */
const EARLY = 'cdk-mainstay:AlarmsUnheard';
const BY_ASPECT = 'cdk-mainstay:SecureQueue.VisibilityUnderSixTimesConsumer';
const BY_VALIDATION = 'cdk-mainstay:GuaranteeOverridden';

interface Scopes {
  readonly app: Construct;
  readonly stage: Construct;
  readonly stack: Construct;
  readonly wrapper: Construct;
  readonly construct?: Construct;
}

type Acknowledge = (scopes: Scopes) => void;

function warningsLeft({ before, after }: { before?: Acknowledge; after?: Acknowledge }): string[] {
  const app = new App();
  const stage = new Stage(app, 'Stage');
  const stack = new Stack(stage, 'Stack');
  const wrapper = new Construct(stack, 'Wrapper');
  before?.({ app, stage, stack, wrapper });
  const construct = new SecureQueue(wrapper, 'Jobs', { visibilityTimeout: Duration.minutes(2) });
  const worker = new Function(stack, 'Worker', { runtime: Runtime.NODEJS_LATEST, handler: 'index.handler', code: Code.fromInline('x'), timeout: Duration.minutes(1) });
  worker.addEventSource(new SqsEventSource(construct.queue));
  (construct.queue.node.defaultChild as CfnQueue).messageRetentionPeriod = 60;
  after?.({ app, stage, stack, wrapper, construct });
  return idsIn(stack);
}

function idsIn(stack: Stack): string[] {
  const texts = Said.fromStack(stack).findWarning('*', Match.stringLikeRegexp('cdk-mainstay:')).map(({ entry }) => entry.data as string);
  return [...new Set(texts.map((text) => /\[ack: (\S+)\]$/.exec(text)![1]))].sort();
}

/** What users can write. The CLI of the newest CDK prints the id with the prefix. */
const SPELLINGS: [string, (scope: Construct, id: string) => void][] = [
  ['Annotations.acknowledgeWarning(id)', (scope, id) => Annotations.of(scope).acknowledgeWarning(id)],
  ['Annotations.acknowledgeWarning(Annotation::id)', (scope, id) => Annotations.of(scope).acknowledgeWarning(`Annotation::${id}`)],
  ['Validations.acknowledge(id)', (scope, id) => Validations.of(scope).acknowledge({ id, reason: 'it is meant' })],
  ['Validations.acknowledge(Annotation::id)', (scope, id) => Validations.of(scope).acknowledge({ id: `Annotation::${id}`, reason: 'it is meant' })],
];
const IDS = [EARLY, BY_ASPECT, BY_VALIDATION];

test('the construct of this test has all three kinds of warnings', () => {
  expect(warningsLeft({})).toEqual([...IDS].sort());
});

describe.each(SPELLINGS)('%s', (_, acknowledge) => {
  describe.each(IDS)('of %s', (id) => {
    const others = IDS.filter((other) => other !== id).sort();

    test.each(['app', 'stage', 'stack', 'wrapper', 'construct'] as const)('works on the %s, after creation, and on nothing else', (at) => {
      expect(warningsLeft({ after: (scopes) => acknowledge(scopes[at]!, id) })).toEqual(others);
    });

    test.each(['app', 'stage', 'stack', 'wrapper'] as const)('works on the %s, before creation, and on nothing else', (at) => {
      expect(warningsLeft({ before: (scopes) => acknowledge(scopes[at]!, id) })).toEqual(others);
    });
  });
});

test('another construct keeps its warning', () => {
  const stack = new Stack(new App(), 'Stack');
  const [one, other] = ['One', 'Other'].map((id) => new SecureQueue(stack, id));
  Annotations.of(one).acknowledgeWarning(EARLY);
  Said.fromStack(stack).hasNoWarning(`/${one.node.path}`, Match.stringLikeRegexp(EARLY));
  Said.fromStack(stack).hasWarning(`/${other.node.path}`, Match.stringLikeRegexp(EARLY));
});

test('a warning that an aspect adds is acknowledged by an aspect that comes later', () => {
  const stack = new Stack(new App(), 'Stack');
  const construct = new Construct(stack, 'Subject');
  Aspects.of(construct).add({ visit: (node) => addWarning(node, 'cdk-mainstay:Test', 'careful') }, { priority: 100 });
  Aspects.of(construct).add({ visit: (node) => Annotations.of(node).acknowledgeWarning('Annotation::cdk-mainstay:Test') }, { priority: 200 });
  expect(idsIn(stack)).toEqual([]);
});

test('a warning outside of an app is no error', () => {
  const construct = new Construct(new Stack(), 'Subject');
  addWarning(construct, 'cdk-mainstay:Test', 'careful');
  expect(construct.node.metadata.map(({ data }) => data)).toEqual(['careful [ack: cdk-mainstay:Test]']);
  const root = new Construct(undefined as any, '');
  addWarning(root, 'cdk-mainstay:Test', 'careful');
  expect(root.node.validate()).toEqual([]);
});

// Each id, wherever it comes from: one variant that has it.
const built = VARIANTS.map((variant) => {
  const stack = new Stack(new App(), 'Stack');
  variant.build(stack);
  return { variant, ids: idsIn(stack) };
});
const allIds = [...new Set(built.flatMap(({ ids }) => ids))].sort();

test('variants have many of the warnings', () => {
  expect(allIds.length).toBeGreaterThanOrEqual(5);
});

describe.each(allIds)('%s', (id) => {
  const { build } = built.find(({ ids }) => ids.includes(id))!.variant;

  test('is acknowledged on the app, before creation, by the id that the CLI prints', () => {
    const app = new App();
    Annotations.of(app).acknowledgeWarning(`Annotation::${id}`);
    const stack = new Stack(app, 'Stack');
    build(stack);
    expect(idsIn(stack)).not.toContain(id);
  });

  test('is acknowledged on the app, after creation, by Validations', () => {
    const stack = new Stack(new App(), 'Stack');
    build(stack);
    Validations.of(stack.node.root).acknowledge({ id, reason: 'it is meant' });
    expect(idsIn(stack)).not.toContain(id);
  });
});

test('all warnings of this library are added by addWarning()', () => {
  const src = join(__dirname, '..', '..', 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(90);
  expect(files.filter((file) => /\.addWarning(V2)?\(/.test(readFileSync(join(src, file), 'utf8')))).toEqual([join('shared', 'acknowledge.ts')]);
});
