import { paginateListExecutions, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Executions } from './on-request';
import { serviceAnswer } from '../../shared/service-answer';

export class StepFunctionsExecutions implements Executions {
  constructor(private readonly stepFunctions: SFNClient) {}

  async start(stateMachineArn: string, name: string, input: object): Promise<void> {
    try {
      await this.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (serviceAnswer(error).code !== 'ExecutionAlreadyExists') throw error; // Lambda tries the same event again, and the first one did start it
    }
  }

  async running(stateMachineArn: string): Promise<{ readonly arn: string; readonly name: string }[]> {
    const running = [];
    for await (const { executions = [] } of paginateListExecutions({ client: this.stepFunctions }, { stateMachineArn, statusFilter: 'RUNNING' })) {
      running.push(...executions.map(({ executionArn, name }) => ({ arn: executionArn!, name: name! })));
    }
    return running;
  }

  async stop(executionArn: string, cause: string): Promise<void> {
    await this.stepFunctions.send(new StopExecutionCommand({ executionArn, cause }));
  }
}
