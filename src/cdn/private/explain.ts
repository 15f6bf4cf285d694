import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { Selections } from './managed-policies';
import { matchedPaths } from './matched-paths';
import { matches, RenderedBehavior, renderedDistribution, RenderedDistribution, RenderedOrigin } from './rendered-distribution';
import { Checks } from '../../shared/checks';
import { CdnExplanation } from '../static-media-cdn-props';

interface Names {
  /** The addresses of origins as the template has them, by the name of the origin. */
  readonly origins: Record<string, unknown>;
  /** Headers that functions add, by the path of the function. */
  readonly functions: Record<string, string[]>;
}

export function explain(checks: Checks, distribution: Distribution, path: string, names: Names): CdnExplanation {
  const rendered = renderedDistribution(distribution);
  const matched = matchedPaths(path);
  const found = new Set(matched.map((each) => rendered.behaviors.find(({ pathPattern }) => matches(pathPattern, each))!)); // the default one takes every path
  if (found.size !== 1) throw undecided(checks, path, 'which behavior it falls into', [...found].map(({ pathPattern }) => pathPattern));
  if (rendered.rootObject && path !== '/' && matched.includes('/')) throw undecided(checks, path, 'whether the root object is fetched for it', ['/', rendered.rootObject]);
  return explanation(rendered, [...found][0], path, names);
}

function undecided(checks: Checks, path: string, what: string, possible: string[]): Error {
  const which = possible.length > 0 ? `: ${possible.join(' or ')}` : '';
  return checks.error(
    `it cannot be decided ${what}, got the path ${JSON.stringify(path)}${which}: CloudFront does not document how it reads such a path; ` +
    'ask about the path as browsers send it, with one slash at a time, without . and .. as segments, and with escapes of two hexadecimal digits',
  );
}

/** One bucket may be for media and for static files. */
function nameOf(id: string, origin: RenderedOrigin, addresses: Names['origins']): string {
  const named = Object.keys(addresses).filter((name) => JSON.stringify(addresses[name]) === JSON.stringify(origin.domainName));
  return named.join(' and ') || id;
}

function explanation(distribution: RenderedDistribution, behavior: RenderedBehavior, path: string, names: Names): CdnExplanation {
  const { groups, origins, rootObject } = distribution;
  const { cache, forwarded, responseHeaders } = behavior;
  if (!cache || !forwarded || !responseHeaders) {
    throw new Error(`the behavior '${behavior.pathPattern}' has a policy that is neither in this stack nor known to cdk-mainstay: make the policy in this stack`);
  }
  const members = groups.get(behavior.originId) ?? [behavior.originId];
  const added = new Set(members.flatMap((id) => origins.get(id)!.addedHeaders));
  return {
    path,
    objectPath: path === '/' && rootObject ? `/${rootObject}` : path,
    behavior: behavior.pathPattern,
    origin: members.map((id) => nameOf(id, origins.get(id)!, names.origins)).join(' → '),
    allowedMethods: behavior.allowedMethods,
    cached: cache.maxTtl > 0,
    cacheKey: inWords(cache.keyed),
    forwarded: [...inWords(forwarded), ...[...added].map((header) => `added header: ${header}`)],
    minTtlSeconds: cache.minTtl,
    defaultTtlSeconds: cache.defaultTtl,
    maxTtlSeconds: cache.maxTtl,
    compressed: cache.compressed,
    signed: behavior.signed,
    responseHeaders: [...responseHeaders, ...behavior.functions.flatMap(({ name }) => names.functions[name] ?? [])],
    functions: behavior.functions.filter(({ name }) => !(name in names.functions)).map(({ event, name }) => `${event}: ${name}`),
  };
}

export function inWords(selections: Selections): string[] {
  return Object.entries(selections).flatMap(([kind, { behavior, items }]) => {
    switch (behavior) {
      case 'none': return [];
      case 'all': return [`${kind}: all`];
      case 'allExcept': return [`${kind}: all but ${items.join(', ')}`];
      case 'whitelist': return items.map((item: string) => `${kind}: ${item}`);
    }
  });
}

/** One row for each behavior, in the order in which they are tried. */
export function explanationTable(distribution: Distribution, names: Names): string {
  const rendered = renderedDistribution(distribution);
  const rows = rendered.behaviors.map((behavior) => explanation(rendered, behavior, behavior.pathPattern, names)).map((row) => [
    `\`${row.behavior}\``,
    row.origin,
    row.allowedMethods.length > 3 ? 'all' : row.allowedMethods.join(', '),
    row.cached ? `${row.minTtlSeconds} / ${row.defaultTtlSeconds} / ${row.maxTtlSeconds} s` : 'never',
    row.cacheKey.join('; ') || 'the path',
    row.forwarded.join('; ') || 'nothing',
    [...row.responseHeaders, ...row.functions].join('; ') || 'none',
  ]);
  const head = ['behavior', 'origin', 'methods', 'cached: least / by default / most', 'cache key, besides the path', 'forwarded besides', 'headers added'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
