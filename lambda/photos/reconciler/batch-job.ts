import { S3BatchResult, S3BatchResultResult } from 'aws-lambda';
import { uploadMessage } from './original';
import { PhotoQueue } from './photo-queue';
import { isUpload, Uploads } from './walk';
import { redactedError } from '../../shared/redacted-error';
import { permanentVersionId } from '../thumbnail/upload-event';

/**
 * What S3 Batch Operations asks of a function, in either version of its schema: they differ in how the bucket is named.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
 */
export interface BatchJobEvent {
  readonly invocationSchemaVersion: string;
  readonly invocationId: string;
  readonly tasks: BatchTask[];
}

export interface BatchTask {
  readonly taskId: string;
  /** As in the manifest, so URL-encoded. */
  readonly s3Key: string;
  readonly s3VersionId?: string | null;
  readonly s3Bucket?: string;
  readonly s3BucketArn?: string;
}

type Result = Omit<S3BatchResultResult, 'taskId'>;

/** Queues the object of each task. */
export async function queueTasks(event: BatchJobEvent, uploads: Uploads, queue: Pick<PhotoQueue, 'send'>): Promise<S3BatchResult> {
  return {
    invocationSchemaVersion: event.invocationSchemaVersion,
    invocationId: event.invocationId,
    treatMissingKeysAs: 'TemporaryFailure',
    results: await Promise.all(event.tasks.map(async (task) => ({ taskId: task.taskId, ...await queueTask(task, uploads, queue) }))),
  };
}

async function queueTask(task: BatchTask, uploads: Uploads, queue: Pick<PhotoQueue, 'send'>): Promise<Result> {
  const bucket = task.s3Bucket ?? task.s3BucketArn?.replace(/^.*:/, '');
  if (bucket !== uploads.bucket) return { resultCode: 'PermanentFailure', resultString: `${bucket} is not the dropbox, which is ${uploads.bucket}` };

  const key = decoded(task.s3Key);
  if (key === undefined) return { resultCode: 'PermanentFailure', resultString: 'the key is not URL-encoded' };
  if (!isUpload(key, uploads) || key.endsWith('/')) return { resultCode: 'PermanentFailure', resultString: 'the key is not that of an upload' };

  try {
    await queue.send([uploadMessage(bucket, { key, versionId: permanentVersionId(task.s3VersionId || undefined) })]);
    return { resultCode: 'Succeeded', resultString: 'queued' };
  } catch (error) {
    const { name, message } = redactedError(error);
    return { resultCode: 'TemporaryFailure', resultString: `${name}: ${message}` };
  }
}

function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
