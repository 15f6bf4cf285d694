import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { inWords } from './explain';
import { NOTHING, Selection, Selections } from './managed-policies';
import { handledBehaviors } from './rendered-distribution';

/**
 * Headers that tell nobody from others: CORS asks with the first three, and AWS's own policies forward all of them beside a cache.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
const SAME_FOR_MANY = ['origin', 'access-control-request-headers', 'access-control-request-method', 'user-agent', 'referer'];

/**
 * Finds behaviors that could hand one visitor what was meant for another: they are cached, and the origin gets to see something that is not in the cache key. What is
 * in the key leaks nothing, as answers are kept apart by it. A policy that is not known passes.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
 * @returns what is wrong, and what to do about it
 */
export function findUnkeyedValues(distribution: Distribution): string[] {
  return handledBehaviors(distribution).flatMap(({ pathPattern, cache, forwarded }) => {
    if (!cache || !forwarded || cache.maxTtl === 0) return [];
    const unkeyed = inWords(unkeyedOf(forwarded, cache.keyed));
    return unkeyed.length === 0 ? [] : [
      `the behavior '${pathPattern}' is cached, and forwards what is not in its cache key (${unkeyed.join('; ')}): what the origin answers one visitor would be kept for others; ` +
      'put it into the cache key, do not forward it, or do not cache the behavior (CachePolicy.CACHING_DISABLED)',
    ];
  });
}

function unkeyedOf(forwarded: Selections, keyed: Selections): Selections {
  return {
    query: difference(forwarded.query, keyed.query),
    header: difference(lowerCased(forwarded.header), lowerCased(keyed.header), SAME_FOR_MANY),
    cookie: difference(forwarded.cookie, keyed.cookie),
  };
}

/** Names of headers are the same in any case, those of cookies and of parameters are not. */
function lowerCased({ behavior, items }: Selection): Selection {
  return { behavior, items: items.map((item) => item.toLowerCase()) };
}

/** What one selection has and another has not. */
function difference(forwarded: Selection, keyed: Selection, harmless: string[] = []): Selection {
  const none = NOTHING.query;
  if (forwarded.behavior === 'none' || keyed.behavior === 'all') return none;
  const some = (items: string[]): Selection => (items.length === 0 ? none : { behavior: 'whitelist', items });
  if (forwarded.behavior === 'whitelist') return some(forwarded.items.filter((item) => !selects(keyed, item) && !harmless.includes(item)));
  if (keyed.behavior === 'allExcept') return some(keyed.items.filter((item) => selects(forwarded, item) && !harmless.includes(item)));
  const except = [...forwarded.items, ...keyed.items];
  return except.length === 0 ? forwarded : { behavior: 'allExcept', items: except };
}

function selects({ behavior, items }: Selection, item: string): boolean {
  if (behavior === 'whitelist') return items.includes(item);
  return behavior === 'all' || (behavior === 'allExcept' && !items.includes(item));
}
