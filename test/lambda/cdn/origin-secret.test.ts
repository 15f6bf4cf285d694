import { nextStep, OriginSecret, Step } from '../../../lambda/cdn/origin-secret';

/** What an update of a stack has done so far to one of the two resources: it reads the secrets, and uses what it has read some time later. */
type Progress = 'to do' | 'done' | { readonly read: readonly string[] };

/** All that there is, of which a change of the value sees only a part. */
interface World {
  readonly current: string;
  readonly next: string;
  readonly sent: string;
  /** What edge locations send: more than one value until all have the latest configuration. */
  readonly underway: readonly string[];
  readonly accepted: readonly string[];
  /** An update of one stack that has both resources, or of two, which have one each, in either order. */
  readonly update?: { readonly distribution: Progress; readonly rule: Progress };
  /** A step that was decided, and is not done yet. */
  readonly decided?: Step;
  /** How many new values there were. */
  readonly fresh: number;
}

const START: World = { current: 'a', next: 'b', sent: 'a', underway: ['a'], accepted: ['a', 'b'], fresh: 0 };

type Decide = (seen: OriginSecret, retired: string, fresh: string) => Step;

interface Rules {
  readonly decide?: Decide;
  /** Whether a stack update may come between the look and the write of a secret. */
  readonly lateWrites?: boolean;
}

const set = (...values: string[]) => [...new Set(values)].sort();
const isDeployed = ({ sent, underway }: World) => underway.length === 1 && underway[0] === sent;
const look = (world: World): OriginSecret => ({ ...world, deployed: isDeployed(world), updating: world.update !== undefined });
const send = (world: World, value: string): World => ({ ...world, sent: value, underway: set(...world.underway, value) });

function act(world: World, step: Step): World {
  const { decided, ...rest } = world;
  switch (step.kind) {
    case 'accept': return { ...rest, accepted: set(...step.values) };
    case 'send': return send(rest, step.value);
    case 'write': return { ...rest, [step.secret]: step.value, fresh: step.secret === 'next' ? rest.fresh + 1 : rest.fresh };
    default: return rest;
  }
}

/** All that can happen next. */
function successors(world: World, retired: string, { decide = nextStep, lateWrites = false }: Rules): World[] {
  const found: World[] = [];
  const { update, decided, ...rest } = world;
  // The change: it looks and decides, and acts later, or crashes before.
  if (decided) {
    found.push(act(world, decided), { ...rest, update });
  } else {
    const step = decide(look(world), retired, `new ${world.fresh}`);
    if (step.kind === 'write' && !lateWrites) found.push(act(world, step));
    else if (step.kind !== 'wait' && step.kind !== 'done') found.push({ ...world, decided: step });
  }
  // CloudFront tells the edge locations.
  if (!isDeployed(world)) found.push({ ...world, underway: [world.sent] });
  // CloudFormation begins, reads the secrets for one resource or the other, uses what it has read, and ends; or finds nothing to change in one of them.
  if (!update) {
    for (const distribution of ['to do', 'done'] as const) for (const rule of ['to do', 'done'] as const) found.push({ ...world, update: { distribution, rule } });
    return found;
  }
  const { distribution, rule } = update;
  if (distribution === 'to do') found.push({ ...world, update: { ...update, distribution: { read: [world.current] } } });
  else if (distribution !== 'done') found.push({ ...send(world, distribution.read[0]), update: { ...update, distribution: 'done' } });
  if (rule === 'to do') found.push({ ...world, update: { ...update, rule: { read: set(world.current, world.next) } } });
  else if (rule !== 'done') found.push({ ...world, accepted: rule.read, update: { ...update, rule: 'done' } });
  if (distribution === 'done' && rule === 'done') found.push({ ...world, update: undefined });
  return found;
}

/** Every world that can come of one, by whatever order of events. */
function reachable(start: World, retired: string, rules: Rules = {}): World[] {
  const key = (world: World) => JSON.stringify([
    world.current, world.next, world.sent, world.underway, world.accepted, world.update, world.decided, world.fresh,
  ]);
  const seen = new Map([[key(start), start]]);
  for (const world of seen.values()) {
    for (const next of successors(world, retired, rules)) if (!seen.has(key(next))) seen.set(key(next), next);
  }
  return [...seen.values()];
}

