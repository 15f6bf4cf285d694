import { randomOf } from './random';
import { ForwardingRule, Pattern, RouteRequest, rulesOf } from '../../src/ingress/private/listener-rules';
import { covers } from '../../src/ingress/private/patterns';

interface Given {
  readonly owner?: string;
  readonly hosts?: string[];
  readonly paths?: string[];
  readonly priority?: number;
}

const pattern = (text: string): Pattern => ({ value: text, text, isKnown: true });
const request = ({ owner = 'Stack/App/Api', hosts = [], paths = [], priority }: Given): RouteRequest =>
  ({ owner, hosts: hosts.map(pattern), paths: paths.map(pattern), priority });
/** The rules of routes that are added one after the other. */
const added = (...all: Given[]): ForwardingRule[] =>
  all.reduce<ForwardingRule[]>((present, given) => [...present, ...rulesOf(request(given), present)], []);
const rulesFor = (given: Given, otherValues?: number) => rulesOf(request(given), [], otherValues);
const textsOf = (rules: ForwardingRule[]) => rules.map(({ hosts, paths }) => [...hosts, ...paths].map(({ text }) => text));
const priorityOf = (given: Given) => {
  const [{ priority }] = rulesFor(given);
  return priority;
};

describe('a number that is given', () => {
  test('is the number of the rule', () => {
    const [fast, all] = added({ paths: ['/fastapi*'], priority: 100 }, { owner: 'Stack/App/Web', paths: ['/*'], priority: 200 });
    expect([fast.priority, all.priority]).toEqual([100, 200]);
  });

  test('is followed by those of further rules', () => {
    const rules = rulesFor({ paths: ['/a', '/b', '/c', '/d', '/e', '/f', '/g'], priority: 10 });
    expect(rules.map(({ priority }) => priority)).toEqual([10, 11]);
    expect(textsOf(rules)).toEqual([['/a', '/b', '/c', '/d', '/e'], ['/f', '/g']]);
  });

  test.each([0, 50_001, 1.5])('is none that a load balancer has (%p)', (priority) => {
    expect(() => rulesFor({ paths: ['/a'], priority })).toThrow(`Stack/App/Api: 'priority' must be a whole number between 1 and 50000, got ${priority}`);
  });

  test('leaves room for all rules', () => {
    expect(() => rulesFor({ paths: ['/a', '/b', '/c', '/d', '/e', '/f'], priority: 50_000 })).toThrow(/'priority' must be at most 49999, as its 2 rules .* got 50000/);
  });

  test('is of one rule only, and the error names a free one', () => {
    const two = (priority: number) => added({ paths: ['/a'], priority: 7 }, { owner: 'Stack/App/Web', paths: ['/b'], priority });
    expect(() => two(7)).toThrow(
      "Stack/App/Web: 'priority' must be a number that no other rule has, got 7, which Stack/App/Api (path /a, priority 7) has: set it to 8, or to another free one",
    );
    expect(two(8)).toHaveLength(2);
  });
});

