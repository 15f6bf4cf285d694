import { createServer, Server } from 'http';
import { AddressInfo } from 'net';

describe('the deployed function', () => {
  const environment = { ...process.env };
  const asked: URLSearchParams[] = [];
  let server: Server;
  let handler: (event: object, context: object) => Promise<unknown>;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
        response.writeHead(200, { 'content-type': 'text/xml' });
        response.end('<DescribeManagedPrefixListsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r1</requestId><prefixListSet><item>' +
          '<prefixListId>pl-3b927c52</prefixListId><prefixListName>com.amazonaws.global.cloudfront.origin-facing</prefixListName><ownerId>AWS</ownerId>' +
          '</item></prefixListSet></DescribeManagedPrefixListsResponse>');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-3', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    ({ handler } = jest.requireActual('../../../../lambda/ingress/prefix-list'));
  });

  afterAll(async () => {
    process.env = environment;
    await new Promise((resolve) => server.close(resolve));
  });

  test('asks EC2 for the list of that name that is AWS\'s own', async () => {
    const ResourceProperties = { PrefixListName: 'com.amazonaws.global.cloudfront.origin-facing' };
    const event = { RequestType: 'Create', RequestId: 'r1', ResourceType: 'Custom::PrefixList', ResourceProperties };
    expect(await handler(event, { getRemainingTimeInMillis: () => 60_000 })).toEqual({ PhysicalResourceId: 'pl-3b927c52' });
    expect(asked.map((parameters) => Object.fromEntries(parameters))).toEqual([{
      'Action': 'DescribeManagedPrefixLists',
      'Version': '2016-11-15',
      'Filter.1.Name': 'prefix-list-name',
      'Filter.1.Value.1': 'com.amazonaws.global.cloudfront.origin-facing',
      'Filter.2.Name': 'owner-id',
      'Filter.2.Value.1': 'AWS',
    }]);
  });
});
