import { Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Condition, endOf, isAnyRefOfWorkflow, isEnterpriseServer, isImmutable, isOfPullRequest, repositoriesOf, TrustedToken } from './github-trust';
import { addWarning } from '../../shared/acknowledge';
import { Checks, isUnknown } from '../../shared/checks';
import type { GithubCdkDeployOptions, GithubCdkTemplateDiffOptions, GithubOidcRoleProps } from '../github-oidc-role-props';
import { GithubSubject } from '../github-subject';

/** What the compiler says to others, JavaScript does not. */
export function requireSubjects(check: Checks, subjects: GithubSubject[]): void {
  check.knownList('subjects', subjects, 'a role trusts each of them');
  if (!Array.isArray(subjects) || !subjects.every((subject) => subject instanceof GithubSubject)) {
    const got = subjects === undefined ? 'nothing' : [subjects].flat().map((one) => (one instanceof GithubSubject ? 'a GithubSubject' : String(one))).join(', ');
    throw check.error(`'subjects' must be a list of nothing but GithubSubject, got ${got}: write [GithubSubject.branch('owner/repo', 'main')], for example`);
  }
  if (subjects.length === 0) throw check.error("'subjects' must have at least one, got none: nobody could take the role");
}

export function requireSubjectsOfIssuer(check: Checks, issuer: string, trusted: TrustedToken[]): void {
  const immutable = trusted.find(({ job }) => isImmutable(job.repository));
  if (immutable && isEnterpriseServer(issuer)) {
    throw check.error(`'subjects' must have repositories without ids for GitHub Enterprise Server, which has no immutable subjects, got ${immutable.job.repository}`);
  }
}

type RoleProps = GithubOidcRoleProps & Required<Pick<GithubOidcRoleProps, 'maxSessionDuration'>>;

