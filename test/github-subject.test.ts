import { Fn } from 'aws-cdk-lib';
import { GithubSubject } from '../src';

const subjectsOf = (subject: GithubSubject) => subject._trusted.map(({ subject: pattern }) => pattern);

// As in https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
test.each([
  ['a branch', GithubSubject.branch('octo-org/octo-repo', 'demo-branch'), 'repo:octo-org/octo-repo:ref:refs/heads/demo-branch'],
  ['a tag', GithubSubject.tag('octo-org/octo-repo', 'demo-tag'), 'repo:octo-org/octo-repo:ref:refs/tags/demo-tag'],
  ['an environment', GithubSubject.environment('octo-org/octo-repo', 'Production'), 'repo:octo-org/octo-repo:environment:Production'],
  ['an environment with a colon', GithubSubject.environment('octo-org/octo-repo', 'Production:V1'), 'repo:octo-org/octo-repo:environment:Production%3AV1'],
  ['pull requests', GithubSubject.pullRequest('octo-org/octo-repo'), 'repo:octo-org/octo-repo:pull_request'],
  ['an immutable branch', GithubSubject.branch('octo-org@123456/octo-repo@456789', 'main'), 'repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main'],
  ['anything of a repository', GithubSubject.anyRef('octo-org/octo-repo'), 'repo:octo-org/octo-repo:*'],
])('the subject of %s is as GitHub writes it', (_, subject, expected) => {
  expect(subjectsOf(subject)).toEqual([expected]);
});

test.each([
  '*/octo-repo', 'octo-org/*', 'octo-*/octo-repo', 'octo-org', 'octo-org/octo-repo/x', 'https://github.com/octo-org/octo-repo', 'octo-org/octo-repo:ref',
  'octo-org@123456/octo-repo', 'octo-org/octo-repo@456789', 'octo-org@*/octo-repo@*', 'octo-org@12x/octo-repo@34', ' octo-org/octo-repo', 'octo?org/octo-repo',
])('%p is no repository', (repository) => {
  const error = `'repository' must be owner/name, or owner@ID/name@ID with both ids, and without wildcards, got ${repository}`;
  for (const subject of [GithubSubject.pullRequest, GithubSubject.anyRef]) expect(() => subject(repository)).toThrow(error);
  for (const subject of [GithubSubject.branch, GithubSubject.tag, GithubSubject.environment]) expect(() => subject(repository, 'main')).toThrow(error);
});

test.each(['refs/heads/main', 'ma in', 'a:b', 'a~1', 'a^', 'a[b'])('%p is no name of a branch or tag', (name) => {
  expect(() => GithubSubject.branch('o/r', name)).toThrow(`'branch' must be the name of a branch, without refs/, got ${name}`);
  expect(() => GithubSubject.tag('o/r', name)).toThrow(`'tag' must be the name of a tag, without refs/, got ${name}`);
  expect(() => GithubSubject.environment('o/r', 'prod').onBranch(name)).toThrow('\'branch\' must be the name of a branch');
});

test('nothing may be empty, or change its meaning in IAM', () => {
  expect(() => GithubSubject.branch('o/r', '')).toThrow('\'branch\' must be plain text, not empty and without ${, got nothing');
  expect(() => GithubSubject.environment('o/r', '${aws:username}')).toThrow('\'environment\' must be plain text, not empty and without ${, got ${aws:username}');
  expect(() => GithubSubject.environment('o/r', 'e'.repeat(256))).toThrow('\'environment\' must have at most 255 characters, got 256');
});

test.each<[string, (token: string) => unknown]>([
  ['repository', (value) => GithubSubject.pullRequest(value)],
  ['branch', (value) => GithubSubject.branch('o/r', value)],
  ['tag', (value) => GithubSubject.tag('o/r', value)],
  ['environment', (value) => GithubSubject.environment('o/r', value)],
  ['workflowRef', (value) => GithubSubject.pullRequest('o/r').throughWorkflow(value)],
  ['value', (value) => GithubSubject.pullRequest('o/r').withClaim('actor', value)],
])('a token is refused as %s', (prop, build) => {
  expect(() => build(Fn.ref('Parameter'))).toThrow(`GithubSubject: '${prop}' must be known at synthesis, got a token: whom a role trusts is for its readers to see`);
});

