import { S3Client } from '@aws-sdk/client-s3';
import { WasabiSession } from '../../../../lambda/photos/wasabi/session';

const refusal = (name: string, httpStatusCode?: number) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

/** A store that takes one key id, and a secret that may be rotated. */
function rotating(...secrets: string[]) {
  const readSecret = jest.fn(async () => {
    const accessKeyId = secrets.length > 1 ? secrets.shift()! : secrets[0];
    return { accessKeyId, secretAccessKey: 's3cr3t' };
  });
  const session = new WasabiSession(readSecret, ({ accessKeyId }) => ({ accessKeyId }) as unknown as S3Client);
  return { readSecret, session };
}

const keyOf = (client: S3Client) => (client as unknown as { accessKeyId: string }).accessKeyId;
const takesOnly = (valid: string, error: Error = refusal('InvalidAccessKeyId', 403)) => jest.fn(async (client: S3Client) => {
  if (keyOf(client) !== valid) throw error;
  return valid;
});

test('the secret is not read before it is needed, and then once', async () => {
  const { readSecret, session } = rotating('old');
  expect(readSecret).not.toHaveBeenCalled();
  await Promise.all([session.run(takesOnly('old')), session.run(takesOnly('old'))]);
  await session.run(takesOnly('old'));
  expect(readSecret).toHaveBeenCalledTimes(1);
});

test.each([
  refusal('InvalidAccessKeyId'), refusal('SignatureDoesNotMatch'), refusal('AccessDenied'), refusal('ExpiredToken'), refusal('InvalidToken'),
  refusal('TokenRefreshRequired'), refusal('Unknown', 401), refusal('403', 403),
])('after %s it is read again, and with a new key the operation is tried once more', async (error) => {
  const { readSecret, session } = rotating('old', 'new');
  const operation = takesOnly('new', error);
  expect(await session.run(operation)).toBe('new');
  expect(operation).toHaveBeenCalledTimes(2);
  await session.run(operation);
  expect(readSecret).toHaveBeenCalledTimes(2);
});

test('a new secret of the same key counts as new', async () => {
  const secrets = ['old', 'new'];
  const session = new WasabiSession(
    async () => ({ accessKeyId: 'key', secretAccessKey: secrets.shift()! }),
    ({ secretAccessKey }) => ({ accessKeyId: secretAccessKey }) as unknown as S3Client,
  );
  expect(await session.run(takesOnly('new'))).toBe('new');
});

test('with the same key the refusal stands: nothing is tried twice', async () => {
  const { readSecret, session } = rotating('old');
  const operation = takesOnly('new');
  await expect(session.run(operation)).rejects.toThrow('InvalidAccessKeyId');
  expect(operation).toHaveBeenCalledTimes(1);
  expect(readSecret).toHaveBeenCalledTimes(2);
});

test('a new key that is refused, too, is not replaced a second time', async () => {
  const { readSecret, session } = rotating('old', 'newer', 'newest');
  await expect(session.run(takesOnly('newest'))).rejects.toThrow('InvalidAccessKeyId');
  expect(readSecret).toHaveBeenCalledTimes(2);
});

test('another failure is no reason to read the secret again', async () => {
  const { readSecret, session } = rotating('old', 'new');
  await expect(session.run(takesOnly('new', refusal('SlowDown', 503)))).rejects.toThrow('SlowDown');
  expect(readSecret).toHaveBeenCalledTimes(1);
});

test('two operations that are refused at the same time read the secret again once', async () => {
  const { readSecret, session } = rotating('old', 'new', 'never');
  const results = await Promise.all([session.run(takesOnly('new')), session.run(takesOnly('new'))]);
  expect(results).toEqual(['new', 'new']);
  expect(readSecret).toHaveBeenCalledTimes(2);
});

test('a secret that could not be read is asked for again by the next operation', async () => {
  const { readSecret, session } = rotating('old');
  readSecret.mockRejectedValueOnce(new Error('throttled'));
  await expect(session.run(takesOnly('old'))).rejects.toThrow('throttled');
  expect(await session.run(takesOnly('old'))).toBe('old');
});
