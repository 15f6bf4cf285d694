import { Condition, isImmutable, withoutIds } from './github-trust';

/** A statement of a trust policy as it is in the template. */
export interface TrustStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Condition?: Condition;
}

/** What GitHub says of a job. */
export type Claims = Record<string, unknown>;

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

interface Check {
  readonly claim: string;
  readonly patterns: string[];
  readonly holds: boolean;
  readonly is: string;
  readonly must: string;
}

function checks(where: string, issuer: string, condition: Condition, claims: Claims): Check[] {
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
