import { Checks } from '../../shared/checks';
import { partitionOf } from '../../shared/stacks';

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
  /** Of the classic subject of a repository with an immutable one: the last day, as YYYY-MM-DD, that it is meant to be trusted. */
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

export function isWild(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

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
function withoutIds(repository: string): string {
  return repository.replace(/@\d+/g, '');
}

/**
 * A condition for each statement of a trust policy. Within one, all must hold; subjects that ask for the same besides share one, as the
 * values of a key are alternatives and a trust policy has little room.
 */
export function trustConditions(issuer: string, audience: string, trusted: TrustedToken[]): Condition[] {
  const alike = new Map<string, TrustedToken[]>();
  for (const token of trusted) {
    const others = JSON.stringify([isWild(subjectOf(token.job)), Object.entries(token.claims).sort()]);
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
    return condition;
  });
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

/** Whether there is a text that fits both patterns. */
function overlap(one: string, other: string): boolean {
  if (one === '' || other === '') return /^\**$/.test(one + other);
  if (one[0] === '*') return overlap(one.slice(1), other) || overlap(one, other.slice(1));
  if (other[0] === '*') return overlap(other, one);
  return (one[0] === other[0] || one[0] === '?' || other[0] === '?') && overlap(one.slice(1), other.slice(1));
}

/** A statement of a trust policy as it is in the template. */
export interface TrustStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Condition?: Condition;
}

/** What GitHub says of a job. */
type Claims = Record<string, unknown>;

export interface TrustExplanation {
  readonly allowed: boolean;
  /** A line for each statement that decides, or for each that a token does not fulfil and why. */
  readonly lines: string[];
}

/**
 * What AWS STS would make of a token: IAM lets in whom one statement allows and none denies.
 */
export function explainTrust(where: string, issuer: string, statements: TrustStatement[], claims: Claims): TrustExplanation {
  const iss = claims.iss ?? `https://${issuer}`;
  if (iss !== `https://${issuer}`) return { allowed: false, lines: [`the token is of another issuer: iss is "${iss}", must be "https://${issuer}"`] };

  const tried = statements
    .map((statement, index) => ({ ...statement, name: `statement ${index + 1}` }))
    .filter(({ Action }) => [Action].flat().some((action) => matches(action.toLowerCase(), 'sts:assumerolewithwebidentity')))
    .map(({ name, Effect, Condition: condition = {} }) => ({ name, Effect, asked: checks(`${where}: ${name} of the trust policy`, issuer, condition, claims) }));
  const met = (effect: string) => tried.find(({ Effect, asked }) => Effect === effect && asked.every(({ holds }) => holds));
  const [denying, allowing] = [met('Deny'), met('Allow')];
  if (denying) return { allowed: false, lines: [`${denying.name} denies it`] };
  if (allowing) return { allowed: true, lines: [`${allowing.name}: ${allowing.asked.map(({ is }) => is).join(', ')}`] };
  const failing = tried.filter(({ Effect }) => Effect === 'Allow')
    .map(({ name, asked }) => `${name}: ${asked.filter(({ holds }) => !holds).map(({ is, must }) => `${is}, must be ${must}`).join('; ')}`);
  const trusted = tried.flatMap(({ asked }) => asked).filter(({ claim }) => claim === 'sub').flatMap(({ patterns }) => patterns);
  return { allowed: false, lines: [...failing, ...advice(trusted, claims)] };
}

/** For each claim that a condition asks for whether it holds, and in words what it is and must be. */
function checks(where: string, issuer: string, condition: Condition, claims: Claims) {
  return Object.entries(condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => {
    const isOfToken = key.toLowerCase().startsWith(`${issuer}:`.toLowerCase());
    if (!isOfToken || (operator !== 'StringEquals' && operator !== 'StringLike')) {
      throw new Error(`${where} has ${operator} on ${key}: only StringEquals and StringLike on claims of ${issuer} can be decided without AWS`);
    }
    const claim = key.slice(issuer.length + 1);
    const patterns = [values].flat();
    const value = claims[claim] === undefined ? undefined : String(claims[claim]);
    return {
      claim,
      patterns,
      holds: value !== undefined && patterns.some((pattern) => (operator === 'StringLike' ? matches(pattern, value) : pattern === value)),
      is: value === undefined ? `${claim} is missing` : `${claim} is "${value}"`,
      must: patterns.map((pattern) => `"${pattern}"`).join(' or '),
    };
  }));
}

/** As IAM does it: `*` stands for anything, `/` and `:` included. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${parts}$`, 's').test(value);
}

/** What is behind the usual refusals. */
function advice(trusted: string[], { sub, aud, environment }: Claims): string[] {
  if (typeof sub !== 'string') return [];
  const [, repository = '', rest = ''] = /^repo:([^:]*):(.*)$/s.exec(sub) ?? [];
  const same = (one: string) => matches(withoutIds(one), `repo:${withoutIds(repository)}:${rest}`);
  const sameButForFormat = trusted.filter((one) => !matches(one, sub) && same(one));
  return [
    ...(typeof aud === 'string' && /^https:\/\//.test(aud) ? ['the token was made for nobody in particular: ask for an audience, as aws-actions/configure-aws-credentials does'] : []),
    ...(sameButForFormat.some((one) => !isImmutable(one)) && isImmutable(repository) ? [`the repository has immutable subjects: trust ${repository}`] : []),
    ...(sameButForFormat.some(isImmutable) && !isImmutable(repository)
      ? ['the repository has classic subjects: opt in to immutable ones in its settings for OIDC, or add alsoClassicUntil()'] : []),
    ...(environment !== undefined && trusted.some((one) => one.startsWith(`repo:${repository}:ref:`))
      ? ['a job for an environment has no ref in its subject: trust GithubSubject.environment(…).onBranch(…)'] : []),
    ...(trusted.some((one) => one !== sub && one.toLowerCase() === sub.toLowerCase()) ? ['upper and lower case are told apart'] : []),
  ];
}
