import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, type Metrics } from '@aws-lambda-powertools/metrics';
import type { S3BatchResult, ScheduledEvent } from 'aws-lambda';
import { BatchJobEvent, queueTasks } from './batch-job';
import { Clock } from './bounded-queue';
import { Backfill, backfill, reconcile, ReconcilerDependencies } from './reconcile';
import { listRejected, RejectedReport, RejectedRequest } from './rejected';
import { WalkReport } from './walk';
import type { RunContext } from '../../shared/deadline';

export interface HandlerDependencies extends ReconcilerDependencies {
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<void>;
  readonly logger: Pick<Logger, 'info'>;
  readonly metrics: Pick<Metrics, 'addMetric' | 'hasStoredMetrics' | 'publishStoredMetrics'>;
}

type Answer = WalkReport | S3BatchResult | RejectedReport;

/** Its schedule, S3 Batch Operations, and people call it. */
export function createHandler(deps: HandlerDependencies): (event: object, context: RunContext) => Promise<Answer> {
  return async (event, context) => {
    if (isBatchJob(event)) return queueTasks(event, deps.uploads, deps.queue);

    const clock: Clock = { now: deps.now, pause: deps.pause, timeLeftMs: () => context.getRemainingTimeInMillis() };
    if ('list' in event) return listRejected(rejectedIn(event), deps.uploads, deps.dropbox, clock);
    const report = isScheduled(event) ? await reconcile(new Date(event.time), deps, clock) : await backfill(backfillIn(event), deps, clock);
    deps.logger.info('dropbox walked', { ...report });
    if (report.queued > 0) deps.metrics.addMetric('OriginalsRequeued', MetricUnit.Count, report.queued); // a metric costs by the hour in which it says anything
    if (isScheduled(event)) deps.metrics.addMetric('OldestOriginalAge', MetricUnit.Seconds, ageInSeconds(report.oldest, deps.now()));
    if (deps.metrics.hasStoredMetrics()) deps.metrics.publishStoredMetrics();
    return report;
  };
}

function ageInSeconds(oldest: Date | undefined, now: Date): number {
  return oldest ? Math.round((now.getTime() - oldest.getTime()) / 1000) : 0;
}

function isBatchJob(event: object): event is BatchJobEvent {
  return 'tasks' in event;
}

function isScheduled(event: object): event is ScheduledEvent {
  return 'source' in event && event.source === 'aws.events';
}

const BACKFILL: Record<keyof Backfill, 'string' | 'number'> = { prefix: 'string', olderThanSeconds: 'number', continueAfter: 'string', retryRejected: 'string' };
const REJECTED: Record<keyof RejectedRequest, 'string'> = { list: 'string', prefix: 'string', continueAfter: 'string' };

/** What is misspelt would ask for more than was meant. */
function backfillIn(event: object): Backfill {
  return requested<Backfill>('a backfill', event, BACKFILL);
}

function rejectedIn(event: object): RejectedRequest {
  const request = requested<RejectedRequest>('a list', event, REJECTED);
  if (request.list !== 'rejected') throw new Error(`'list' must be 'rejected', got '${request.list}'`);
  return request;
}

function requested<T>(what: string, event: object, types: Record<keyof T, string>): T {
  for (const [name, value] of Object.entries(event)) {
    const type: string | undefined = types[name as keyof T];
    if (type === undefined) throw new Error(`${what} takes ${Object.keys(types).map((known) => `'${known}'`).join(', ')}, got '${name}'`);
    if (typeof value !== type) throw new Error(`'${name}' must be a ${type}, got ${JSON.stringify(value)}`);
  }
  return event as T;
}