describe('a number that is allotted', () => {
  test.each<[string, Given, Given]>([
    ['a host and a path before a host', { hosts: ['a.example.org'], paths: ['/a*'] }, { hosts: ['a.example.org'] }],
    ['a host before a path', { hosts: ['*.example.org'] }, { paths: ['/a'] }],
    ['a path before all requests', { paths: ['/a*'] }, {}],
    ['an exact path before a pattern', { paths: ['/a'] }, { paths: ['/a/b/c/d/*'] }],
    ['a deeper pattern before another', { paths: ['/api/v2/*'] }, { paths: ['/api/*'] }],
    ['a folder before what begins like it', { paths: ['/api/*'] }, { paths: ['/api*'] }],
    ['a path pattern that a slash is implied in, by that', { paths: ['*b/x'] }, { paths: ['/x*'] }],
    ['an exact host before a pattern', { hosts: ['api.example.org'] }, { hosts: ['*.example.org'] }],
    ['more of a host before less', { hosts: ['*.eu.example.org'] }, { hosts: ['*.example.org'] }],
    ['an exact host with a path before a pattern with one', { hosts: ['a.example.org'], paths: ['/a*'] }, { hosts: ['*.example.org'], paths: ['/a/b/c'] }],
  ])('puts %s', (_, first, second) => {
    expect(priorityOf(first)).toBeLessThan(priorityOf(second));
  });

  test('is never one that people give first, or the last, but for all requests', () => {
    const priorities = [{ hosts: ['a.example.org'], paths: ['/a'] }, { paths: ['/a*'] }, { paths: ['*.png'] }].map(priorityOf);
    expect(Math.min(...priorities)).toBeGreaterThan(1_000);
    expect(Math.max(...priorities)).toBeLessThan(49_602);
    expect(priorityOf({})).toBe(50_000);
    expect(priorityOf({ paths: ['/*'] })).toBe(50_000);
    expect(priorityOf({ paths: ['*'] })).toBe(50_000);
  });

  test('is the same in whichever order patterns are given, and for hosts in any case', () => {
    expect(priorityOf({ paths: ['/b*', '/a*'] })).toBe(priorityOf({ paths: ['/a*', '/b*'] }));
  });

  test('is of another class for each class of patterns of a route', () => {
    const rules = rulesFor({ paths: ['/*', '/api/*', '/login', '/api/v2/*', '/logout', '/api/*'] });
    expect(textsOf(rules)).toEqual([['/login', '/logout'], ['/api/v2/*'], ['/api/*'], []]);
    expect(rules.map(({ priority }) => priority)).toEqual(rules.map(({ priority }) => priority).sort((a, b) => a - b));
  });

  test('is refused where it is that of another rule, and the error names a free one', () => {
    const [one, other] = pathsOfOneSlot();
    const message = `Stack/App/Web: 'priority' must be given, as the number that is allotted to path ${other}, `;
    const free = freeNumberIn(() => added({ paths: [one] }, { owner: 'Stack/App/Web', paths: [other] }), message);
    expect(added({ paths: [one] }, { owner: 'Stack/App/Web', paths: [other], priority: free })).toHaveLength(2);
  });
});

/** Two paths whose hashes are the same number. */
function pathsOfOneSlot(): [string, string] {
  const paths = new Map<number, string>();
  for (let index = 0; ; index++) {
    const priority = priorityOf({ paths: [`/path${index}`] });
    if (paths.has(priority)) return [paths.get(priority)!, `/path${index}`];
    paths.set(priority, `/path${index}`);
  }
}

function freeNumberIn(build: () => unknown, message: string): number {
  try {
    build();
  } catch (error) {
    expect(String(error)).toContain(message);
    return Number(/to (\d+), or/.exec(String(error))![1]);
  }
  throw new Error('nothing was thrown');
}

describe('a rule without requests', () => {
  test.each<[string, Given, Given, string, number]>([
    [
      'the new one', { paths: ['/api/*'], priority: 100 }, { paths: ['/api/v2/*'], priority: 300 },
      'the rule of Stack/App/Web (priority 300) gets no request for path /api/v2/*, as Stack/App/Api (path /api/*, priority 100) gets all of them', 99,
    ],
    [
      'the one before', { paths: ['/api/v2/*'], priority: 300 }, { paths: ['/api*'], priority: 50 },
      'the rule of Stack/App/Api (priority 300) gets no request for path /api/v2/*, as Stack/App/Web (path /api*, priority 50) gets all of them', 301,
    ],
    [
      'of one pattern only', { paths: ['/api/*'], priority: 100 }, { paths: ['/a', '/api/b'], priority: 300 },
      'the rule of Stack/App/Web (priority 300) gets no request for path /api/b, as', 99,
    ],
    [
      'by an explicit catch-all', { paths: ['/*'], priority: 200 }, { hosts: ['api.example.org'] },
      'gets no request for host api.example.org, as Stack/App/Api (all requests, priority 200) gets all of them', 199,
    ],
    [
      'by host', { hosts: ['*.example.org'], priority: 10 }, { hosts: ['api.example.org'], paths: ['/a*'] },
      'gets no request for host api.example.org and path /a*, as Stack/App/Api (host *.example.org, priority 10) gets all of them', 9,
    ],
  ])('is an error that names both and a number: %s', (_, first, second, message, number) => {
    const build = (priority = second.priority) => added(first, { ...second, owner: 'Stack/App/Web', priority });
    expect(freeNumberOf(build, message)).toBe(number);
    expect(build(number)).toHaveLength(2);
  });

  const freeNumberOf = (build: () => unknown, message: string) => {
    try {
      build();
    } catch (error) {
      expect(String(error)).toContain(message);
      return Number(/set 'priority' of Stack\/App\/Web to (\d+)/.exec(String(error))?.[1]);
    }
    throw new Error('nothing was thrown');
  };

  test('is one of two catch-alls, for which no number helps', () => {
    expect(() => added({}, { owner: 'Stack/App/Web' })).toThrow(
      'Stack/App/Web: the rule of Stack/App/Web (priority 50000) gets no request for all requests, as Stack/App/Api (all requests, priority 50000) gets all of them: change the ' +
      "patterns, or the 'priority' of one",
    );
    expect(() => added({}, { owner: 'Stack/App/Web', paths: ['/*'], priority: 200 })).toThrow('gets no request for all requests');
  });

  test('is one of two with the same patterns', () => {
    expect(() => added({ paths: ['/api/*'] }, { owner: 'Stack/App/Web', paths: ['/api/*'] })).toThrow('gets no request for path /api/*');
  });

  test('is none where a path differs, or a host', () => {
    expect(added({ hosts: ['a.example.org'], paths: ['/x*'], priority: 1 }, { owner: 'B', hosts: ['b.example.org'], paths: ['/x*'], priority: 2 })).toHaveLength(2);
    expect(added({ paths: ['/api/*'], priority: 1 }, { owner: 'B', paths: ['/api'], priority: 2 })).toHaveLength(2);
  });

  test('is not looked for in patterns that nobody knows yet', () => {
    const unknown: Pattern = { value: '${Token[Host.1]}', text: '{"Ref":"Host"}', isKnown: false };
    const present = added({ hosts: ['*.example.org'], priority: 1 });
    const [rule] = rulesOf({ owner: 'B', hosts: [unknown], paths: [] }, present);
    expect(rule.priority).toBeLessThan(priorityOf({ paths: ['/a'] }));
    expect(() => rulesOf({ owner: 'C', hosts: [unknown], paths: [] }, [rule])).toThrow('gets no request for host {"Ref":"Host"}');
  });
});

