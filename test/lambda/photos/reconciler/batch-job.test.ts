import { BatchTask, queueTasks } from '../../../../lambda/photos/reconciler/batch-job';
import { uploadsIn } from '../../../../lambda/photos/thumbnail/upload-event';

const UPLOADS = { bucket: 'dropbox', prefix: 'photos/', suffixes: ['.jpg', '/'] };

async function answered(task: Partial<BatchTask>, send: (bodies: string[]) => Promise<void> = async () => undefined) {
  const sent: string[] = [];
  const event = {
    invocationSchemaVersion: '2.0', invocationId: 'invocation', job: { id: 'job', userArguments: {} }, tasks: [{ taskId: 'task', s3Key: 'photos/a.jpg', s3Bucket: 'dropbox', ...task }],
  };
  const { results, ...rest } = await queueTasks(event, UPLOADS, {
    send: async (bodies) => {
      await send(bodies);
      sent.push(...bodies);
    },
  });
  return { rest, result: results[0], uploads: sent.flatMap((body) => uploadsIn(body)) };
}

test('the object of a task is queued, in the version that the manifest names', async () => {
  const { rest, result, uploads } = await answered({ s3VersionId: 'v1' });
  expect(rest).toEqual({ invocationSchemaVersion: '2.0', invocationId: 'invocation', treatMissingKeysAs: 'TemporaryFailure' });
  expect(result).toEqual({ taskId: 'task', resultCode: 'Succeeded', resultString: 'queued' });
  expect(uploads).toEqual([expect.objectContaining({ bucket: 'dropbox', key: 'photos/a.jpg', versionId: 'v1' })]);
});

test.each([null, '', 'null', undefined])('with %p for a version, the current one', async (s3VersionId) => {
  expect((await answered({ s3VersionId })).uploads[0].versionId).toBeUndefined();
});

test('the first version of the schema names the bucket by its ARN', async () => {
  expect((await answered({ s3Bucket: undefined, s3BucketArn: 'arn:aws:s3:::dropbox' })).uploads[0].bucket).toBe('dropbox');
});

test('keys are decoded, as the manifest encodes them', async () => {
  expect((await answered({ s3Key: 'photos/Gr%C3%BC%C3%9Fe+1%2B1.jpg' })).uploads[0].key).toBe('photos/Grüße 1+1.jpg');
});

test.each([
  [{ s3Bucket: 'other' }, 'other is not the dropbox, which is dropbox'],
  [{ s3Bucket: undefined }, 'undefined is not the dropbox, which is dropbox'],
  [{ s3Key: 'photos/100%.jpg' }, 'the key is not URL-encoded'],
  [{ s3Key: 'invoices/a.jpg' }, 'the key is not that of an upload'],
  [{ s3Key: 'photos/a.txt' }, 'the key is not that of an upload'],
  [{ s3Key: 'photos/folder/' }, 'the key is not that of an upload'],
])('%j is never tried again', async (task, resultString) => {
  const { result, uploads } = await answered(task);
  expect(result).toEqual({ taskId: 'task', resultCode: 'PermanentFailure', resultString });
  expect(uploads).toEqual([]);
});

test('what the queue does not take is tried again', async () => {
  const { result } = await answered({}, async () => { throw new Error('throttled'); });
  expect(result).toEqual({ taskId: 'task', resultCode: 'TemporaryFailure', resultString: 'Error: throttled' });
});
