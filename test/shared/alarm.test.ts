import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarm } from '../../src/shared/alarm';

function synth(props: Partial<Parameters<typeof alarm>[2]>, subjectOf?: (scope: Construct) => Construct) {
  const stack = new Stack(undefined, 'Stack');
  const scope = new Construct(stack, 'Subject');
  const metric = new Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateAgeOfOldestMessage' });
  alarm(scope, 'Alarm', { description: 'messages wait: are the consumers running?', metric, subject: subjectOf?.(scope), ...props });
  return Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))[0].Properties;
}

test.each([
  [{ above: 0 }, 'GreaterThanThreshold', 0],
  [{ atLeast: 1 }, 'GreaterThanOrEqualToThreshold', 1],
  [{ below: 5 }, 'LessThanThreshold', 5],
])('%j', (threshold, ComparisonOperator, Threshold) => {
  expect(synth(threshold)).toMatchObject({ ComparisonOperator, Threshold });
});

test('fires after one period, and not without data', () => {
  expect(synth({ above: 1 })).toMatchObject({ EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
  expect(synth({ above: 1, evaluationPeriods: 3, treatMissingData: TreatMissingData.BREACHING }))
    .toMatchObject({ EvaluationPeriods: 3, TreatMissingData: 'breaching' });
});

test('the description begins with the path of the subject', () => {
  expect(synth({ above: 1 }).AlarmDescription).toBe('Stack/Subject: messages wait: are the consumers running?');
  expect(synth({ above: 1 }, ({ node }) => node.scope as Construct).AlarmDescription).toBe('Stack: messages wait: are the consumers running?');
});