describe('two allotted rules of one class', () => {
  test.each([['/a*', '/*b'], ['/fast*', '/fastapi*'], ['/x/*', '/x/y*']])('are an error where both match some requests, which names a number: %s and %s', (one, other) => {
    const build = (priority?: number) => added({ paths: [one] }, { owner: 'Stack/App/Web', paths: [other], priority });
    const free = freeNumberIn(build, `Stack/App/Web: 'priority' must be given, as some requests match both its rule for path ${other} and Stack/App/Api (path ${one}, priority `);
    expect(build(free)).toHaveLength(2);
  });

  test('are none where no request matches both', () => {
    expect(added({ paths: ['/a*'] }, { owner: 'B', paths: ['/b*'] }, { owner: 'C', hosts: ['*.a.org'] }, { owner: 'D', hosts: ['*.b.org'] })).toHaveLength(4);
  });
});

describe('the five values of a rule', () => {
  test.each([
    [['/1', '/2', '/3', '/4', '/5'], [], 0, 1],
    [['/1', '/2', '/3', '/4', '/5', '/6'], [], 0, 2],
    [['/1', '/2', '/3', '/4', '/5', '/6'], [], 2, 2],
    [['/1', '/2', '/3', '/4', '/5', '/6', '/7'], [], 2, 3],
    [['/1', '/2', '/3', '/4'], ['a.org'], 0, 1],
    [['/1', '/2', '/3'], ['a.org', 'b.org', 'c.org'], 0, 2],
    [['/1', '/2'], ['a.org', 'b.org'], 2, 2],
    [['/1*', '/2*', '/3*', '/4*', '/5*', '/6*'], [], 0, 2],
    [['/1*?*', '/2*?*', '/3*?*'], [], 0, 3],
  ])('hold paths %j and hosts %j besides %d others in %d rules', (paths, hosts, otherValues, count) => {
    const rules = rulesFor({ paths, hosts, priority: 1 }, otherValues);
    expect(rules).toHaveLength(count);
    for (const rule of rules) {
      const texts = textsOf([rule])[0];
      expect(texts.length + otherValues).toBeLessThanOrEqual(5);
      expect(texts.join('').replace(/[^*?]/g, '').length).toBeLessThanOrEqual(5);
    }
    const hostsOf = (rule: ForwardingRule) => (rule.hosts.length > 0 ? rule.hosts : [undefined]);
    const pairs = rules.flatMap((rule) => rule.paths.flatMap((path) => hostsOf(rule).map((host) => `${host?.text} ${path.text}`)));
    expect(new Set(pairs).size).toBe(paths.length * Math.max(hosts.length, 1));
    expect(pairs).toHaveLength(new Set(pairs).size);
  });

  test('are not enough for a host and a path with six wildcards', () => {
    expect(() => rulesFor({ paths: ['/*a*b*'], hosts: ['*.?.*.org'] })).toThrow(/at most 5 wildcards together in a host and a path, got more in host \*\.\?\.\*\.org and path/);
  });
});

