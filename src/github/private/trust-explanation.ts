import { CURRENT_TIME, isImmutable, withoutIds } from './github-trust';
import { matches } from '../../shared/wildcards';

/** A statement of a trust policy as it is in the template. */
interface TrustStatement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly NotAction?: unknown;
  readonly Principal?: '*' | Record<string, unknown>;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** What GitHub says of a job. */
type Claims = Record<string, unknown>;

export interface TrustExplanation {
  readonly allowed: boolean;
  /** A line for each statement that decides, or for each that a token does not fulfil and why. */
  readonly lines: string[];
}

/** Who asks AWS STS with the token. */
interface Federation {
  readonly issuer: string;
  /** The ARN of the identity provider, as it is in the template. */
  readonly provider: unknown;
  /** The account of the provider, if it is known. */
  readonly account?: string;
}

/**
 * What AWS STS would make of a token: IAM allows what one statement allows and none denies.
 *
 * @throws where that cannot be decided without AWS
 */
export function explainTrust(where: string, federation: Federation, statements: TrustStatement[], claims: Claims): TrustExplanation {
  const { issuer } = federation;
  const iss = claims.iss ?? `https://${issuer}`;
  if (iss !== `https://${issuer}`) return { allowed: false, lines: [`the token is of another issuer: iss is "${iss}", must be "https://${issuer}"`] };

  const tried = statements.flatMap((statement, index) => {
    const name = `statement ${index + 1}`;
    const undecided: Undecided = (what) => new Error(`${where}: ${name} of the trust policy has ${what}`);
    const isForToken = isForWebIdentities(statement, undecided) && isForProvider(statement, federation, undecided);
    return isForToken ? [{ name, Effect: statement.Effect, asked: asked(statement.Condition ?? {}, issuer, claims, undecided) }] : [];
  });
  const met = (effect: string) => tried.find((one) => one.Effect === effect && one.asked.every(({ holds }) => holds));
  const [denying, allowing] = [met('Deny'), met('Allow')];
  if (denying) return { allowed: false, lines: [`${denying.name} denies it`] };
  if (allowing) return { allowed: true, lines: [[allowing.name, allowing.asked.map(({ is }) => is).join(', ')].filter(Boolean).join(': ')] };
  const failing = tried.filter(({ Effect }) => Effect === 'Allow')
    .map((one) => `${one.name}: ${one.asked.filter(({ holds }) => !holds).map(({ is, must }) => `${is}, must be ${must}`).join('; ')}`);
  const trusted = tried.flatMap((one) => one.asked).filter(({ key }) => key === `${issuer}:sub`).flatMap(({ patterns }) => patterns);
  return { allowed: false, lines: [...failing, ...advice(trusted, claims)] };
}

/** Says of one statement what it has that only AWS can decide. */
type Undecided = (what: string) => Error;

function isForWebIdentities({ Action, NotAction }: TrustStatement, undecided: Undecided): boolean {
  if (NotAction !== undefined) throw undecided('NotAction, which cannot be decided without AWS: write the actions that it is for as Action');
  const actions = [Action ?? []].flat();
  return actions.some((action) => matches(String(action).toLowerCase(), 'sts:assumerolewithwebidentity'));
}

/**
 * An account has one provider for each issuer, so that issuer and account tell whether it is that one.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function isForProvider({ Principal, NotPrincipal }: TrustStatement, { issuer, provider, account }: Federation, undecided: Undecided): boolean {
  if (NotPrincipal !== undefined) throw undecided('NotPrincipal, which cannot be decided without AWS: write whom it is for as Principal');
  if (Principal === '*') return true;
  const { Federated = [], AWS = [] } = Principal ?? {};
  const isAnybody = [AWS, Federated].flat().includes('*');
  return isAnybody || [Federated].flat().some((one) => {
    if (JSON.stringify(one) === JSON.stringify(provider)) return true;
    const [, ofAccount, ofIssuer] = /:iam::([^:]*):oidc-provider\/(.+)$/.exec(inText(one)) ?? [];
    if (typeof one === 'string' ? ofIssuer !== issuer : ofIssuer !== undefined && ofIssuer !== issuer) return false;
    if (ofIssuer === issuer && account !== undefined && /^\d+$/.test(ofAccount)) return ofAccount === account;
    throw undecided(`the principal ${JSON.stringify(one)}, which cannot be decided without AWS: it may be the provider of the role or another, so write the ARN with its account`);
  });
}

/** What is written of an ARN, with what CloudFormation knows as `${…}`. */
function inText(arn: unknown): string {
  const parts = (arn as { 'Fn::Join'?: [string, unknown[]] })?.['Fn::Join']?.[1] ?? [arn];
  return parts.map((part) => (typeof part === 'string' ? part : '${}')).join('');
}

/** For each key that a condition asks for whether it holds, and in words what it is and must be. */
function asked(condition: Record<string, Record<string, unknown>>, issuer: string, claims: Claims, undecided: Undecided) {
  return Object.entries(condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, values]) => {
    const patterns = [values].flat().map((value) => {
      // IAM puts something else in the place of ${…}, and CloudFormation in that of an object.
      if (typeof value === 'string' && !value.includes('${')) return value;
      throw undecided(`${operator} on ${key} with ${JSON.stringify(value)}, which cannot be decided without AWS: write the value itself`);
    });
    if (operator === 'DateLessThan' && key.toLowerCase() === CURRENT_TIME.toLowerCase()) return beforeDate(patterns);
    const isOfToken = key.toLowerCase().startsWith(`${issuer}:`.toLowerCase());
    if (!isOfToken || (operator !== 'StringEquals' && operator !== 'StringLike')) {
      throw undecided(`${operator} on ${key}: only StringEquals and StringLike on claims of ${issuer} can be decided without AWS, and DateLessThan on ${CURRENT_TIME}`);
    }
    const claim = key.slice(issuer.length + 1).toLowerCase(); // IAM does not tell the case of keys apart
    const value = claims[claim] === undefined ? undefined : String(claims[claim]);
    return {
      key: `${issuer}:${claim}`,
      patterns,
      holds: value !== undefined && patterns.some((pattern) => (operator === 'StringLike' ? matches(pattern, value) : pattern === value)),
      is: value === undefined ? `${claim} is missing` : `${claim} is "${value}"`,
      must: patterns.map((pattern) => `"${pattern}"`).join(' or '),
    };
  }));
}

function beforeDate(dates: string[]) {
  const now = new Date();
  return { key: CURRENT_TIME, patterns: dates, holds: dates.some((date) => now.getTime() < Date.parse(date)), is: `the time is ${now.toISOString()}`, must: `before ${dates.join(' or ')}` };
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
