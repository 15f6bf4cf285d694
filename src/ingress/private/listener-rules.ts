import { createHash } from 'crypto';
import { covers, overlap, wildcardsIn } from './patterns';
import { Conditions, MOST_VALUES, MOST_WILDCARDS, splitIntoRules } from './rule-conditions';
import { Checks } from '../../shared/checks';
import { isWild } from '../../shared/wildcards';

/** A pattern of a rule, as far as it is known at synthesis. */
export interface Pattern {
  /** What the template has. */
  readonly value: string;
  /** The same in each synthesis: the pattern, or what it refers to. */
  readonly text: string;
  readonly isKnown: boolean;
}

/** Who wants which requests. */
export interface RouteRequest extends Conditions<Pattern> {
  /** The path of its construct. */
  readonly owner: string;
  /** Of its first rule; the others take the numbers that follow. */
  readonly priority?: number;
}

/** A rule of a listener that sends requests to a target. */
export interface ForwardingRule extends Conditions<Pattern> {
  readonly owner: string;
  readonly priority: number;
  /** The class that its number was allotted in; none if somebody gave the number. */
  readonly rank?: number;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
const LAST_PRIORITY = 50_000;
/** The numbers below are never allotted. */
const FIRST_ALLOTTED = 1_001;
/** Three kinds of rules (host and path, host, path), six classes of each. */
const CLASSES = 6;
const CATCH_ALL_RANK = 3 * CLASSES;
const SLOTS = 2_700;

/**
 * The rules of one more route: docs/decisions/listener-rules.md.
 *
 * A number that is not given is allotted by what the rule matches, and by nothing else: whatever other rules there are, it is the same.
 *
 * @param present the rules of other routes, which are never changed
 * @param otherValues the number of values that each rule has for other conditions
 * @throws if two rules have one number, if a rule gets no requests, or if nothing says which of two rules gets a request
 */
export function rulesOf(request: RouteRequest, present: readonly ForwardingRule[], otherValues = 0): ForwardingRule[] {
  const checks = new Checks(request.owner);
  checks.wholeNumber('priority', request.priority, { least: 1, most: LAST_PRIORITY });
  const route = withoutRedundant(request);
  const values = MOST_VALUES - otherValues;
  const rules = request.priority === undefined ? allottedRules(checks, route, values) : numberedRules(checks, route, values, request.priority);
  if (rules.at(-1)!.priority > LAST_PRIORITY) {
    throw checks.error(`'priority' must be at most ${LAST_PRIORITY + 1 - rules.length}, as its ${rules.length} rules take the numbers that follow, got ${request.priority}`);
  }
  const free = () => freeNumber(rules, present, numberedRules(checks, route, values, 1).length);
  for (const rule of rules) {
    requireOwnNumber(checks, rule, present, free);
    for (const other of present) {
      requireDefiniteOrder(checks, rule, other, free);
      requireReachable(checks, rule, other, free);
    }
  }
  return rules;
}

/** What a rule matches, in words. */
export function conditionsInWords({ hosts, paths }: Conditions<Pattern>): string {
  const list = (patterns: readonly Pattern[]) => patterns.map(({ text }) => text).join(' or ');
  return [...hosts.length > 0 ? [`host ${list(hosts)}`] : [], ...paths.length > 0 ? [`path ${list(paths)}`] : []].join(' and ') || 'all requests';
}

/** Without patterns that are there twice. With `/*`, no path is a condition. */
function withoutRedundant({ owner, hosts, paths, priority }: RouteRequest): RouteRequest {
  const unique = (patterns: readonly Pattern[]) => [...new Map(patterns.map((pattern) => [pattern.text, pattern])).values()];
  const isAll = paths.some(isAllPaths);
  // By a number of their own, longer patterns than /* come before the rules of others.
  const keptPaths = isAll ? (priority === undefined ? unique(paths) : []) : unique(paths);
  return { owner, priority, hosts: unique(hosts), paths: keptPaths.every(isAllPaths) ? [] : keptPaths };
}

function isAllPaths({ text, isKnown }: Pattern): boolean {
  return isKnown && covers(text, '/*', '/');
}

/** All numbers in a row. */
function numberedRules(checks: Checks, route: RouteRequest, values: number, priority: number): ForwardingRule[] {
  return split(checks, { hosts: route.hosts, paths: route.paths.some(isAllPaths) ? [] : route.paths }, values)
    .map((conditions, index) => ({ owner: route.owner, ...conditions, priority: priority + index }));
}

/** Each class of patterns has rules of its own, so that the most specific pattern wins, whichever route it is of. */
function allottedRules(checks: Checks, route: RouteRequest, values: number): ForwardingRule[] {
  const groups = new Map<number, { hosts: Set<Pattern>; paths: Set<Pattern> }>();
  for (const { host, path: given } of partsOf(route)) {
    const path = given && isAllPaths(given) ? undefined : given;
    const rank = rankOf(host, path);
    const group = groups.get(rank) ?? { hosts: new Set(), paths: new Set() };
    if (host) group.hosts.add(host);
    if (path) group.paths.add(path);
    groups.set(rank, group);
  }
  const rules: ForwardingRule[] = [];
  for (const [rank, { hosts, paths }] of [...groups].sort(([a], [b]) => a - b)) {
    for (const conditions of split(checks, { hosts: [...hosts], paths: [...paths] }, values)) {
      const taken = rules.map(({ priority }) => priority);
      rules.push({ owner: route.owner, ...conditions, rank, priority: allottedNumber(rank, conditions, taken) });
    }
  }
  return rules;
}

function split(checks: Checks, conditions: Conditions<Pattern>, values: number): Conditions<Pattern>[] {
  if (conditions.hosts.length + conditions.paths.length === 0) return [conditions];
  const rules = splitIntoRules(conditions, values, ({ text, isKnown }) => (isKnown ? wildcardsIn(text) : 0));
  if (rules) return rules;
  throw checks.error(
    `'pathPatterns' and 'hostPatterns' must have at most ${MOST_WILDCARDS} wildcards together in a host and a path, got more in ${conditionsInWords(conditions)}: ` +
    'a rule of a load balancer has no more',
  );
}

/**
 * The class of a rule: the lower, the earlier it is asked. Hosts come before paths, exact patterns before others, and patterns with more slashes, or dots, before
 * those with fewer. So whatever covers another pattern is never in a class before it.
 */
function rankOf(host: Pattern | undefined, path: Pattern | undefined): number {
  if (host && path) return (isFixed(host) ? 0 : 3) + (isFixed(path) ? 0 : slashesIn(path) > 2 ? 1 : 2);
  if (host) return CLASSES + classOf(host, dotsIn(host));
  return path ? 2 * CLASSES + classOf(path, slashesIn(path)) : CATCH_ALL_RANK;
}

function classOf(pattern: Pattern, separators: number): number {
  return isFixed(pattern) ? 0 : CLASSES - Math.min(separators, CLASSES - 1);
}

function isFixed({ text, isKnown }: Pattern): boolean {
  return !isKnown || !isWild(text);
}

function dotsIn({ text }: Pattern): number {
  return text.split('.').length - 1;
}

/** Of the path with the fewest that matches. All paths begin with one, which a wildcard may stand for. */
function slashesIn({ text }: Pattern): number {
  return text.split('/').length - (/^\**\//.test(text) ? 1 : 0);
}

/**
 * @param taken the numbers of earlier rules of the same route
 */
function allottedNumber(rank: number, { hosts, paths }: Conditions<Pattern>, taken: number[]): number {
  if (rank === CATCH_ALL_RANK) return LAST_PRIORITY;
  const texts = [hosts, paths].map((patterns) => patterns.map(({ text }) => text).sort());
  for (let attempt = 0; ; attempt++) {
    const hash = createHash('sha256').update(JSON.stringify([...texts, attempt])).digest().readUInt32BE();
    const number = FIRST_ALLOTTED + rank * SLOTS + hash % SLOTS;
    if (!taken.includes(number)) return number;
  }
}

interface Part {
  readonly host?: Pattern;
  readonly path?: Pattern;
}

/** Each host with each path. */
function partsOf({ hosts, paths }: Conditions<Pattern>): Part[] {
  const orAll = (patterns: readonly Pattern[]) => (patterns.length > 0 ? patterns : [undefined]);
  return orAll(hosts).flatMap((host) => orAll(paths).map((path) => ({ host, path })));
}

function requireOwnNumber(checks: Checks, rule: ForwardingRule, present: readonly ForwardingRule[], free: () => number | undefined): void {
  const other = present.find(({ priority }) => priority === rule.priority);
  if (!other || covering(other, rule)) return; // of that, requireReachable() says more
  throw checks.error(
    (rule.rank === undefined
      ? `'priority' must be a number that no other rule has, got ${rule.priority}, which ${named(other)} has`
      : `'priority' must be given, as the number that is allotted to ${conditionsInWords(rule)}, ${rule.priority}, is that of ${named(other)}`) +
    `: set it to ${free() ?? 'a free number'}, or to another free one`,
  );
}

function requireReachable(checks: Checks, rule: ForwardingRule, other: ForwardingRule, free: () => number | undefined): void {
  const [hidden, first] = rule.priority < other.priority ? [other, rule] : [rule, other];
  const part = covering(first, hidden);
  if (!part) return;
  const which = conditionsInWords({ hosts: part.host ? [part.host] : [], paths: part.path ? [part.path] : [] });
  const number = free();
  throw checks.error(
    `the rule of ${hidden.owner} (priority ${hidden.priority}) gets no request for ${which}, as ${named(first)} gets all of them: ` +
    (number === undefined ? 'change the patterns, or the \'priority\' of one' : `set 'priority' of ${rule.owner} to ${number}, or change the patterns`),
  );
}

/** In one class, numbers follow no order. Longer patterns do not always win there. */
function requireDefiniteOrder(checks: Checks, rule: ForwardingRule, other: ForwardingRule, free: () => number | undefined): void {
  if (rule.rank === undefined || rule.rank !== other.rank) return;
  if (covering(rule, other) && covering(other, rule)) return; // of that, requireReachable() says more
  const both = partsOf(rule).some((part) => partsOf(other).some((another) => canMatchSame(part, another)));
  if (!both) return;
  throw checks.error(
    `'priority' must be given, as some requests match both its rule for ${conditionsInWords(rule)} and ${named(other)}: ` +
    `set it to ${free() ?? 'a free number'}, or to another below ${other.priority} where this rule shall win`,
  );
}

function named({ owner, priority, ...conditions }: ForwardingRule): string {
  return `${owner} (${conditionsInWords(conditions)}, priority ${priority})`;
}

/** A part of the second rule that the first one covers. */
function covering(first: ForwardingRule, second: ForwardingRule): Part | undefined {
  return partsOf(second).find((part) => partsOf(first).some((outer) => isCovered(outer.host, part.host) && isCovered(outer.path, part.path, '/')));
}

function isCovered(outer: Pattern | undefined, inner: Pattern | undefined, start?: string): boolean {
  if (!outer) return true;
  if (!inner) return false; // no condition at all is never written as a pattern
  return outer.isKnown && inner.isKnown ? covers(outer.text, inner.text, start) : outer.text === inner.text;
}

function canMatchSame(one: Part, other: Part): boolean {
  const can = (a: Pattern | undefined, b: Pattern | undefined, start?: string) => {
    if (!a || !b) return true;
    return a.isKnown && b.isKnown ? overlap(a.text, b.text, start) : a.text === b.text;
  };
  return can(one.host, other.host) && can(one.path, other.path, '/');
}

/**
 * A number for the rules of a route that leaves all rules reachable, as near as can be to what they have.
 *
 * @param count the number of rules that the route has with a number that is given
 */
function freeNumber(rules: ForwardingRule[], present: readonly ForwardingRule[], count: number): number | undefined {
  const numbersOf = (others: readonly ForwardingRule[]) => others.map(({ priority }) => priority);
  const least = Math.max(0, ...numbersOf(present.filter((other) => rules.some((rule) => covering(rule, other))))) + 1;
  const most = Math.min(LAST_PRIORITY + 1, ...numbersOf(present.filter((other) => rules.some((rule) => covering(other, rule))))) - count;
  if (least > most) return undefined;
  const taken = new Set(numbersOf(present));
  const numbersFrom = (number: number) => Array.from({ length: count }, (_, index) => number + index);
  const isFree = (number: number) => number >= least && number <= most && numbersFrom(number).every((each) => !taken.has(each));
  const wanted = Math.min(Math.max(rules[0].priority, least), most);
  for (let distance = 0; distance < LAST_PRIORITY; distance++) {
    const found = [wanted + distance, wanted - distance].find(isFree);
    if (found !== undefined) return found;
  }
  return undefined;
}
