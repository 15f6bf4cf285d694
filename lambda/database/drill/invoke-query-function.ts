import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Login } from './ask';

/** What went wrong in the function that asks the database, by the name that it has there. */
class QueryError extends Error {
  constructor({ errorType = 'QueryError', errorMessage = 'no reason was given' }: { errorType?: string; errorMessage?: string }) {
    super(errorMessage);
    this.name = errorType;
  }
}

export async function invokeQueryFunction(client: LambdaClient, functionName: string, login: Login): Promise<void> {
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(login) }));
  if (FunctionError) throw new QueryError(JSON.parse(Payload?.transformToString() || '{}'));
}
