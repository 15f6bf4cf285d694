import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { transformSync } from 'esbuild';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** What people finish reading: Construct Hub shows it as the package's page. */
test('the README is at most 250 lines and 20 KB, and its prose at most 160 characters wide', () => {
  const prose = readme.replace(/^```[^]*?^```$/gm, '').split('\n').filter((line) => !/^\||^!\[/.test(line));
  expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(20_000);
  expect(prose.length).toBeGreaterThan(50);
  expect(prose.filter((line) => line.length > 160)).toEqual([]);
});

test('the README has absolute links only, since Construct Hub shows it elsewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((target) => !target.startsWith('https://'))).toEqual([]);
});

describe('the first app of the README', () => {
  const [, code] = /```ts nofixture\n([^]*?)```/.exec(readme)!;

  test('is complete, with its imports, in at most 40 lines', () => {
    expect(code).toMatch(/^import /);
    expect(code).not.toContain('declare const');
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(40);
  });

  // That Python, Java and Go come to the same: test/consumers.
  test('synthesizes what the text below it says', () => {
    const apps: App[] = [];
    const known: Record<string, unknown> = {
      'aws-cdk-lib': { ...jest.requireActual('aws-cdk-lib'), App: class extends App { public constructor() { super(); apps.push(this); } } },
      'cdk-mainstay': jest.requireActual('../../src'),
    };
    const load = (name: string) => known[name] ?? jest.requireActual(name);
    new Function('require', transformSync(code, { loader: 'ts', format: 'cjs' }).code)(load);
    const [data, shop] = ['Data', 'Shop'].map((name) => Template.fromStack(apps[0].node.findChild(name) as Stack));
    data.resourceCountIs('AWS::EC2::NatGateway', 1);
    data.hasResourceProperties('AWS::RDS::DBInstance', { Engine: 'postgres', StorageEncrypted: true });
    data.resourceCountIs('AWS::SQS::Queue', 2);
    data.hasResource('AWS::SecretsManager::RotationSchedule', {});
    shop.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    shop.resourceCountIs('AWS::ECS::Service', 2);
    shop.resourceCountIs('AWS::ECS::TaskDefinition', 3);
  });
});

test('the version of sharp that is tested is the one that ships', () => {
  const lock = JSON.parse(readFileSync(join(root, 'lambda/photos/thumbnail/native/package-lock.json'), 'utf8'));
  const installed = JSON.parse(readFileSync(join(root, 'node_modules/sharp/package.json'), 'utf8'));
  expect(installed.version).toBe(lock.packages['node_modules/sharp'].version);
});
