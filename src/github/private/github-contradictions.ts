import { TrustedJob, TrustedToken, withoutIds } from './github-trust';

/** What other claims of a job can be, as patterns of which one fits: with none, its token has no such claim. What is not there is not known. */
type Known = Record<string, string[]>;

/** Throws where no token has both a subject and a claim: their statement would let nobody in, and AWS STS would not say why. */
export function requireFits({ subject, job }: TrustedToken, claim: string, value: string): void {
  const known = { ...ofRepository(job), ...ofContext(job) }[claim];
  if (known === undefined || known.some((pattern) => overlap(pattern, value))) return;
  const jobs = known.length === 0 ? `whose jobs have no ${claim}` : `whose jobs have ${known.join(' or ')}`;
  throw new Error(`GithubSubject: '${claim}' must fit the subject ${subject}, ${jobs}, got ${value}: no token has both; leave it out, or name another subject`);
}

/** The ids are not in a classic subject. */
function ofRepository({ repository }: TrustedJob): Known {
  const [, ownerId, id] = /@(\d+)\/.*@(\d+)$/.exec(repository) ?? [];
  return { repository: [withoutIds(repository)], ...(id !== undefined && { repository_owner_id: [ownerId], repository_id: [id] }) };
}

/**
 * A job for an environment has no other subject than one that says so.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims
 */
function ofContext({ context, name }: TrustedJob): Known {
  switch (context) {
    case 'branch': return { ref: [`refs/heads/${name}`], environment: [] };
    case 'tag': return { ref: [`refs/tags/${name}`], environment: [] };
    // The second, once it is merged: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
    case 'pull request': return { ref: ['refs/pull/*/merge', 'refs/heads/*'], environment: [] };
    case 'environment': return { environment: [name] };
    case 'anything': return {};
  }
}

/** Whether there is a text that fits both patterns. */
function overlap(one: string, other: string): boolean {
  if (one === '' || other === '') return /^\**$/.test(one + other);
  if (one[0] === '*') return overlap(one.slice(1), other) || overlap(one, other.slice(1));
  if (other[0] === '*') return overlap(other, one);
  return (one[0] === other[0] || one[0] === '?' || other[0] === '?') && overlap(one.slice(1), other.slice(1));
}
