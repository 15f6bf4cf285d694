import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { CloudFormationStacks } from './cloudformation-stacks';
import { CloudWatchLogStreams } from './cloudwatch-log-streams';
import { EcsTasks } from './ecs-tasks';
import { createHandler } from './handler';
import { putResponse } from './put-response';
import { StepFunctionsExecutions } from './step-functions-executions';
import { sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const options = { requestHandler: REQUEST_TIMEOUTS, maxAttempts: 6 };

export const handler = createHandler({
  executions: new StepFunctionsExecutions(new SFNClient(options)),
  tasks: new EcsTasks(new ECSClient(options)),
  logStreams: new CloudWatchLogStreams(new CloudWatchLogsClient(options)),
  stacks: new CloudFormationStacks(new CloudFormationClient(options)),
  put: putResponse,
  sleep,
  logger: new Logger(),
});
