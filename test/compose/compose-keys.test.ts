import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { BUILD_KEYS, DEPLOY_KEYS, HEALTH_CHECK_KEYS, KeyRules, SERVICE_KEYS, TOP_KEYS } from '../../src/compose/compose-keys';

const MODULE = 'github.com/compose-spec/compose-go/v2@v2.16.2';

const hasGo = (() => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env.CI !== undefined; // where it must be
  }
})();

/** The schema that Docker's own reader has. */
function schema(): Record<string, any> {
  const folder = mkdtempSync(join(tmpdir(), 'compose-go-'));
  try {
    writeFileSync(join(folder, 'go.mod'), 'module none\n');
    const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', MODULE], { cwd: folder, encoding: 'utf8' }));
    return JSON.parse(readFileSync(join(Dir, 'schema', 'compose-spec.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the tables have every key of the Compose specification, and no other', () => {
  const cases: [string, KeyRules, (defs: any, whole: any) => string[]][] = [
    ['at the top', TOP_KEYS, (_, whole) => Object.keys(whole.properties)],
    ['of a service', SERVICE_KEYS, ({ container_spec, service, workload_spec }) => [container_spec, service, workload_spec].flatMap(({ properties }) => Object.keys(properties))],
    ['of deploy', DEPLOY_KEYS, ({ deployment }) => Object.keys(deployment.properties)],
    ['of healthcheck', HEALTH_CHECK_KEYS, ({ healthcheck }) => Object.keys(healthcheck.properties)],
    ['of build', BUILD_KEYS, ({ workload_spec }) => Object.keys(workload_spec.properties.build.oneOf.find(({ properties }: any) => properties).properties)],
  ];

  (hasGo ? test : test.skip).each(cases)('%s', (_, rules, keysOf) => {
    const whole = schema();
    expect(Object.keys(rules).sort()).toEqual([...new Set(keysOf(whole.$defs, whole))].sort());
  }, 120_000);
});

test('every key that has no effect or is refused says why', () => {
  const all = [TOP_KEYS, SERVICE_KEYS, BUILD_KEYS, DEPLOY_KEYS, HEALTH_CHECK_KEYS].flatMap((rules) => Object.entries(rules));
  expect(all.filter(([, { text }]) => text.length < 5)).toEqual([]);
});
