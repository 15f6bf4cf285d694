import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { ContainerAppWithAlb } from '../../src';
import { BUILD_KEYS, DEPLOY_KEYS, HEALTH_CHECK_KEYS, KeyRules, SERVICE_KEYS, TOP_KEYS } from '../../src/compose/compose-keys';
import { network } from '../container-app/container-app-with-alb';

const folder = mkdtempSync(join(tmpdir(), 'compose-generated-'));
mkdirSync(join(folder, 'app'));
writeFileSync(join(folder, 'app', 'Dockerfile'), 'FROM scratch\n');
writeFileSync(join(folder, 'app.env'), 'A=1\nB="${A}2"\n');
afterAll(() => rmSync(folder, { recursive: true }));

/** The same numbers each time. */
class Random {
  public constructor(private state: number) {}

  public below(limit: number): number {
    this.state = (this.state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor(this.state / 2 ** 32 * limit);
  }

  public of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  public some<T>(list: readonly T[], count: number): T[] {
    return [...new Set(Array.from({ length: count * 3 }, () => this.of(list)))].slice(0, count);
  }
}

/** What is wrong with a file, a line each; nothing if it becomes an app. */
function problemsOf(file: object | string): string[] {
  writeFileSync(join(folder, 'compose.yaml'), typeof file === 'string' ? file : JSON.stringify(file));
  const stack = new Stack(new App(), 'Stack');
  try {
    ContainerAppWithAlb.fromCompose(stack, 'Shop', { vpc: network(stack), file: join(folder, 'compose.yaml') });
    return [];
  } catch (error) {
    const [first, ...problems] = (error as Error).message.split('\n  ');
    expect({ first, type: (error as Error).constructor }).toEqual({ first: 'Stack/Shop: the compose file cannot become a ContainerAppWithAlb:', type: Error });
    expect(new Set(problems).size).toBe(problems.length);
    return problems;
  }
}

/** As people write them, those that AWS cannot do among them. */
const USUAL: Record<string, unknown[]> = {
  build: ['./app', { context: 'app', args: { A: 1 } }, { context: './app', target: 'production', cache_from: ['a'] }],
  cap_add: [['CHOWN'], ['NET_BIND_SERVICE', 'SETUID'], ['NET_ADMIN']],
  command: ['run --all', ['run', '--all'], 'sh -c "run --all"'],
  cpus: ['.5', 0.25, 2, '1.5', 32],
  depends_on: [['search'], { search: { condition: 'service_healthy' } }, { job: { condition: 'service_completed_successfully' } }],
  deploy: [{ replicas: 2 }, { resources: { limits: { cpus: '0.50', memory: '50M' } } }, { mode: 'replicated', labels: { a: 'b' } }, { mode: 'global' }],
  entrypoint: ['/run.sh', ['/run.sh', '-x'], null],
  env_file: ['app.env', ['app.env'], [{ path: 'none.env', required: false }], 'none.env'],
  environment: [{ A: 1, B: true, C: 'http://search:9200' }, ['A=1', 'B='], { A: '${A:-5}' }, { A: null }],
  expose: [[9000], ['9000'], ['9000/udp']],
  healthcheck: [{ test: 'curl localhost/up' }, { test: ['CMD', 'up'], interval: '1m30s', timeout: '10s', retries: 3 }, { disable: true }],
  links: [['search'], ['search:find']],
  mem_limit: ['512m', '1g', 1_073_741_824, '1gb'],
  platform: ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
  ports: [['80:8000'], [8000], [{ target: 8000, published: '80', mode: 'host' }], ['127.0.0.1:80:8000/tcp'], ['53:53/udp']],
  profiles: [[], null],
  read_only: [true, false],
  scale: [1, 2, 0],
  secrets: [['key'], [{ source: 'key', target: 'KEY' }]],
  stop_grace_period: ['10s', '1m30s', '5m'],
  tmpfs: ['/run', ['/run', '/var/cache:size=64m,mode=755']],
  user: ['1000:1000', 1000, 'node'],
  volumes: [['/var/cache'], [{ type: 'tmpfs', target: '/run' }], ['./src:/src']],
  working_dir: ['/srv'],
};

const rulesOf = (rules: KeyRules, ...rule: string[]) => Object.keys(rules).filter((key) => rule.includes(rules[key].rule));

test('there are usual values for each key that becomes something', () => {
  expect(Object.keys(USUAL).sort()).toEqual(rulesOf(SERVICE_KEYS, 'maps').filter((key) => key !== 'image').sort());
});

test('of files as people write them, with three keys and more, none is more than refused, and at most a third is', () => {
  const random = new Random(1);
  const keys = [...rulesOf(SERVICE_KEYS, 'maps').filter((key) => key !== 'image'), ...rulesOf(SERVICE_KEYS, 'ignored')];
  const outcomes = Array.from({ length: 45 }, () => {
    const chosen = random.some(keys, 3 + random.below(3));
    const given = Object.fromEntries(chosen.map((key) => [key, random.of(USUAL[key] ?? ['text', ['text'], { a: 'text' }, true])]));
    return problemsOf({
      services: {
        web: { image: 'example/web:1', ports: ['80:8000'], ...given },
        search: { image: 'example/search:1', expose: [9200], volumes: ['index:/data'] },
        job: { image: 'example/job:1' },
      },
      volumes: { index: null },
      secrets: { key: { external: true } },
    });
  });
  const refused = outcomes.filter((problems) => problems.length > 0);
  refused.flat().forEach((problem) => expect(problem).toMatch(/^compose\.yaml:1:\d+: services\.web(\.|:)/));
  expect(refused.length).toBeGreaterThan(5); // some have what AWS cannot do
  expect(refused.length).toBeLessThanOrEqual(outcomes.length / 3);
}, 30_000);

/** Of all kinds, wherever another is expected. */
const ODD: unknown[] = [
  null, '', ' ', 0, -1, 1.5, 1e21, true, false, 'a', '$', '${', '${X}', '${X:-y}', '__proto__', 'constructor', [], {}, [[]], [null], [{}], { a: null }, { '': '' }, ['a', 'a'], [1, true, null],
  '/', '//', './a', '../..', '80', '99999', '1-2', '53/udp', '\u0000', 'é', 'a'.repeat(2000), { target: null }, { source: 'd' }, { web: { condition: 'service_completed_successfully' } }, ['web', 'api'],
  'd:/d', ['CMD'], '1s', '1h', '1g', 'app.env', 'postgres:17',
];
const NAMES = ['job', '1', 'Web', 'cluster', 'ingress', 'deploy-tasks', 'api_', 'a.b', '-', '', 'names', '__proto__'];

test('of files with values of any kind anywhere, none is more than refused', () => {
  const random = new Random(2);
  const keysOf = (rules: KeyRules) => [...rulesOf(rules, 'maps', 'ignored'), random.of(Object.keys(rules)), '', 'x-a', '__proto__'];
  const oddly = (rules: KeyRules, count: number): object => Object.fromEntries(random.some(keysOf(rules), count).map((key) => {
    const below = key === 'build' ? BUILD_KEYS : key === 'deploy' ? DEPLOY_KEYS : key === 'healthcheck' ? HEALTH_CHECK_KEYS : undefined;
    return [key, below && random.below(2) === 0 ? oddly(below, 3) : random.of(ODD)];
  }));
  for (let index = 0; index < 100; index += 1) {
    const service = () => ({ image: 'a', ports: ['80'], ...oddly(SERVICE_KEYS, random.below(4)) });
    problemsOf({
      services: Object.fromEntries(['web', 'api', random.of(NAMES)].map((name) => [name, service()])),
      volumes: { d: null },
      ...random.below(8) === 0 ? oddly(TOP_KEYS, 1) : {},
    });
  }
});

test('of files with a broken character somewhere, none is more than refused', () => {
  const random = new Random(3);
  const text = 'x-a: &a { image: a }\nservices:\n  web: { <<: *a, ports: ["80:80"], environment: { A: "${B:-c}" } }\n';
  for (let index = 0; index < 60; index += 1) {
    const at = random.below(text.length);
    problemsOf(text.slice(0, at) + random.of(['&a ', '*a', '<<', '{', ']', ':', '!!', '!x ', '\t', '#', '|', '%', '\n---\n', '"', '? ', '$']) + text.slice(at + random.below(3)));
  }
});
