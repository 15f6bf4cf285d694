import type { Logger } from '@aws-lambda-powertools/logger';
import { queueArchived, RegenerationDependencies, RegenerationReport } from './queue-archived';
import { requestIn } from './request';
import type { RunContext } from '../../shared/deadline';
import { Clock } from '../reconciler/bounded-queue';

export interface HandlerDependencies extends RegenerationDependencies, Pick<Clock, 'now' | 'pause'> {
  readonly uploadPrefix: string;
  readonly logger: Pick<Logger, 'info'>;
}

export function createHandler(deps: HandlerDependencies): (event: object, context: RunContext) => Promise<RegenerationReport> {
  return async (event, context) => {
    const clock: Clock = { now: deps.now, pause: deps.pause, timeLeftMs: () => context.getRemainingTimeInMillis() };
    const report = await queueArchived(requestIn(event, deps.uploadPrefix), deps, clock);
    deps.logger.info('archived photos queued for their thumbnails', { ...report });
    return report;
  };
}