export function validateRole(check: Checks, { audience, maxSessionDuration, path, roleName }: RoleProps): void {
  check.known('audience', audience, 'whom a role trusts is for its readers to see');
  if (audience !== undefined && (audience === '' || audience.length > 255)) {
    throw check.error(`'audience' must have between 1 and 255 characters, got ${audience.length}`);
  }
  // A wildcard is none in an audience, and no client asks for one that cannot be written into a request.
  check.matches('audience', audience, /^(?!.*\$\{)[\x21-\x29\x2b-\x7e]*$/, 'letters, digits and characters such as .:/-_, without spaces, * and ${');
  check.known('maxSessionDuration', maxSessionDuration, 'CDK compares it with what IAM takes');
  check.seconds('maxSessionDuration', maxSessionDuration, { least: 3600, most: 43_200 });
  check.matches('path', path, /^\/([\x21-\x7e]{1,510}\/)?$/, 'at most 512 characters that begin and end with a slash');
  check.matches('roleName', roleName, /^[\w+=,.@-]{1,64}$/, '1 to 64 letters, digits and characters of +=,.@_-');
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function requireRoomForTrust(role: Construct, issuer: string, conditions: Condition[]): void {
  const Principal = { Federated: `arn:aws-us-gov:iam::123456789012:oidc-provider/${issuer}` };
  const isKnown = !Token.isUnresolved(JSON.stringify(conditions)); // to resolve takes as long as all other checks of a role
  const known: Condition[] = isKnown ? conditions : Stack.of(role).resolve(conditions);
  const Statement = known.map((each) => ({ Action: 'sts:AssumeRoleWithWebIdentity', Condition: each, Effect: 'Allow', Principal }));
  const length = JSON.stringify({ Version: '2012-10-17', Statement }).length;
  if (length <= 2048) return;
  const advice = 'use wildcards in names, or a second role';
  if (length > 4096) throw new Checks(role.node.path).error(`'subjects' must fit into a trust policy of 4096 characters, got about ${length}: ${advice}`);
  addWarning(
    role, 'cdk-mainstay:GithubOidcRole.LongTrustPolicy',
    `the trust policy has about ${length} characters, and an account takes 2048 unless its quota is raised (to 4096 at the most): ${advice}`,
  );
}

/** Throws where what is given does not name environments, as a role of the bootstrap by such a name is nobody's. What is not known is taken. */
export function requireEnvironments(check: Checks, { accounts, regions }: GithubCdkDeployOptions): void {
  requireAll(check, 'accounts', accounts, /^\d{12}$/, 'ids of accounts, with 12 digits each', 'write the id instead of a name');
  requireAll(check, 'regions', regions, REGION, 'names of regions, as in eu-central-1', 'write the code of the region');
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export function requireStacks(check: Checks, { regions, stackNames }: GithubCdkTemplateDiffOptions): void {
  requireAll(check, 'regions', regions, REGION, 'names of regions, as in eu-central-1', 'write the code of the region');
  requireAll(check, 'stackNames', stackNames, /^[A-Za-z*][A-Za-z0-9*-]{0,127}$/, 'names of stacks, of at most 128 letters, digits, hyphens and *', 'write the name as CloudFormation has it');
}

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

function requireAll(check: Checks, prop: string, list: string[] | undefined, pattern: RegExp, what: string, advice: string): void {
  if (list === undefined) return;
  check.knownList(prop, list, 'each item is used by itself');
  if (list.length === 0) throw check.error(`'${prop}' must have at least one, got none: leave it out for that of the stack`);
  const others = list.filter((item) => !isUnknown(item) && !pattern.test(item));
  if (others.length > 0) throw check.error(`'${prop}' must be ${what}, got ${others.map(String).join(', ')}: ${advice}`);
}

/** What is granted by other constructs is not known here. */
export function warnOfPullRequests(role: Construct, trusted: TrustedToken[], what: string): void {
  warnIfOfPullRequests(role, trusted, 'cdk-mainstay:GithubOidcRole.PullRequestMayWrite', `may ${what} by this role`, 'let pull requests only read, and have another role for a branch, as planAndApply() makes them');
}

/** The bootstrap template gives its lookup role the managed policy ReadOnlyAccess, without kms:Decrypt: node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml. */
export function warnOfPullRequestsThatLookUp(role: Construct, trusted: TrustedToken[]): void {
  warnIfOfPullRequests(
    role, trusted, 'cdk-mainstay:GithubOidcRole.PullRequestMayRead',
    'may read nearly everything in its account by the lookup role of CDK\'s bootstrap, which has the managed policy ReadOnlyAccess (objects and items that no KMS key of yours encrypts, ' +
    'logs, the environments of functions)',
    'grant grantCdkTemplateDiff() instead, as planAndApply() does, or bootstrap with a template whose lookup role has less',
  );
}

function warnIfOfPullRequests(role: Construct, trusted: TrustedToken[], id: `cdk-mainstay:${string}`, what: string, advice: string): void {
  const concerned = trusted.filter(isOfPullRequest);
  if (concerned.length === 0) return;
  // https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository
  addWarning(
    role, id,
    `anybody who can open a pull request from a branch of ${repositoriesOf(concerned)} ${what}, with code that nobody has reviewed ` +
    `(forks get no token, unless by pull_request_target, or where the settings of a private repository send write tokens to them): ${advice}`,
  );
}

export function warnOfRisks(role: Construct, issuer: string, trusted: TrustedToken[]): void {
  const warn = (id: string, text: string) => addWarning(role, `cdk-mainstay:GithubOidcRole.${id}`, text);

  const anything = trusted.filter(({ job }) => job.context === 'anything' || /^[*?]+$/.test(job.name));
  if (anything.length > 0) {
    warn('AnyRef', `whoever may push to ${repositoriesOf(anything)} can take this role, from any branch: name the branch, tag or environment, or grant the role nothing but to read`);
  }
  const workflows = [...new Set(trusted.map(({ claims }) => claims.job_workflow_ref ?? '').filter(isAnyRefOfWorkflow))];
  if (workflows.length > 0) {
    warn('AnyWorkflowRef', `whoever may push a branch or tag that fits ${workflows.join(', ')} decides what this role does: name the branch, tag or commit of the reusable workflow`);
  }
  const classic = trusted.filter(({ job }) => !isImmutable(job.repository));
  if (classic.length > 0 && !isEnterpriseServer(issuer)) {
    warn(
      'ClassicSubject',
      `${repositoriesOf(classic)} is trusted by its name: GitHub's tokens do not fit if it was created, renamed or transferred since 15 July 2026 or has opted in; ` +
      'then give it with its ids, as owner@123456/name@456789, and opt in if it has not',
    );
  }
  const past = trusted.filter(({ job }) => job.classicUntil !== undefined && Date.now() >= endOf(job.classicUntil).getTime());
  if (past.length > 0) {
    warn('ClassicPastDate', `the classic subject of ${repositoriesOf(past)} is trusted no more since ${past[0].job.classicUntil} ended: take alsoClassicUntil() out, or give a later day if the repository has no immutable subjects yet`);
  }
}
