import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readWasabiSecret } from '../../../../lambda/photos/wasabi/secret';
import { JsonServer } from '../../fixtures/json-server';

const SECRET_ID = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:demo/wasabi/access-AbCdEf';

let server: JsonServer;

beforeEach(async () => {
  server = await JsonServer.start();
});

afterEach(() => server.stop());

async function read(SecretString?: string) {
  server.answers['secretsmanager.GetSecretValue'] = () => ({ SecretString });
  const client = new SecretsManagerClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  return readWasabiSecret(client, SECRET_ID);
}

test('reads the two keys', async () => {
  expect(await read('{"WASABI_ACCESS":"AKIA","WASABI_SECRET":"s3cr3t","other":1}')).toEqual({ accessKeyId: 'AKIA', secretAccessKey: 's3cr3t' });
  expect(server.requests).toEqual([{ target: 'secretsmanager.GetSecretValue', input: { SecretId: SECRET_ID } }]);
});

test.each([
  ['without the access key', '{"WASABI_SECRET":"s3cr3t"}', 'under the key WASABI_ACCESS'],
  ['with an empty secret key', '{"WASABI_ACCESS":"s3cr3t","WASABI_SECRET":""}', 'under the key WASABI_SECRET'],
  ['with a number', '{"WASABI_ACCESS":"s3cr3t","WASABI_SECRET":5}', 'under the key WASABI_SECRET'],
  ['that is no object', '"s3cr3t"', 'under the key WASABI_ACCESS'],
  ['that is null', 'null', 'under the key WASABI_ACCESS'],
  ['that is no JSON', 's3cr3t', 'must be a JSON object'],
  ['that is binary', undefined, 'must be a JSON object'],
])('a secret %s is an error that names what is wrong and tells nothing of it', async (_, secret, message) => {
  const error: Error = await read(secret).catch((thrown) => thrown);
  expect(error.message).toContain(SECRET_ID);
  expect(error.message).toContain(message);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('s3cr3t');
});
