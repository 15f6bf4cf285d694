import type { Logger } from '@aws-lambda-powertools/logger';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { BucketStore, ensureBucket } from './bucket';
import { ArchiveBucket, archiveBucketOf, markOf, originIn, physicalIdOf, ResourceProperties } from './properties';
import { CreateOrUpdateEvent, handleResource, OnEventResponse } from '../../shared/custom-resource';
import { redactedError } from '../../shared/redacted-error';
import { serviceAnswer } from '../../shared/service-answer';

export interface HandlerDependencies {
  readonly open: (bucket: ArchiveBucket) => BucketStore;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export function createHandler(deps: HandlerDependencies): (event: CloudFormationCustomResourceEvent) => Promise<OnEventResponse> {
  return (event) => handleResource(event, {
    createOrUpdate: (change, formerId) => createOrUpdate(change, formerId, deps),
    delete: (physicalId) => remove(physicalId, event.ResourceProperties as ResourceProperties, deps),
  });
}

async function createOrUpdate(
  event: CreateOrUpdateEvent, formerId: string | undefined, { open, logger }: HandlerDependencies,
): Promise<OnEventResponse> {
  const wanted = archiveBucketOf(event.ResourceProperties as ResourceProperties);
  if (event.RequestType === 'Update' && event.OldResourceProperties.ObjectLockMode && !wanted.objectLock) {
    logger.warn('object lock was dropped from the construct; the bucket keeps it, since it cannot be disabled', { bucket: wanted.bucket });
  }
  const origin = await ensureBucket({ wanted, mark: markOf(event), store: open(wanted), logger }).catch((error) => {
    throw explainFailure(error, wanted);
  });
  logger.info(`archive bucket ${origin}`, { ...wanted });
  return { PhysicalResourceId: physicalIdOf(wanted, origin, formerId) };
}

async function remove(physicalId: string, properties: ResourceProperties, deps: HandlerDependencies): Promise<void> {
  const { logger } = deps;
  if (properties.OnDelete !== 'destroy') {
    logger.info('archive bucket kept, as asked', { bucket: properties.BucketName });
  } else if (originIn(physicalId) === 'adopted') {
    logger.info('archive bucket kept: it was there before the stack', { bucket: properties.BucketName });
  } else {
    await removeIfEmpty(properties, deps);
  }
}

/**
 * Never fails: a stack whose teardown hangs on a store that is out of reach (its secret may be gone by now) could not be
 * deleted at all, and a bucket too many costs less than that.
 */
async function removeIfEmpty(properties: ResourceProperties, { open, logger }: HandlerDependencies): Promise<void> {
  const description = { bucket: properties.BucketName, endpoint: properties.Endpoint };
  try {
    const result = await open(archiveBucketOf(properties)).remove();
    if (result === 'not-empty') {
      logger.warn('archive bucket kept: it holds photos, or old versions of them', description);
    } else {
      logger.info(`archive bucket ${result}`, description);
    }
  } catch (error) {
    logger.warn('archive bucket kept: it could not be removed', { ...description, error: redactedError(error) });
  }
}

/** CloudFormation shows the message alone, so it must say what was tried and where. */
function explainFailure(error: unknown, { bucket, endpoint, region, secretId }: ArchiveBucket): Error {
  const { code, status } = serviceAnswer(error);
  if (status === undefined && code === 'Error') return error as Error; // one of ours
  return new Error(
    `archive bucket ${bucket} at ${endpoint} (region ${region}) could not be prepared with the key in ${secretId}: ` +
    `${code}: ${(error as Error).message}`,
  );
}
