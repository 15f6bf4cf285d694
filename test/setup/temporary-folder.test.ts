import { tmpdir } from 'os';
import { App, Stack } from 'aws-cdk-lib';

test('what tests synthesize goes into a temporary folder of their own', () => {
  const app = new App();
  new Stack(app, 'Stack');
  expect(tmpdir()).toMatch(/cdk-mainstay-jest-\w+$/);
  expect(app.synth().directory.startsWith(tmpdir())).toBe(true);
});
