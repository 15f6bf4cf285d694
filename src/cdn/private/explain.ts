import { CdnExplanation } from '../cdn-explanation';
import { matches, RenderedBehavior, RenderedDistribution, Selections } from './rendered-behaviors';

interface Names {
  /** By the id of an origin. */
  readonly origins: Map<string, string>;
  /** Headers that functions add, by the logical id of the function. */
  readonly functions: Map<string, string[]>;
}

export function explain(distribution: RenderedDistribution, path: string, names: Names): CdnExplanation {
  const behavior = distribution.behaviors.find(({ pathPattern }) => matches(pathPattern, path))!; // the default one takes every path
  return explanation(distribution, behavior, path, names);
}

function explanation(distribution: RenderedDistribution, behavior: RenderedBehavior, path: string, { origins, functions }: Names): CdnExplanation {
  const { groups, addedHeaders, rootObject } = distribution;
  const { cache, forwarded, responseHeaders } = behavior;
  if (!cache || !forwarded || !responseHeaders) {
    throw new Error(`the behavior '${behavior.pathPattern}' has a policy that is neither in this stack nor known to cdk-mainstay: make the policy in this stack`);
  }
  const members = groups.get(behavior.originId) ?? [behavior.originId];
  const added = new Set(members.flatMap((id) => addedHeaders.get(id) ?? []));
  return {
    path,
    objectPath: path === '/' && rootObject ? `/${rootObject}` : path,
    behavior: behavior.pathPattern,
    origin: members.map((id) => origins.get(id) ?? id).join(' → '),
    allowedMethods: behavior.allowedMethods,
    cached: cache.maxTtl > 0,
    cacheKey: inWords(cache.keyed),
    forwarded: [...inWords(forwarded), ...[...added].map((header) => `added header: ${header}`)],
    minTtlSeconds: cache.minTtl,
    defaultTtlSeconds: cache.defaultTtl,
    maxTtlSeconds: cache.maxTtl,
    compressed: cache.compressed,
    signed: behavior.signed,
    responseHeaders: [...responseHeaders, ...behavior.functions.flatMap(({ id }) => functions.get(id) ?? [])],
    functions: behavior.functions.filter(({ id }) => !functions.has(id)).map(({ event, name }) => `${event}: ${name}`),
  };
}

function inWords(selections: Selections): string[] {
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
export function explanationTable(distribution: RenderedDistribution, names: Names): string {
  const rows = distribution.behaviors.map((behavior) => explanation(distribution, behavior, behavior.pathPattern, names)).map((row) => [
    `\`${row.behavior}\``,
    row.origin,
    row.allowedMethods.length > 3 ? 'all' : row.allowedMethods.join(', '),
    row.cached ? `${row.minTtlSeconds} / ${row.defaultTtlSeconds} / ${row.maxTtlSeconds} s` : 'never',
    row.cacheKey.join('; ') || 'the path',
    row.forwarded.join('; ') || 'nothing',
    [...row.responseHeaders, ...row.functions].join('; ') || 'none',
  ]);
  const table = [
    ['behavior', 'origin', 'methods', 'cached: least / by default / most', 'cache key, besides the path', 'forwarded besides', 'headers added'],
    ['---', '---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
