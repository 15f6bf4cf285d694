import { wildcardsIn } from './patterns';
import { Checks, isUnknown } from '../../shared/checks';

/**
 * What one rule may have. Neither can be raised. Accounts from before 2020 may have six wildcards.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 * @see https://github.com/awsdocs/elb-application-load-balancers-user-guide/pull/32
 */
export const MOST_VALUES = 5;
export const MOST_WILDCARDS = 5;

const LONGEST_PATTERN = 128;

/** What a request must fit: one of the hosts, and one of the paths. None stands for all. */
export interface Conditions<T = string> {
  readonly hosts: readonly T[];
  readonly paths: readonly T[];
}

/**
 * @throws if the load balancer refuses a pattern, or no request would fit it
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HostHeaderConditionConfig.html
 */
export function validatePatterns(checks: Checks, { hosts, paths }: Conditions): void {
  paths.forEach((path) => {
    requireWithinLimits(checks, 'pathPatterns', path);
    checks.matches(
      'pathPatterns', path, /^[A-Za-z0-9_\-.$/~"'@:+&*?]*$/, 'of letters, digits and _-.$/~"\'@:+& with the wildcards * and ?',
      { hint: 'the load balancer accepts no other characters in a path pattern' },
    );
    checks.matches('pathPatterns', path, /^[/*?]/, 'a path that begins with a slash, such as /api/*', { hint: 'the path of each request begins with one' });
  });
  hosts.forEach((host) => {
    requireWithinLimits(checks, 'hostPatterns', host);
    checks.matches(
      'hostPatterns', host, /^[A-Za-z0-9_\-.*?]*\.[A-Za-z]+$/, 'a host name, such as api.example.org or *.example.org',
      { hint: 'it has letters, digits, hyphens and dots, the wildcards * and ?, and only letters after the last dot' },
    );
  });
}

function requireWithinLimits(checks: Checks, prop: string, pattern: string): void {
  if (isUnknown(pattern)) return;
  if (pattern.length === 0) throw checks.error(`'${prop}' must have no empty pattern: leave it out for all`);
  if (pattern.length > LONGEST_PATTERN) {
    throw checks.error(`'${prop}' must have at most ${LONGEST_PATTERN} characters a pattern, got ${pattern.length}, '${pattern}'`);
  }
  if (wildcardsIn(pattern) > MOST_WILDCARDS) {
    throw checks.error(`'${prop}' must have at most ${MOST_WILDCARDS} wildcards a pattern, got ${wildcardsIn(pattern)}, '${pattern}': a rule of a load balancer has no more`);
  }
}

/**
 * The fewest rules that have a request fit the same conditions, each within what one rule may have.
 *
 * @param values the number of values that a rule has left for them
 * @returns none if a host and a path have too many wildcards together
 */
export function splitIntoRules<T>({ hosts, paths }: Conditions<T>, values: number, wildcards: (value: T) => number): Conditions<T>[] | undefined {
  if (hosts.length === 0 || paths.length === 0) {
    const hasHosts = hosts.length > 0;
    const groups = groupsOf(hasHosts ? hosts : paths, values, MOST_WILDCARDS, wildcards);
    return groups?.map((group) => (hasHosts ? { hosts: group, paths } : { hosts, paths: group }));
  }
  let fewest: Conditions<T>[] | undefined;
  for (let forHosts = 1; forHosts < values; forHosts++) {
    for (let wildcardsForHosts = 0; wildcardsForHosts <= MOST_WILDCARDS; wildcardsForHosts++) {
      const hostGroups = groupsOf(hosts, forHosts, wildcardsForHosts, wildcards);
      const pathGroups = groupsOf(paths, values - forHosts, MOST_WILDCARDS - wildcardsForHosts, wildcards);
      if (!hostGroups || !pathGroups || (fewest && hostGroups.length * pathGroups.length >= fewest.length)) continue;
      fewest = hostGroups.flatMap((hostGroup) => pathGroups.map((pathGroup) => ({ hosts: hostGroup, paths: pathGroup })));
    }
  }
  return fewest;
}

/** In their order. None if one by itself has too many wildcards. */
function groupsOf<T>(items: readonly T[], mostItems: number, mostWildcards: number, wildcards: (item: T) => number): T[][] | undefined {
  const groups: T[][] = [];
  let used = 0;
  for (const item of items) {
    const more = wildcards(item);
    if (more > mostWildcards) return undefined;
    const last = groups.at(-1);
    if (!last || last.length === mostItems || used + more > mostWildcards) {
      groups.push([item]);
      used = more;
    } else {
      last.push(item);
      used += more;
    }
  }
  return groups;
}
