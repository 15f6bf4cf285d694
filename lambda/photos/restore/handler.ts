import type { Logger } from '@aws-lambda-powertools/logger';
import { requestIn } from './request';
import { restore, RestoreDependencies, RestoreReport } from './restore';
import type { RunContext } from '../../shared/deadline';

/** What ending a transfer takes. */
const TIME_TO_END_MS = 20_000;

export interface HandlerDependencies extends Omit<RestoreDependencies, 'report'> {
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export function createHandler({ logger, ...deps }: HandlerDependencies): (event: object, context: RunContext) => Promise<RestoreReport> {
  return async (event, context) => {
    const leftMs = () => context.getRemainingTimeInMillis();
    const report = await restore(
      requestIn(event),
      { ...deps, report: (problem) => logger.warn('original not restored from this copy', { ...problem }) },
      { leftMs, signal: AbortSignal.timeout(leftMs() - TIME_TO_END_MS) },
    );
    logger.info('originals restored', { ...report });
    return report;
  };
}