const refused = (world: World) => world.underway.filter((value) => !world.accepted.includes(value));

/** Nobody interrupts, and what is waited for comes. */
function undisturbed(start: World, retired: string): { steps: string[]; end: World } {
  let world = act(start, { kind: 'done' });
  const steps: string[] = [];
  for (let each = 0; each < 30; each++) {
    const step = nextStep(look(world), retired, `new ${world.fresh}`);
    steps.push(Object.values(step).flat().join(' '));
    if (step.kind === 'done') return { steps, end: world };
    world = step.kind === 'wait' ? { ...world, underway: [world.sent], update: undefined } : act(world, step);
  }
  throw new Error(`no end of ${steps.join(', ')}`);
}

describe('a change of the value', () => {
  test('has CloudFront send the next one before it is current, and has another next one accepted at the end', () => {
    const { steps, end } = undisturbed(START, 'a');
    expect(steps).toEqual(['send b', 'wait edge locations', 'write current b', 'write next new 0', 'accept b new 0', 'done']);
    expect(end).toEqual({ current: 'b', next: 'new 0', sent: 'b', underway: ['b'], accepted: ['b', 'new 0'], fresh: 1 });
  });

  test('refuses no request, whenever stacks are updated and wherever it breaks off', () => {
    const worlds = reachable(START, 'a');
    expect(worlds.length).toBeGreaterThan(100);
    expect(worlds.filter((world) => refused(world).length > 0)).toEqual([]);
  });

  test('comes to an end from wherever it broke off, after which nobody sends or accepts the old value', () => {
    for (const world of reachable(START, 'a')) {
      const settled = { ...world, ...finished(world), update: undefined, decided: undefined };
      const { end } = undisturbed(settled, 'a');
      expect([end.current, end.next, end.sent, ...end.underway, ...end.accepted]).not.toContain('a');
      expect(end.accepted).toEqual(set(end.current, end.next));
      expect(end.current).not.toBe(end.next);
    }
  });

  test('that is done stays done: no stack update brings the old value back', () => {
    const ends = reachable(START, 'a').filter((world) => !world.decided && nextStep(look(world), 'a', 'x').kind === 'done');
    expect(ends.length).toBeGreaterThan(0);
    for (const end of ends.filter(({ update }) => !update)) {
      for (const { current, next, sent, accepted } of reachable(end, 'a')) expect([current, next, sent, ...accepted]).not.toContain('a');
    }
  });

  test('can follow another that broke off anywhere, also to take back the value that is to come', () => {
    const starts = reachable(START, 'a').filter(({ update, decided }) => !update && !decided);
    for (const start of starts) {
      for (const retired of new Set([start.current, start.next, start.sent])) {
        expect(reachable({ ...start, fresh: 10 }, retired).filter((world) => refused(world).length > 0)).toEqual([]);
      }
    }
  });
});

/** A stack update that was under way has used what it had read. */
function finished(world: World): Partial<World> {
  const { distribution, rule } = world.update ?? { distribution: 'done', rule: 'done' } as const;
  const sending = typeof distribution === 'object' ? send(world, distribution.read[0]) : world;
  return { ...sending, accepted: typeof rule === 'object' ? rule.read : world.accepted };
}

describe('each condition of a step is needed: there would be refused requests', () => {
  const change = (edit: (seen: OriginSecret) => OriginSecret): Decide => (seen, retired, fresh) => nextStep(edit(seen), retired, fresh);

  test.each<[string, Rules]>([
    ['without waiting for the edge locations', { decide: change((seen) => ({ ...seen, deployed: true })) }],
    ['without waiting for an update of a stack', { decide: change((seen) => ({ ...seen, updating: false })) }],
    ['if the rule were not looked at', { decide: change((seen) => ({ ...seen, accepted: [seen.current, seen.next] })) }],
    ['if a secret were written long after the look', { lateWrites: true }],
  ])('%s', (_, rules) => {
    const starts = [START, { ...START, accepted: ['a', 'old'] }]; // a rule that has not read a new next value yet
    expect(starts.flatMap((start) => reachable(start, 'a', rules)).filter((world) => refused(world).length > 0)).not.toEqual([]);
  });
});
