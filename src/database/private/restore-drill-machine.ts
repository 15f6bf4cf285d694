import { Aws } from 'aws-cdk-lib';

/**
 * The state machine of a drill, in the language of Step Functions. The function decides what comes next; what it restored is destroyed even if it breaks off.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
export function drillDefinition(functionArn: string): object {
  const after = (next: string, state: string) => ({ Variable: '$.next', StringEquals: next, Next: state });
  return {
    Comment: 'Restores the newest automated snapshot, asks the restored database, and destroys it',
    TimeoutSeconds: 24 * 3600, // longer than all that the function waits for
    StartAt: 'Begin',
    States: {
      'Begin': { Type: 'Pass', Result: { phase: 'clear', looks: 0 }, Next: 'Take a step' },
      'Take a step': {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
        Parameters: { 'FunctionName': functionArn, 'Payload.$': '$' },
        OutputPath: '$.Payload',
        Retry: [{
          ErrorEquals: ['Lambda.ClientExecutionTimeoutException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'],
          IntervalSeconds: 10,
          MaxAttempts: 6,
          BackoffRate: 2,
        }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Give up' }],
        Next: 'What is next',
      },
      'Give up': { Type: 'Pass', Parameters: { 'phase': 'destroy', 'looks': 0, 'failure.$': '$.failure' }, Next: 'Wait' },
      'What is next': {
        Type: 'Choice',
        Choices: [after('succeeded', 'Restored'), after('tooEarly', 'Nothing to restore yet'), after('failed', 'Not restored')],
        Default: 'Wait',
      },
      'Wait': { Type: 'Wait', Seconds: 60, Next: 'Take a step' },
      'Restored': { Type: 'Succeed' },
      'Nothing to restore yet': { Type: 'Succeed' },
      'Not restored': { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  };
}
