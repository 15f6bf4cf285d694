import { allowedContextKeysForRequest, runSimulation } from '@cloud-copilot/iam-simulate';
import { AUTOMATION, Claims, CLASSIC, EVENTS, IMMUTABLE, ISSUER, roleFor, ROLES, TOKENS } from './github-matrix';
import { GithubSubject } from '../../src';
import { STS_CLAIMS } from '../../src/github/private/github-trust';
import { ACCOUNT } from '../checks/intrinsics';
import { SimulationCache } from '../checks/simulation-cache';

const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`;

/** The simulator drops `sub` and `aud` of this issuer from a request, so the claims go by keys that it takes. */
const asTags = (text: string) => text.replaceAll(`${ISSUER}:`, 'aws:RequestTag/');

/** Whether IAM, as the simulator has it, lets a token in by the trust policy in the template. */
async function simulated(trust: object, claims: Claims, now: string): Promise<boolean> {
  const answer = await runSimulation({
    request: {
      principal: PROVIDER,
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: { resource: ROLE, accountId: ACCOUNT },
      contextVariables: {
        'aws:CurrentTime': now,
        ...Object.fromEntries(Object.entries(claims).filter(([name]) => name !== 'iss').map(([name, value]) => [`aws:RequestTag/${name}`, value])),
      },
    },
    identityPolicies: [],
    resourcePolicy: JSON.parse(asTags(JSON.stringify(trust))),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, {});
  if (answer.resultType !== 'single' || answer.result.ignoredContextKeys?.length !== 0) throw new Error(`no decision: ${JSON.stringify(answer)}`);
  return answer.overallResult === 'Allowed';
}

const cache = new SimulationCache(__filename);

/** For each of the tokens, whether IAM lets it in. */
function allSimulated(trust: object, tokens: Claims[], now = '2026-11-30T12:00:00Z'): Promise<boolean[]> {
  return cache.get([PROVIDER, ROLE, ISSUER, trust, tokens, now], () => Promise.all(tokens.map((claims) => simulated(trust, claims, now))));
}

describe.each(Object.entries(ROLES))('a role for %s', (_, { role, trust }) => {
  test('says of each token what IAM does with it', async () => {
    const decisions = await allSimulated(trust, TOKENS);
    const answers = TOKENS.map((token, index) => ({ token, said: role.wouldAllow(token), done: decisions[index] }));
    expect(answers.filter(({ said, done }) => said !== done).slice(0, 5)).toEqual([]); // a few say what is wrong
    expect(answers.some(({ done }) => done)).toBe(true);
    expect(answers.some(({ done }) => !done)).toBe(true);
  });

  test('lets no token in that is for another audience, or for none', async () => {
    const others = TOKENS.flatMap(({ aud, ...token }): Claims[] => [token, { ...token, aud: 'https://github.com/octo-org' }]);
    expect(others.filter((token) => role.wouldAllow(token)).slice(0, 5)).toEqual([]);
    expect((await allSimulated(trust, others)).filter(Boolean)).toEqual([]);
  });

  test('lets no token in of whom it cannot read the subject', async () => {
    const nameless = TOKENS.map(({ sub, ...token }) => token as Claims);
    expect(nameless.filter((token) => role.wouldAllow(token)).slice(0, 5)).toEqual([]);
    expect((await allSimulated(trust, nameless)).filter(Boolean)).toEqual([]);
  });
});

test.each([['2099-12-31T23:59:59Z', 2], ['2100-01-01T00:00:00Z', 1]])('a classic subject until 2099-12-31 lets tokens of so many formats in at %s: %i', async (now, formats) => {
  const tokens = [CLASSIC, IMMUTABLE].map((repository) => ({ aud: 'sts.amazonaws.com', sub: `repo:${repository}:ref:refs/heads/main` }));
  expect((await allSimulated(ROLES['the main branch, in both formats'].trust, tokens, now)).filter(Boolean)).toHaveLength(formats);
});

test('these are more than 300 different tokens', () => {
  expect(new Set(TOKENS.map((token) => JSON.stringify(token))).size).toBe(TOKENS.length);
  expect(TOKENS.length).toBeGreaterThanOrEqual(300);
});

test('whom each role lets in, of the jobs of the repository itself', () => {
  const letIn = (name: string) => [...new Set(TOKENS.filter((token) => ROLES[name].role.wouldAllow(token)).map(({ sub }) => sub))];
  const of = (repository: string, ...rest: string[]) => rest.map((one) => `repo:${repository}:${one}`);
  expect(letIn('the main branch, by name')).toEqual(of(CLASSIC, 'ref:refs/heads/main'));
  expect(letIn('the main branch, by ids')).toEqual(of(IMMUTABLE, 'ref:refs/heads/main'));
  expect(letIn('the main branch, in both formats')).toEqual([...of(CLASSIC, 'ref:refs/heads/main'), ...of(IMMUTABLE, 'ref:refs/heads/main')]);
  expect(letIn('releases')).toEqual(of(IMMUTABLE, 'ref:refs/heads/release/1', 'ref:refs/tags/v1.0'));
  expect(letIn('production, from the main branch')).toEqual(of(IMMUTABLE, 'environment:production'));
  expect(letIn('pull requests')).toEqual(of(IMMUTABLE, 'pull_request'));
  expect(letIn('the main branch, through a workflow')).toEqual(of(IMMUTABLE, 'ref:refs/heads/main'));
  expect(letIn('anything')).toHaveLength(new Set(EVENTS.map(({ rest }) => rest)).size);
  expect(letIn('several at once')).toEqual([
    ...of(CLASSIC, 'environment:production'), ...of(IMMUTABLE, 'ref:refs/heads/main', 'ref:refs/tags/v1.0', 'ref:refs/tags/v10.0'),
  ]);
});

// https://docs.github.com/en/actions/concepts/security/openid-connect#understanding-the-oidc-token
const OF_GITHUB = {
  jti: 'example-id',
  sub: 'repo:octo-org/octo-repo:environment:prod',
  environment: 'prod',
  aud: 'https://github.com/octo-org',
  ref: 'refs/heads/main',
  sha: 'example-sha',
  repository: 'octo-org/octo-repo',
  repository_owner: 'octo-org',
  actor_id: '12',
  repository_visibility: 'private',
  repository_id: '74',
  repository_owner_id: '65',
  run_id: 'example-run-id',
  run_number: '10',
  run_attempt: '2',
  runner_environment: 'github-hosted',
  actor: 'octocat',
  workflow: 'example-workflow',
  head_ref: '',
  base_ref: '',
  event_name: 'workflow_dispatch',
  ref_type: 'branch',
  job_workflow_ref: 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
  iss: 'https://token.actions.githubusercontent.com',
  nbf: 1632492967,
  exp: 1632493867,
  iat: 1632493567,
};

describe('the tokens in GitHub\'s documentation', () => {
  const decided = (subject: GithubSubject, claims: object) => roleFor(subject).role.wouldAllow(claims);
  const forAws = { ...OF_GITHUB, aud: 'sts.amazonaws.com' };

  test('the example token is let in by its environment, branch and workflow, once it is for AWS', () => {
    const subject = GithubSubject.environment('octo-org/octo-repo', 'prod');
    expect(decided(subject, OF_GITHUB)).toBe(false);
    expect(decided(subject, forAws)).toBe(true);
    expect(decided(subject.onBranch('main').throughWorkflow(`${AUTOMATION}@refs/heads/main`).withClaim('repository_id', '74'), forAws)).toBe(true);
  });

  test('the example token is not let in by what it does not say', () => {
    expect(decided(GithubSubject.environment('octo-org/octo-repo', 'prod').onBranch('dev'), forAws)).toBe(false);
    expect(decided(GithubSubject.branch('octo-org/octo-repo', 'main'), forAws)).toBe(false);
    expect(decided(GithubSubject.environment('octo-org/octo-repo', 'prod').withClaim('repository_id', '75'), forAws)).toBe(false);
    expect(decided(GithubSubject.environment('octo-org@65/octo-repo@74', 'prod'), forAws)).toBe(false);
  });

  // https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
  test.each([
    ['repo:octo-org/octo-repo:environment:Production', GithubSubject.environment('octo-org/octo-repo', 'Production')],
    ['repo:octo-org/octo-repo:pull_request', GithubSubject.pullRequest('octo-org/octo-repo')],
    ['repo:octo-org/octo-repo:ref:refs/heads/demo-branch', GithubSubject.branch('octo-org/octo-repo', 'demo-branch')],
    ['repo:octo-org/octo-repo:ref:refs/tags/demo-tag', GithubSubject.tag('octo-org/octo-repo', 'demo-tag')],
    ['repo:octo-org/octo-repo:environment:Production%3AV1', GithubSubject.environment('octo-org/octo-repo', 'Production:V1')],
    ['repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main', GithubSubject.branch('octo-org@123456/octo-repo@456789', 'main')],
  ])('the subject %s is let in by the subject for it, and by no other', (sub, subject) => {
    const subjects = ['octo-org/octo-repo', 'octo-org@123456/octo-repo@456789'].flatMap((repository) => [
      GithubSubject.environment(repository, 'Production'), GithubSubject.environment(repository, 'Production:V1'), GithubSubject.pullRequest(repository),
      GithubSubject.branch(repository, 'demo-branch'), GithubSubject.branch(repository, 'main'), GithubSubject.tag(repository, 'demo-tag'),
    ]);
    const claims = { iss: OF_GITHUB.iss, aud: 'sts.amazonaws.com', sub };
    expect(decided(subject, claims)).toBe(true);
    expect(subjects.filter((one) => decided(one, claims))).toEqual([subject]);
  });
});

test('the claims that AWS STS knows are those of the service authorization reference', async () => {
  const keys = await allowedContextKeysForRequest('sts', 'AssumeRoleWithWebIdentity', ROLE, false, undefined);
  expect(keys.filter((key) => key.startsWith(`${ISSUER}:`)).map((key) => key.slice(ISSUER.length + 1)).sort()).toEqual(STS_CLAIMS);
});
