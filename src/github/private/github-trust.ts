import { Checks, isPlaceholder } from '../../shared/checks';
import { partitionOf } from '../../shared/stacks';
import { isWild, overlap } from '../../shared/wildcards';

/** What a token must say to be let in: all of it. Values are patterns, in which `*` stands for anything and `?` for one character. */
export interface TrustedToken {
  /** What the job is that gets such a token: its subject says so. */
  readonly job: TrustedJob;
  /** Besides the subject. */
  readonly claims: Record<string, string>;
}

export interface TrustedJob {
  /** As given: with ids if the subject is immutable. */
  readonly repository: string;
  readonly context: 'branch' | 'tag' | 'environment' | 'pull request' | 'anything';
  /** The name of the branch, tag or environment. */
  readonly name: string;
  /** Of the classic subject of a repository with an immutable one: the last day, as YYYY-MM-DD, that it is trusted. */
  readonly classicUntil?: string;
}

export type Condition = Record<string, Record<string, string | string[]>>;

/** The issuer of github.com, as condition keys have it. */
export const GITHUB_COM = 'token.actions.githubusercontent.com';

/**
 * The claims besides `aud` and `sub` that AWS STS hands to trust policies, in the partition `aws`.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html#awssecuritytokenservice-policy-keys
 * @see https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/
 */
export const STS_CLAIMS = [
  'actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository', 'repository_id', 'repository_owner_id', 'workflow',
];

/** The audience that `aws-actions/configure-aws-credentials` asks for by itself, in every partition. */
export const AUDIENCE_OF_ACTION = 'sts.amazonaws.com';

/** The issuers whose claims AWS STS knows: github.com, its enterprises with an issuer of their own, and GHE.com, by the same reference. */
const ISSUERS_OF_STS = /^token\.actions\.(githubusercontent\.com(\/[^/]+)?|[^./]+\.ghe\.com)$/;

/** @see https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims */
export function subjectOf({ repository, context, name, classicUntil }: TrustedJob): string {
  return `repo:${classicUntil === undefined ? repository : withoutIds(repository)}:${CONTEXTS[context](name).subject}`;
}

/**
 * How a subject ends by the context of a job, and the other claims of its token. A job for an environment has no other subject than one that says so.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 */
const CONTEXTS: Record<TrustedJob['context'], (name: string) => { readonly subject: string; readonly claims: Known }> = {
  'branch': (name) => ({ subject: `ref:refs/heads/${name}`, claims: { ref: [`refs/heads/${name}`], environment: [] } }),
  'tag': (name) => ({ subject: `ref:refs/tags/${name}`, claims: { ref: [`refs/tags/${name}`], environment: [] } }),
  // GitHub does the same: https://docs.github.com/en/actions/reference/security/oidc#filtering-for-metadata-containing-
  'environment': (name) => ({ subject: `environment:${name.replaceAll(':', '%3A')}`, claims: { environment: [name] } }),
  // The second ref, once it is merged: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
  'pull request': () => ({ subject: 'pull_request', claims: { ref: ['refs/pull/*/merge', 'refs/heads/*'], environment: [] } }),
  'anything': () => ({ subject: '*', claims: {} }),
};

export function isEnterpriseServer(issuer: string): boolean {
  return issuer.endsWith('/_services/token');
}

export function isImmutable(repository: string): boolean {
  return repository.includes('@');
}

/** Whether a pattern for reusable workflows leaves open on which branch or tag they are, so that whoever may push there decides on their steps. */
export function isAnyRefOfWorkflow(workflowRef: string): boolean {
  const [, ref = ''] = workflowRef.split(/[*?]/)[0].split('@');
  return isWild(workflowRef) && ['refs/heads/', 'refs/tags/'].some((all) => all.startsWith(ref));
}

/** Whether it is of a job that a pull request triggers, which an environment may have, too. */
export function isOfPullRequest({ job, claims }: TrustedToken): boolean {
  return job.context === 'pull request' || (claims.ref ?? '').startsWith('refs/pull/');
}

export function repositoriesOf(trusted: TrustedToken[]): string {
  return [...new Set(trusted.map(({ job }) => job.repository))].join(', ');
}

