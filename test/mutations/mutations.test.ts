import { CHECKS } from './checks';
import { SOURCE_DEFECTS } from './defects';
import { Job } from './jest-runs';
import { recorded, requireFresh } from './record';
import { requireFound, requireSound } from './soundness';
import { SourceDefect } from './source-defect';
import { TemplateDefect } from './template-defect';
import { checkOf, testsByNearness, testsOfConstruct } from './tests-of';
import { caughtBy, failuresOf } from './trials';

const SOUND_SOURCE: SourceDefect = { name: 'source', file: 'src/shared/removal-policy.ts', find: '=== RemovalPolicy.SNAPSHOT', replace: '=== RemovalPolicy.RETAIN' };
const SOUND_TEMPLATE: TemplateDefect = {
  name: 'template', variant: 'SecureQueue', at: 'Queue/Resource', change: (queue) => queue.addPropertyOverride('VisibilityTimeout', 1),
};

// That each of them changes something, and has a name of its own, takes half a minute: the runner looks at it first, test/mutations/run.ts.
test('each defect of the source stands once in its file', () => {
  expect(SOURCE_DEFECTS.length).toBeGreaterThan(0);
  expect(() => requireFound(SOURCE_DEFECTS)).not.toThrow();
});

test('the record is of these defects', () => {
  expect(() => requireFresh(recorded())).not.toThrow();
});

test.each<[string, Partial<SourceDefect>, string]>([
  ['stands nowhere', { find: 'no such text' }, 'is stale: src/shared/removal-policy.ts must contain this exactly once'],
  ['stands twice', { find: 'RemovalPolicy.' }, 'is stale'],
  ['changes only a comment', { find: 'The removal policy for', replace: 'For' }, 'changes nothing in src/shared/removal-policy.ts'],
])('a defect of the source that %s is an error', (_, change, message) => {
  expect(() => requireSound([], [SOUND_SOURCE])).not.toThrow();
  expect(() => requireSound([], [{ ...SOUND_SOURCE, ...change }])).toThrow(message);
});

test.each<[string, Partial<TemplateDefect>, string]>([
  ['changes nothing', { change: (queue) => queue.addPropertyOverride('VisibilityTimeout', 30) }, 'changes nothing in SecureQueue'],
  ['is at no resource', { at: 'Queue/Missing' }, 'changes nothing in SecureQueue'],
  ['is of no variant', { variant: 'SecureQueue-missing' }, 'there is no variant SecureQueue-missing'],
])('a defect of a template that %s is an error', (_, change, message) => {
  expect(() => requireSound([SOUND_TEMPLATE], [])).not.toThrow();
  expect(() => requireSound([{ ...SOUND_TEMPLATE, ...change }], [])).toThrow(message);
});

test('two defects of one name are an error', () => {
  expect(() => requireSound([], [SOUND_SOURCE, SOUND_SOURCE])).toThrow('two defects are called \'source\'');
});

test('a check that finds fault with what has no defect is an error', async () => {
  const check = { name: 'the strictest', findings: async (specimens: object[]) => specimens.map(() => ['never good enough']) };
  await expect(caughtBy(check, [SOUND_TEMPLATE])).rejects.toThrow('the strictest finds fault with SecureQueue, which has no defect');
});

test('a check catches what it finds fault with, and nothing else', async () => {
  const check = { name: 'the dullest', findings: async (specimens: object[]) => specimens.map((_, index) => (index === 2 ? ['that one'] : [])) };
  const other = { ...SOUND_TEMPLATE, name: 'other' };
  expect(await caughtBy(check, [SOUND_TEMPLATE, other])).toEqual([other]); // behind the intact one
});

test('a test that fails without a defect is an error', async () => {
  const job: Job = { name: 'job', tests: ['test/a.test.ts'] };
  const failing = async (jobs: Job[]) => new Map(jobs.map((each) => [each, new Map([['test/a.test.ts', ['a']]])]));
  await expect(failuresOf([job], failing)).rejects.toThrow('these tests fail without any defect: {"test/a.test.ts":["a"]}');
});

test('a defect that does not fit is an error, and no check catches it', async () => {
  const unfit = { ...SOUND_TEMPLATE, change: () => { throw new Error('no such property'); } };
  const message = "this defect does not fit Stack/Subject/Queue/Resource: 'template': no such property";
  expect(() => requireSound([unfit], [])).toThrow(message);
  await expect(caughtBy(CHECKS[0], [unfit])).rejects.toThrow(message);
});

test('a file is seen by the tests that load it, by whatever way: its own or its users\', others, and the checks', () => {
  const [own, others, checks] = testsByNearness('lambda/photos/thumbnail/recency.ts');
  expect(own).toEqual(['test/lambda/photos/thumbnail/recency.test.ts']);
  expect(others).toEqual(expect.arrayContaining(['test/lambda/photos/thumbnail/archive.test.ts', 'test/lambda/photos/thumbnail/index.test.ts']));
  expect([...others, ...checks]).not.toContain('test/queue/secure-queue.test.ts');
  const ofPrivate = testsByNearness('src/shared/private-bucket.ts');
  expect(ofPrivate[0]).toEqual(expect.arrayContaining(['test/photos/thumbnail-to-wasabi.test.ts', 'test/terraform/terraform-state-backend.test.ts']));
  expect(ofPrivate[0]).not.toContain('test/queue/secure-queue.test.ts');
  expect(ofPrivate[2]).toContain('test/checks/least-privilege.test.ts');
  expect(testsByNearness('lambda/cdn/signing-keys/rotation.ts')[0]).toEqual(['test/lambda/cdn/signing-keys/signing-keys.test.ts']);
  expect(testsByNearness('src/cdn/private/signing-keys.ts', 'test/cdn/private-media.test.ts')[0]).toEqual(['test/cdn/private-media.test.ts']);
});

test('a report says to which check a test belongs', () => {
  expect(testsOfConstruct('ThumbnailToWasabi-ephemeral')).toEqual(['test/photos/thumbnail-to-wasabi.test.ts', 'test/photos/photo-function.test.ts', 'test/photos/reconciler.test.ts', 'test/photos/regeneration.test.ts']);
  expect(testsOfConstruct('SecureQueue')).toEqual(['test/queue/secure-queue.test.ts']);
  expect(['posture', 'test/checks/posture.test.ts', 'test/queue/secure-queue.test.ts', 'test/lambda/photos/thumbnail/process-upload.test.ts'].map(checkOf))
    .toEqual(['posture', 'posture', 'tests of the constructs', 'tests of the functions']);
});
