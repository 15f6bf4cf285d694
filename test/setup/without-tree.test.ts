import { readdirSync } from 'fs';
import { App, Stack } from 'aws-cdk-lib';

test('tests write templates, and no tree', () => {
  const app = new App();
  new Stack(app, 'Stack');
  const { directory } = app.synth();
  expect(app.node.tryFindChild('Tree')).toBeDefined();
  expect(readdirSync(directory)).toContain('Stack.template.json');
  expect(readdirSync(directory)).not.toContain('tree.json'); // else CDK has it elsewhere: see without-tree.ts
});
