import { addAbortSignal, Readable } from 'stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { TimeBudget } from './time-budget';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

/** How clients send their requests: each ends at its timeout or when the time of the run is up, and so does reading its answer. */
export class BudgetedRequests extends NodeHttpHandler {
  constructor(private readonly budget: TimeBudget) {
    super(REQUEST_TIMEOUTS);
  }

  public override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    const { signal } = this.budget;
    const answer = await super.handle(request, { ...options, abortSignal: signal });
    if (answer.response.body instanceof Readable) addAbortSignal(signal, answer.response.body);
    return answer;
  }
}
