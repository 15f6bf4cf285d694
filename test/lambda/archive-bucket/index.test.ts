import { JsonServer } from '../fixtures/json-server';
import { S3Server } from '../fixtures/s3-server';

test('the deployed function reads the secret of the event and makes the bucket at the endpoint of the event', async () => {
  const [wasabi, services] = await Promise.all([S3Server.start(), JsonServer.start()]);
  const output = jest.spyOn(console, 'info').mockImplementation();
  const environment = { ...process.env };
  try {
    services.answers['secretsmanager.GetSecretValue'] = () => ({ SecretString: '{"WASABI_ACCESS":"WASABIKEY","WASABI_SECRET":"s3cr3t"}' });
    Object.assign(process.env, {
      AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: services.url, POWERTOOLS_DEV: 'true',
    });
    const { handler } = jest.requireActual('../../../lambda/archive-bucket/index');

    const ResourceProperties = { BucketName: 'photoarchive', Endpoint: wasabi.url, Region: 'eu-west-1', SecretId: 'demo/wasabi/access', OnDelete: 'keep' };
    await handler({ RequestType: 'Create', ResourceProperties });

    expect(wasabi.buckets.get('photoarchive')).toMatchObject({ region: 'eu-west-1', versioning: 'Enabled' });
    expect(wasabi.requests.every(({ headers }) => headers.authorization.includes('Credential=WASABIKEY/'))).toBe(true);
    expect(services.requests.map(({ input }) => input)).toEqual([{ SecretId: 'demo/wasabi/access' }]);
    expect(JSON.stringify(output.mock.calls)).not.toMatch(/WASABIKEY|s3cr3t/);
  } finally {
    process.env = environment;
    await Promise.all([wasabi.stop(), services.stop()]);
  }
});
