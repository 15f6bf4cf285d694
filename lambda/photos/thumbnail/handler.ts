import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Logger } from '@aws-lambda-powertools/logger';
import { MetricUnit, type Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { DeadLetters } from './dead-letters';
import { MadeThumbnails, Outcome } from './outcome';
import { Rejection } from './rejection';
import { SerialByKey } from './serial-by-key';
import { TimeBudget } from './time-budget';
import { photosIn, Upload } from './upload-event';
import type { RunContext } from '../../shared/deadline';
import { redactedError } from '../../shared/redacted-error';
import { ArchivedPhoto } from '../regenerate/archived-photo';

export interface HandlerDependencies {
  readonly process: (photo: Upload | ArchivedPhoto, isLastTry: boolean) => Promise<Outcome>;
  /** How often a message is received before it is parked. */
  readonly maxReceiveCount: number;
  readonly deadLetters: DeadLetters;
  readonly budget: TimeBudget;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'addMetric' | 'hasStoredMetrics' | 'publishStoredMetrics'>;
}

/** For what follows when the time of a run is up: photos fail, metrics are published, Lambda is told which messages are left. */
const CONCLUDING_MS = 3_000;

export function createHandler(deps: HandlerDependencies): (event: SQSEvent, context: RunContext) => Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS);
  return async (event, context) => {
    const inTime = deps.budget.begin(context.getRemainingTimeInMillis() - CONCLUDING_MS);
    const serial = new SerialByKey();
    try {
      return await processPartialResponse(event, (record: SQSRecord) => processRecord(record, serial, deps), processor, {
        processInParallel: true, // as far as the memory allows
        throwOnFullBatchFailure: false, // it would only hide which ones
      });
    } finally {
      inTime();
      if (deps.metrics.hasStoredMetrics()) deps.metrics.publishStoredMetrics();
    }
  };
}

async function processRecord(record: SQSRecord, serial: SerialByKey, deps: HandlerDependencies): Promise<void> {
  const failures: unknown[] = [];
  const isLastTry = Number(record.attributes?.ApproximateReceiveCount) >= deps.maxReceiveCount;
  for (const photo of await photosOf(record, deps)) {
    try {
      await serial.run(`${photo.bucket}/${photo.key}`, async () => {
        deps.budget.signal.throwIfAborted();
        await report(await deps.process(photo, isLastTry), described(photo, record), deps);
      });
    } catch (error) {
      failures.push(error);
      // Whatever fails after the end of the time failed because of it.
      const cause = redactedError(deps.budget.signal.aborted ? deps.budget.signal.reason : error);
      deps.logger.error(isLastTry ? 'photo failed for the last time' : 'photo failed, will be tried again', { ...described(photo, record), error: cause });
      deps.metrics.addMetric('PhotosFailed', MetricUnit.Count, 1);
      if (isLastTry) deps.metrics.addMetric('PhotosGivenUp', MetricUnit.Count, 1);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function photosOf(record: SQSRecord, deps: HandlerDependencies): Promise<(Upload | ArchivedPhoto)[]> {
  try {
    return photosIn(record.body);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    await deps.deadLetters.send(record.body, error.reason);
    reportRejection(error, { messageId: record.messageId }, deps);
    return [];
  }
}

async function report(outcome: Outcome, description: Record<string, unknown>, deps: HandlerDependencies): Promise<void> {
  const { logger, metrics } = deps;
  switch (outcome.outcome) {
    case 'ignored':
      logger.info('folder marker ignored', description);
      return;
    case 'gone':
      logger.info('photo is gone already: a repeated event', description);
      return;
    case 'rejected':
      reportRejection(outcome.rejection, { ...description, tag: outcome.tag }, deps);
      return;
    case 'not-archived':
      logger.info('no thumbnails made again: the archive has no original of this dropbox under the key', description);
      return;
    case 'not-regenerated':
      logger.warn('no thumbnails made again', { ...description, reason: outcome.rejection.reason, detail: outcome.rejection.message });
      metrics.addMetric('PhotosFailed', MetricUnit.Count, 0);
      return;
    case 'regenerated':
      logger.info('thumbnails made again', { ...description, ...outcome });
      if (outcome.damagedVersionIds.length > 0) {
        logger.warn('archived copies are damaged: their content is not what was archived', { ...description, versionIds: outcome.damagedVersionIds });
      }
      reportThumbnails(outcome, metrics);
      return;
    case 'archived':
      logger.info('photo archived', { ...description, ...outcome });
      metrics.addMetric('PhotosArchived', MetricUnit.Count, 1);
      metrics.addMetric('OriginalBytesArchived', MetricUnit.Bytes, outcome.bytes);
      reportThumbnails(outcome, metrics);
  }
}

function reportThumbnails({ thumbnails, thumbnailsSkipped }: MadeThumbnails, metrics: HandlerDependencies['metrics']): void {
  metrics.addMetric('PhotosFailed', MetricUnit.Count, 0); // so that the average is the share of tries that fail
  metrics.addMetric('ThumbnailsWritten', MetricUnit.Count, thumbnails.filter(({ result }) => result === 'written').length);
  if (thumbnailsSkipped) metrics.addMetric('PhotosWithoutThumbnails', MetricUnit.Count, 1);
}

/** What a user uploaded is no failure that an operator could mend: it is tagged, and neither parked nor counted as failed. */
function reportRejection(rejection: Rejection, description: Record<string, unknown>, { logger, metrics }: HandlerDependencies): void {
  logger.warn('photo rejected', { ...description, reason: rejection.reason, detail: rejection.message });
  metrics.addMetric('PhotosRejected', MetricUnit.Count, 1);
  metrics.addMetric('PhotosFailed', MetricUnit.Count, 0);
}

function described({ bucket, key, versionId }: Pick<Upload, 'bucket' | 'key' | 'versionId'>, { messageId }: SQSRecord): Record<string, unknown> {
  return { bucket, key, versionId, messageId };
}
