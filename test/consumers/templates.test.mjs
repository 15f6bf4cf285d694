// The comparison of the four languages is worth what it notices.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { assertSameTemplates } from './templates.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-templates-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const queue = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 0, Tags: ['a', 'b'] }, DeletionPolicy: 'Retain' };
const template = { Resources: { Queue: queue, Topic: { Type: 'AWS::SNS::Topic' } }, Parameters: { BootstrapVersion: { Type: 'String' } } };
const statistics = (runtime) => ({
  ...template,
  Resources: {
    ...template.Resources,
    CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: runtime }, Condition: 'CDKMetadataAvailable' },
  },
  Conditions: { CDKMetadataAvailable: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, runtime] } },
});

let assemblies = 0;
function assembly(stacks) {
  const path = join(folder, String(assemblies += 1));
  mkdirSync(path);
  for (const [name, content] of Object.entries(stacks)) writeFileSync(join(path, `${name}.template.json`), JSON.stringify(content));
  return path;
}
const compare = (actual, expected = { Stack: template }) => assertSameTemplates(assembly(actual), assembly(expected));
const withQueue = (changed) => ({ Stack: { ...template, Resources: { ...template.Resources, Queue: { ...queue, ...changed } } } });

describe('the comparison of templates', () => {
  for (const [difference, actual] of [
    ['a property', withQueue({ Properties: { ...queue.Properties, DelaySeconds: 1 } })],
    ['a number that became a string', withQueue({ Properties: { ...queue.Properties, DelaySeconds: '0' } })],
    ['a property that is missing', withQueue({ Properties: { Tags: ['a', 'b'] } })],
    ['a property that is null', withQueue({ Properties: { ...queue.Properties, KmsMasterKeyId: null } })],
    ['the order of a list', withQueue({ Properties: { ...queue.Properties, Tags: ['b', 'a'] } })],
    ['a deletion policy', withQueue({ DeletionPolicy: 'Delete' })],
    ['a resource that is missing', { Stack: { ...template, Resources: { Queue: queue } } }],
    ['a resource with another id', { Stack: { ...template, Resources: { Queue2: queue, Topic: template.Resources.Topic } } }],
    ['a parameter', { Stack: { Resources: template.Resources } }],
    ['a condition', { Stack: { ...template, Conditions: { Mine: { 'Fn::Equals': ['a', 'b'] } } } }],
    ['a stack that is missing', {}],
    ['a stack too many', { Stack: template, Other: template }],
  ]) {
    test(`notices ${difference}`, () => {
      assert.throws(() => compare(actual), { code: 'ERR_ASSERTION' });
    });
  }

  test('refuses to compare nothing with nothing', () => {
    assert.throws(() => compare({}, {}), /no templates in/);
  });

  test('takes the same keys in another order', () => {
    compare({ Stack: Object.fromEntries(Object.entries(template).reverse()) });
  });

  test('passes the usage statistics of CDK by, which name the runtime', () => {
    compare({ Stack: statistics('python') }, { Stack: statistics('java') });
  });
});