describe('in 10 000 sequences of routes', () => {
  const random = randomOf(2);
  const oneOf = <T>(values: T[]): T => values[random(values.length)];
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: random(most + 1) }, make);
  const path = () => oneOf(['/', '/*', '*']) + some(3, () => oneOf(['a', 'api', 'v2', 'b', '*', '?'])).join(oneOf(['/', ''])) + oneOf(['', '', '*', '/*', '.png']);
  const host = () => oneOf(['*.', 'a.', 'b.', 'a?.']) + oneOf(['example.org', 'eu.example.org', 'example.com']);
  const priority = () => (random(3) === 0 ? 1 + random(60) : undefined);
  const sequences = Array.from({ length: 10_000 }, () => Array.from({ length: 2 + random(4) }, (_, index): Given => ({
    owner: `Route${index}`, paths: some(2, path), hosts: some(1 + random(2), host), priority: priority(),
  })));

  /** What a sequence comes to, where a route that is refused is left out. */
  function played(sequence: Given[]) {
    let rules: ForwardingRule[] = [];
    const errors: { given: Given; error: string; before: ForwardingRule[] }[] = [];
    for (const given of sequence) {
      try {
        rules = [...rules, ...rulesOf(request(given), rules)];
      } catch (error) {
        errors.push({ given, error: String(error), before: rules });
      }
    }
    return { rules, errors };
  }

  const all = sequences.map(played);

  test('adding one renumbers no other: each has the number that it has alone', () => {
    const moved = all.flatMap(({ rules }, index) => sequences[index].filter(({ owner }) => {
      const own = rules.filter((rule) => rule.owner === owner);
      return own.length > 0 && JSON.stringify(own) !== JSON.stringify(rulesFor(sequences[index].find((given) => given.owner === owner)!));
    }));
    expect(moved).toEqual([]);
    expect(all.filter(({ rules }) => new Set(rules.map((rule) => rule.owner)).size > 2).length).toBeGreaterThan(2_000);
  });

  test('no two rules have one number', () => {
    expect(all.filter(({ rules }) => new Set(rules.map((rule) => rule.priority)).size < rules.length)).toEqual([]);
  });

  test('each rule is within what one may have', () => {
    const texts = all.flatMap(({ rules }) => textsOf(rules));
    expect(texts.filter((values) => values.length > 5 || values.join('').replace(/[^*?]/g, '').length > 5)).toEqual([]);
  });

  test('an earlier rule never covers a later one of another route', () => {
    const isCovered = (outer: readonly Pattern[], { text }: Pattern, start?: string) =>
      outer.length === 0 || outer.some((one) => covers(one.text, text, start));
    const areCovered = (outer: readonly Pattern[], inner: readonly Pattern[], start?: string) =>
      (inner.length > 0 || outer.length === 0) && inner.every((one) => isCovered(outer, one, start));
    const isHidden = (rule: ForwardingRule, other: ForwardingRule) => other.owner !== rule.owner && other.priority < rule.priority &&
      areCovered(other.hosts, rule.hosts) && areCovered(other.paths, rule.paths, '/');
    expect(all.flatMap(({ rules }) => rules.filter((rule) => rules.some((other) => isHidden(rule, other))))).toEqual([]);
  });

  test('a number that an error names is accepted', () => {
    const named = all.flatMap(({ errors }) => errors).flatMap(({ given, error, before }) => {
      const [, number] = /(?:set it to|to) (\d+), or/.exec(error) ?? [];
      return number === undefined ? [] : [{ given: { ...given, priority: Number(number) }, before }];
    });
    expect(named.length).toBeGreaterThan(2_000);
    expect(named.filter(({ given, before }) => {
      try {
        rulesOf(request(given), before);
        return false;
      } catch {
        return true;
      }
    })).toEqual([]);
  });

  test('errors are of all kinds, and name both routes', () => {
    const texts = all.flatMap(({ errors }) => errors.map(({ error }) => error));
    const kinds = ['that no other rule has', 'as the number that is allotted', 'gets no request for', 'as some requests match both', 'wildcards together'];
    kinds.filter((kind) => kind !== kinds[1]).forEach((kind) => expect(texts.filter((text) => text.includes(kind)).length).toBeGreaterThan(10));
    expect(texts.filter((text) => !kinds.some((kind) => text.includes(kind)))).toEqual([]);
    expect(texts.filter((text) => !text.includes('wildcards together') && new Set(text.match(/Route\d/g)).size < 2)).toEqual([]);
  });
});
