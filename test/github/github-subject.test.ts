import { Fn } from 'aws-cdk-lib';
import { GithubSubject } from '../../src';
import { subjectOf } from '../../src/github/private/github-trust';

const subjectsOf = (subject: GithubSubject) => subject._trusted.map(({ job }) => subjectOf(job));

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
  expect(subjectsOf(subject)).toEqual(['repo:o@1/r@2:environment:prod']);
  expect(subject._trusted).toEqual([expect.objectContaining({ claims: {} })]);
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

describe('a claim that no token of the subject has is refused:', () => {
  const { branch, tag, environment, pullRequest, anyOf } = GithubSubject;
  const ADVICE = 'no token has both; leave it out, or name another subject';

  test.each<[what: string, build: () => GithubSubject, fits: string, got: string]>([
    ['another branch', () => branch('o/r', 'main').onBranch('dev'), '\'ref\' must fit the subject repo:o/r:ref:refs/heads/main, whose jobs have refs/heads/main', 'refs/heads/dev'],
    ['a branch that the pattern leaves out', () => branch('o/r', 'release/*').onBranch('main'), '\'ref\' must fit the subject repo:o/r:ref:refs/heads/release/*, whose jobs have refs/heads/release/*', 'refs/heads/main'],
    ['a branch of a tag', () => tag('o/r', 'v1').onBranch('v1'), '\'ref\' must fit the subject repo:o/r:ref:refs/tags/v1, whose jobs have refs/tags/v1', 'refs/heads/v1'],
    ['a tag of a branch', () => branch('o/r', 'v1').withClaim('ref', 'refs/tags/*'), '\'ref\' must fit the subject repo:o/r:ref:refs/heads/v1, whose jobs have refs/heads/v1', 'refs/tags/*'],
    ['a tag of a pull request', () => pullRequest('o/r').withClaim('ref', 'refs/tags/v1'), '\'ref\' must fit the subject repo:o/r:pull_request, whose jobs have refs/pull/*/merge or refs/heads/*', 'refs/tags/v1'],
    ['another repository', () => pullRequest('o@1/r@2').withClaim('repository', 'o/other'), '\'repository\' must fit the subject repo:o@1/r@2:pull_request, whose jobs have o/r', 'o/other'],
    ['another id', () => branch('o@1/r@456', 'main').withClaim('repository_id', '1'), '\'repository_id\' must fit the subject repo:o@1/r@456:ref:refs/heads/main, whose jobs have 456', '1'],
    ['another id of the owner', () => branch('o@1/r@456', 'main').withClaim('repository_owner_id', '456'), '\'repository_owner_id\' must fit the subject repo:o@1/r@456:ref:refs/heads/main, whose jobs have 1', '456'],
    ['another environment', () => environment('o/r', 'prod').withClaim('environment', 'test'), '\'environment\' must fit the subject repo:o/r:environment:prod, whose jobs have prod', 'test'],
    ['the environment of a job for none', () => branch('o/r', 'main').withClaim('environment', '*'), '\'environment\' must fit the subject repo:o/r:ref:refs/heads/main, whose jobs have no environment', '*'],
    ['the environment of a pull request', () => pullRequest('o/r').withClaim('environment', 'prod'), '\'environment\' must fit the subject repo:o/r:pull_request, whose jobs have no environment', 'prod'],
    ['what one of two says already', () => anyOf(environment('o/r', 'prod'), branch('o/r', 'main')).onBranch('dev'), '\'ref\' must fit the subject repo:o/r:ref:refs/heads/main, whose jobs have refs/heads/main', 'refs/heads/dev'],
  ])('%s', (_, build, fits, got) => {
    expect(build).toThrow(new Error(`GithubSubject: ${fits}, got ${got}: ${ADVICE}`));
  });

  test('the branch of a pull request, which only merged ones have', () => {
    for (const subject of [pullRequest('o/r'), anyOf(environment('o/r', 'prod'), pullRequest('o/r'))]) {
      expect(() => subject.onBranch('main')).toThrow(new Error(
        'GithubSubject: \'branch\' must not be asked of the subject repo:o/r:pull_request, whose jobs have refs/pull/NUMBER/merge, got main: leave it out, as no claim that AWS STS knows ' +
        'says which branch a pull request is for; or, if you mean none but those that are merged already, use withClaim(\'ref\', \'refs/heads/main\')'));
    }
  });
});

describe('a claim that some token of the subject has is taken:', () => {
  const { branch, tag, environment, pullRequest, anyRef, anyOf } = GithubSubject;

  test.each<[what: string, build: () => GithubSubject]>([
    ['its branch', () => branch('o/r', 'main').onBranch('main')],
    ['a branch that fits the pattern', () => branch('o/r', 'release/*').onBranch('release/1')],
    ['a pattern that the branch fits', () => branch('o/r', 'release/1').withClaim('ref', 'refs/heads/*')],
    ['patterns that may both fit', () => branch('o/r', 'release/*').onBranch('*/v?.0')],
    ['patterns of which one ends in any', () => tag('o/r', 'v?').withClaim('ref', 'refs/tags/v1*')],
    ['any branch of an environment', () => environment('o/r', 'prod').onBranch('main')],
    ['a pull request of an environment', () => environment('o/r', 'prod').withClaim('ref', 'refs/pull/*')],
    ['its environment', () => environment('o/r', 'a:b').withClaim('environment', 'a:b')],
    ['one of the environments', () => environment('o/r', 'review-*').withClaim('environment', 'review-7')],
    ['the ref of a pull request', () => pullRequest('o/r').withClaim('ref', 'refs/pull/7/merge')],
    ['the branch that a pull request was merged into', () => pullRequest('o/r').withClaim('ref', 'refs/heads/main')],
    ['any ref and environment of anything', () => anyRef('o/r').onBranch('main').withClaim('environment', 'prod')],
    ['its repository and ids', () => branch('o@1/r@2', 'main').withClaim('repository', 'o/r').withClaim('repository_id', '2').withClaim('repository_owner_id', '1')],
    ['ids that a classic subject does not say', () => branch('o/r', 'main').withClaim('repository_id', '2').withClaim('repository_owner_id', '1')],
    ['ids of a repository that moves', () => branch('o@1/r@2', 'main').alsoClassicUntil('2027-01-31').withClaim('repository_id', '2')],
    ['what the subject does not say', () => pullRequest('o/r').withClaim('actor', 'octocat').withClaim('workflow', 'Plan')],
    ['what both of two say', () => anyOf(environment('o/r', 'prod'), branch('o/r', 'main')).onBranch('main')],
  ])('%s', (_, build) => {
    expect(build).not.toThrow();
  });
});

test('a repository that is not there is none', () => {
  expect(() => GithubSubject.pullRequest(undefined as any)).toThrow(new Error('GithubSubject: \'repository\' must be plain text, not empty and without ${, got nothing'));
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
