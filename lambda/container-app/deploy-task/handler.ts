import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { EndDependencies, EndedRun, onEnd, Outcome } from './on-end';
import { answerableOf, onRequest, RequestDependencies } from './on-request';
import { respond } from './response';
import { deadlineOf, RunContext } from '../../shared/deadline';

export interface HandlerDependencies extends RequestDependencies, EndDependencies {}

/**
 * CloudFormation calls it and does not wait: it waits for an answer, up to the timeout of the resource. Whatever fails before a run has begun is answered here, and
 * what a run comes to when the state machine calls it at the end.
 */
export function createHandler(
  dependencies: HandlerDependencies,
): (event: CloudFormationCustomResourceEvent | EndedRun, context: RunContext) => Promise<Outcome | undefined> {
  const { put, sleep } = dependencies;
  return async (event, context) => {
    const deadline = deadlineOf(context, sleep);
    if (!('RequestType' in event)) return onEnd(event, dependencies, deadline);
    let reason: string | undefined;
    try {
      if (await onRequest(event, dependencies, deadline) === 'running') return undefined;
    } catch (error) {
      reason = `the task could not be started: ${(error as Error).message}`.slice(0, 2_000);
    }
    await respond(answerableOf(event), put, reason, sleep);
    return undefined;
  };
}
