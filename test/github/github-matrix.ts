import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { GithubOidcProvider, GithubOidcRole, GithubSubject } from '../../src';
import { Intrinsics } from '../checks/intrinsics';

/** Roles, and tokens that knock at them: docs/github-claims.md shows whom they let in, and github-claims.table.test.ts what IAM does. */
export type Claims = Record<string, string>;

export const ISSUER = 'token.actions.githubusercontent.com';

export function roleFor(...subjects: GithubSubject[]): { role: GithubOidcRole; trust: object } {
  const stack = new Stack(new App(), 'Stack');
  const role = new GithubOidcRole(stack, 'Role', { subjects, provider: GithubOidcProvider.fromAccount() });
  const { Resources } = Template.fromStack(stack).toJSON();
  const [{ Properties }] = Object.values<any>(Resources);
  return { role, trust: new Intrinsics(Resources).resolve(Properties.AssumeRolePolicyDocument) };
}

export const CLASSIC = 'octo-org/octo-repo';
export const IMMUTABLE = 'octo-org@123456/octo-repo@456789';
export const AUTOMATION = 'octo-org/octo-automation/.github/workflows/oidc.yml';

export const ROLES: Record<string, ReturnType<typeof roleFor>> = {
  'the main branch, by name': roleFor(GithubSubject.branch(CLASSIC, 'main')),
  'the main branch, by ids': roleFor(GithubSubject.branch(IMMUTABLE, 'main')),
  'the main branch, in both formats': roleFor(GithubSubject.branch(IMMUTABLE, 'main').alsoClassicUntil('2099-12-31')),
  'releases': roleFor(GithubSubject.anyOf(GithubSubject.branch(IMMUTABLE, 'release/*'), GithubSubject.tag(IMMUTABLE, 'v?.0'))),
  'production, from the main branch': roleFor(GithubSubject.environment(IMMUTABLE, 'production').onBranch('main')),
  'pull requests': roleFor(GithubSubject.pullRequest(IMMUTABLE)),
  'the main branch, through a workflow': roleFor(GithubSubject.branch(IMMUTABLE, 'main').throughWorkflow(`${AUTOMATION}@refs/heads/main`)),
  'anything': roleFor(GithubSubject.anyRef(IMMUTABLE)),
  'several at once': roleFor(
    GithubSubject.branch(IMMUTABLE, 'main'), GithubSubject.environment(CLASSIC, 'production').onBranch('main'), GithubSubject.tag(IMMUTABLE, 'v*').withClaim('actor', 'octocat')),
};

/** The repository itself, one after a recycled name, a fork, and names that look alike. */
export const REPOSITORIES = [
  CLASSIC, IMMUTABLE,
  'octo-org@999999/octo-repo@456789', 'octo-org@123456/octo-repo@999999', // a name that was taken over
  'mallory/octo-repo', 'mallory@7/octo-repo@8', // forks
  'octo-org/octo-repo-2', 'octo-org-2/octo-repo', 'Octo-Org/octo-repo', 'xocto-org/octo-repo', 'octo-org@123456/octo-repo@4567890', 'octo-org@123456/octo-repo',
];

/** What makes a job run, and what GitHub says of it then. */
export const EVENTS: { rest: string; claims: Claims }[] = [
  ...['main', 'dev', 'main2', 'release/1', 'release', 'refs/heads/main'].map((branch) => ({ rest: `ref:refs/heads/${branch}`, claims: { ref: `refs/heads/${branch}`, event_name: 'push' } })),
  ...['v1.0', 'v10.0', 'main'].map((tag) => ({ rest: `ref:refs/tags/${tag}`, claims: { ref: `refs/tags/${tag}`, event_name: 'push' } })),
  { rest: 'pull_request', claims: { ref: 'refs/pull/7/merge', event_name: 'pull_request', head_ref: 'main' } },
  // https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows has the refs: of the default branch, a merge group, a tag
  ...['pull_request_target', 'workflow_run', 'schedule'].map((event) => ({ rest: 'ref:refs/heads/main', claims: { ref: 'refs/heads/main', event_name: event } })),
  ...['refs/heads/gh-readonly-queue/main/pr-7-0123abc'].map((ref) => ({ rest: `ref:${ref}`, claims: { ref, event_name: 'merge_group' } })),
  { rest: 'ref:refs/tags/v1.0', claims: { ref: 'refs/tags/v1.0', event_name: 'release' } },
  { rest: 'environment:production', claims: { ref: 'refs/pull/7/merge', environment: 'production', event_name: 'pull_request' } },
  ...['refs/heads/main', 'refs/heads/dev'].flatMap((ref) => ['production', 'Production', 'production:x'].map((environment) => (
    { rest: `environment:${environment.replace(':', '%3A')}`, claims: { ref, environment, event_name: 'workflow_dispatch' } }))),
];

export const WORKFLOWS = [`${CLASSIC}/.github/workflows/deploy.yml@refs/heads/main`, `${AUTOMATION}@refs/heads/main`, `${AUTOMATION}@refs/heads/evil`];

export const TOKENS: Claims[] = REPOSITORIES.flatMap((repository) => EVENTS.flatMap(({ rest, claims }) => WORKFLOWS.map((workflow, index) => ({
  iss: `https://${ISSUER}`,
  aud: 'sts.amazonaws.com',
  sub: `repo:${repository}:${rest}`,
  repository: repository.replace(/@\d+/g, ''),
  actor: index === 0 ? 'octocat' : 'mallory',
  job_workflow_ref: workflow,
  ...claims,
}))));
