import { JsonServer } from '../../fixtures/json-server';
import { S3Server } from '../../fixtures/s3-server';

const environment = { ...process.env };

let wasabi: S3Server;
let services: JsonServer;
let output: jest.SpyInstance;

beforeEach(async () => {
  [wasabi, services] = await Promise.all([S3Server.start(), JsonServer.start()]);
  output = jest.spyOn(console, 'info').mockImplementation();
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: services.url, POWERTOOLS_DEV: 'true',
  });
});

afterEach(async () => {
  process.env = { ...environment };
  await Promise.all([wasabi.stop(), services.stop()]);
});

function create(): Promise<unknown> {
  jest.resetModules();
  const { handler } = jest.requireActual('../../../../lambda/photos/archive-bucket');
  const ResourceProperties = { BucketName: 'photoarchive', Endpoint: wasabi.url, Region: 'eu-west-1', SecretId: 'demo/wasabi/access', OnDelete: 'keep' };
  return handler({ RequestType: 'Create', StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Photos/1', LogicalResourceId: 'PhotosArchive', ResourceProperties });
}

test('the deployed function reads the secret of the event and makes the bucket at the endpoint of the event', async () => {
  services.answers['secretsmanager.GetSecretValue'] = () => ({ SecretString: '{"WASABI_ACCESS":"WASABIKEY","WASABI_SECRET":"s3cr3t"}' });
  await create();

  expect(wasabi.buckets.get('photoarchive')).toMatchObject({
    region: 'eu-west-1',
    versioning: 'Enabled',
    tags: { 'cdk-mainstay:stack': 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Photos/1', 'cdk-mainstay:resource': 'PhotosArchive' },
  });
  expect(wasabi.requests.every(({ headers }) => headers.authorization.includes('Credential=WASABIKEY/'))).toBe(true);
  expect(services.requests.map(({ input }) => input)).toEqual([{ SecretId: 'demo/wasabi/access' }]);
  expect(JSON.stringify(output.mock.calls)).not.toMatch(/WASABIKEY|s3cr3t/);
});

test('a secret store that never answers is an error of the deployment', async () => {
  jest.doMock('../../../../lambda/shared/request-timeouts', () => ({ REQUEST_TIMEOUTS: { requestTimeout: 50, throwOnRequestTimeout: true } }));
  wasabi.before = () => new Promise<never>(() => undefined);
  process.env.AWS_ENDPOINT_URL = wasabi.url;
  await expect(create()).rejects.toThrow('could not be prepared with the key in demo/wasabi/access');
  jest.dontMock('../../../../lambda/shared/request-timeouts');
});