/** The repository by its names alone. */
export function withoutIds(repository: string): string {
  return repository.replace(/@\d+/g, '');
}

/**
 * A condition for each statement of a trust policy. Within one, all must hold; subjects that ask for the same besides share one, as the
 * values of a key are alternatives and a trust policy has little room.
 */
export function trustConditions(issuer: string, audience: string, trusted: TrustedToken[]): Condition[] {
  const alike = new Map<string, TrustedToken[]>();
  for (const token of trusted) {
    const others = JSON.stringify([isWild(subjectOf(token.job)), token.job.classicUntil, Object.entries(token.claims).sort()]);
    alike.set(others, [...alike.get(others) ?? [], token]);
  }
  return [...alike.values()].map((tokens) => {
    const subjects = [...new Set(tokens.map(({ job }) => subjectOf(job)))];
    const asked: [string, string | string[]][] = [
      ['aud', audience], ['sub', subjects.length === 1 ? subjects[0] : subjects], ...Object.entries(tokens[0].claims).sort(),
    ];
    const condition: Condition = {};
    for (const [claim, values] of asked) {
      const operator = claim !== 'aud' && [values].flat().some(isWild) ? 'StringLike' : 'StringEquals';
      condition[operator] = { ...condition[operator], [`${issuer}:${claim}`]: values };
    }
    const { classicUntil } = tokens[0].job;
    if (classicUntil === undefined || isPlaceholder(classicUntil)) return condition;
    return { ...condition, DateLessThan: { [CURRENT_TIME]: endOf(classicUntil).toISOString() } };
  });
}

/**
 * Each request has it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-currenttime
 */
export const CURRENT_TIME = 'aws:CurrentTime';

/** The first moment after a day, as YYYY-MM-DD, in UTC. */
export function endOf(day: string): Date {
  return new Date(Date.parse(day) + 24 * 60 * 60 * 1000);
}

/**
 * The audience that is asked for where none is given: to `aws-actions/configure-aws-credentials`, China is another one.
 * @see https://github.com/aws-actions/configure-aws-credentials#oidc-audience
 */
export function defaultAudience(region: string): string {
  return partitionOf(region) === 'aws-cn' ? 'sts.amazonaws.com.cn' : AUDIENCE_OF_ACTION;
}

/** Throws where AWS STS does not have the claims that a trust policy asks for: no token would ever be let in. */
export function requireClaimsOfSts(check: Checks, issuer: string, region: string, trusted: TrustedToken[]): void {
  const claims = [...new Set(trusted.flatMap((token) => Object.keys(token.claims)))].sort();
  if (claims.length === 0) return;
  const partition = partitionOf(region);
  const place = ISSUERS_OF_STS.test(issuer) ? partition !== 'aws' && `in the partition ${partition}` : `of tokens of ${issuer}`;
  if (!place) return;
  throw check.error(
    `'subjects' must ask for nothing but the subject here, got ${claims.join(', ')}: AWS STS has no such claims ${place}; ` +
    'let GitHub put them into the subject instead (include_claim_keys), and write the trust policy of the role yourself',
  );
}

/** What other claims of a job can be, as patterns of which one fits: with none, its token has no such claim. What is not there is not known. */
type Known = Record<string, string[]>;

/** Throws where no token has both a subject and a claim: their statement would let nobody in, and AWS STS would not say why. */
export function requireClaimFitsSubject(check: Checks, job: TrustedJob, claim: string, value: string): void {
  const known = { ...claimsOfRepository(job), ...CONTEXTS[job.context](job.name).claims }[claim];
  if (known === undefined || known.some((pattern) => overlap(pattern, value))) return;
  const jobs = known.length === 0 ? `whose jobs have no ${claim}` : `whose jobs have ${known.join(' or ')}`;
  throw check.error(`'${claim}' must fit the subject ${subjectOf(job)}, ${jobs}, got ${value}: no token has both; leave it out, or name another subject`);
}

/** The ids are not in a classic subject. */
function claimsOfRepository({ repository }: TrustedJob): Known {
  const [, ownerId, id] = /@(\d+)\/.*@(\d+)$/.exec(repository) ?? [];
  return { repository: [withoutIds(repository)], ...(id !== undefined && { repository_owner_id: [ownerId], repository_id: [id] }) };
}