describe('a reusable workflow', () => {
  const subject = GithubSubject.branch('o/r', 'main');

  test.each([
    'octo-org/octo-automation/.github/workflows/oidc.yml', 'octo-org/octo-automation/.github/workflows/oidc.yml@', 'octo-org/octo-automation/.github/workflows/oidc.yml@*',
    '*/octo-automation/.github/workflows/oidc.yml@refs/heads/main', 'octo-org/*/.github/workflows/oidc.yml@refs/heads/main',
    'octo-org/octo-automation/.github/workflows/*.yml@refs/heads/main', '.github/workflows/oidc.yml@refs/heads/main',
  ])('is not %p', (workflowRef) => {
    expect(() => subject.throughWorkflow(workflowRef)).toThrow(`with wildcards only after the beginning of the ref, got ${workflowRef}`);
  });

  test('may be at any of some tags', () => {
    const workflowRef = 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/tags/v*';
    expect(subject.throughWorkflow(workflowRef)._trusted[0].claims).toEqual({ job_workflow_ref: workflowRef });
  });
});

test('a subject is not changed by what is made of it', () => {
  const subject = GithubSubject.environment('o@1/r@2', 'prod');
  subject.onBranch('main').alsoClassicUntil('2027-01-31');
  expect(subject._trusted).toEqual([expect.objectContaining({ subject: 'repo:o@1/r@2:environment:prod', claims: {} })]);
});

test('what is asked besides is asked of each alternative', () => {
  const either = GithubSubject.anyOf(GithubSubject.environment('o/r', 'a'), GithubSubject.environment('o/r', 'b')).onBranch('main');
  expect(either._trusted.map(({ claims }) => claims)).toEqual([{ ref: 'refs/heads/main' }, { ref: 'refs/heads/main' }]);
});

test('two values of one claim contradict each other', () => {
  const subject = GithubSubject.environment('o/r', 'prod').onBranch('main');
  expect(() => subject.onBranch('dev')).toThrow('\'ref\' must be one value, got refs/heads/main and refs/heads/dev, which no token has both: use anyOf()');
  expect(() => subject.onBranch('main')).not.toThrow();
});

test('a claim that AWS STS does not know is refused', () => {
  expect(() => GithubSubject.pullRequest('o/r').withClaim('event_name', 'push')).toThrow(/'claim' must be one that AWS STS knows, actor, .*, workflow, got event_name/);
});

test('of none, nobody would be trusted', () => {
  expect(() => GithubSubject.anyOf()).toThrow('\'subjects\' must have at least one, got none: nobody could take the role');
});

describe('a repository that moves to immutable subjects', () => {
  test('is trusted in both formats', () => {
    expect(subjectsOf(GithubSubject.branch('octo-org@1/octo-repo@2', 'main').alsoClassicUntil('2027-01-31'))).toEqual([
      'repo:octo-org@1/octo-repo@2:ref:refs/heads/main', 'repo:octo-org/octo-repo:ref:refs/heads/main',
    ]);
  });

  test('needs its ids', () => {
    expect(() => GithubSubject.branch('o/r', 'main').alsoClassicUntil('2027-01-31'))
      .toThrow('\'repository\' must have ids, as in owner@123456/name@456789, for alsoClassicUntil(), got o/r, which is classic already');
  });

  test.each(['2027-13-01', '2027-02-31', '2027-02-29', '2027-04-31', '31.1.2027', 'tomorrow', ''])('needs a day, not %p', (date) => {
    expect(() => GithubSubject.branch('o@1/r@2', 'main').alsoClassicUntil(date)).toThrow(`'date' must be a day as YYYY-MM-DD, got ${date}`);
  });

  test('may be trusted to a leap day', () => {
    expect(subjectsOf(GithubSubject.branch('o@1/r@2', 'main').alsoClassicUntil('2028-02-29'))).toHaveLength(2);
  });

  test('needs a day that is known', () => {
    expect(() => GithubSubject.branch('o@1/r@2', 'main').alsoClassicUntil(Fn.ref('Day'))).toThrow('\'date\' must be a day as YYYY-MM-DD, got a token');
  });
});
