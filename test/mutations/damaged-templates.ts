// Set-up of the tests of the constructs: whatever stack they synthesize has the defect.
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TEMPLATE_DEFECTS } from './defects';
import { damage } from './template-defect';

declare const DEFECT: string;

const defect = TEMPLATE_DEFECTS.find(({ name }) => name === DEFECT)!;
const fromStack = Template.fromStack.bind(Template);
const damaged = new WeakSet<Stack>();
Template.fromStack = (stack, options) => {
  if (!damaged.has(stack)) damage(defect, stack);
  damaged.add(stack);
  return fromStack(stack, options);
};
