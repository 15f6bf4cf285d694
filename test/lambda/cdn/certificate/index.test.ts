import { createServer } from 'http';
import { AddressInfo } from 'net';

interface Asked {
  readonly what: string;
  readonly body: string;
  readonly headers: Record<string, unknown>;
}

const error = (type: string) => ({ __type: type, message: `this is a ${type}` });

/** Plays ACM, Route 53 and CloudWatch Logs on a local port, as far as the function talks to them. */
async function services(answers: Record<string, () => Record<string, unknown>>) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const what = String(request.headers['x-amz-target'] ?? `${request.method} ${request.url}`).replace(/^\w+\./, '');
      asked.push({ what, body: Buffer.concat(chunks).toString(), headers: request.headers });
      const isXml = !request.headers['x-amz-target'];
      const answer = isXml ? {} : answers[what]?.() ?? error('ResourceNotFoundException');
      response.writeHead('__type' in answer ? 400 : 200, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
      response.end(isXml
        ? '<ChangeResourceRecordSetsResponse><ChangeInfo><Id>/change/1</Id><Status>PENDING</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>'
        : JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => new Promise((resolve) => server.close(resolve)) };
}

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/1';

describe('the deployed function', () => {
  const environment = { ...process.env };
  let refusals: Record<string, unknown>[] = [];
  let deletion: Record<string, unknown>;
  let undoing: Record<string, unknown>;
  let listed: object[][];
  let server: Awaited<ReturnType<typeof services>>;
  let handler: (event: object, context: object) => Promise<unknown>;

  beforeEach(async () => {
    refusals = [];
    listed = [];
    [deletion, undoing] = [{}, {}];
    server = await services({
      RequestCertificate: () => ({ CertificateArn: ARN }),
      DescribeCertificate: () => refusals.shift() ?? {
        Certificate: {
          Status: 'ISSUED',
          DomainName: 'cdn.example.org',
          DomainValidationOptions: [{ DomainName: 'cdn.example.org', ResourceRecord: { Name: '_a.cdn.example.org.', Type: 'CNAME', Value: '_b.acm-validations.aws.' } }],
        },
      },
      PutDeliverySource: () => ({}),
      PutDeliveryDestination: () => ({ deliveryDestination: { arn: 'arn:aws:logs:us-east-1:123456789012:delivery-destination:logs' } }),
      CreateDelivery: () => ({}),
      DescribeDeliveries: () => ({ deliveries: listed.shift() ?? [{ id: 'd1', deliverySourceName: 'logs' }, { id: 'd2', deliverySourceName: 'other' }] }),
      DeleteDelivery: () => undoing,
      DeleteCertificate: () => deletion,
    });
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-3', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: server.url, POWERTOOLS_DEV: 'true',
    });
    jest.resetModules();
    jest.spyOn(console, 'info').mockImplementation();
    ({ handler } = jest.requireActual('../../../../lambda/cdn/certificate'));
  });

  afterEach(async () => {
    process.env = { ...environment };
    jest.restoreAllMocks();
    await server.stop();
  });

  const call = (event: object) => handler({ RequestId: 'r1', ...event }, { getRemainingTimeInMillis: () => 600_000 });
  const bodyOf = (what: string) => JSON.parse(server.asked.find((one) => one.what === what)!.body);

  test('makes a certificate in us-east-1, wherever it runs', async () => {
    const ResourceProperties = { DomainName: 'cdn.example.org', HostedZoneId: 'Z1', OwnerTag: 'cdk-mainstay:owner', Owner: 'stack-1' };
    expect(await call({ RequestType: 'Create', ResourceType: 'Custom::EdgeCertificate', ResourceProperties })).toEqual({
      PhysicalResourceId: ARN, Data: { DnsRecord: '_a.cdn.example.org. CNAME _b.acm-validations.aws.' },
    });

    expect(bodyOf('RequestCertificate')).toEqual({
      DomainName: 'cdn.example.org', ValidationMethod: 'DNS', IdempotencyToken: expect.stringMatching(/^\w{32}$/), Tags: [{ Key: 'cdk-mainstay:owner', Value: 'stack-1' }],
    });
    const record = server.asked.find(({ what }) => what === 'POST /2013-04-01/hostedzone/Z1/rrset')!.body;
    expect(record).toContain('<Action>UPSERT</Action>');
    expect(record).toContain('<Name>_a.cdn.example.org.</Name><Type>CNAME</Type><TTL>300</TTL>');
    expect(record).toContain('<Value>_b.acm-validations.aws.</Value>');
    expect(server.asked.every(({ headers }) => /Credential=test\/\d+\/us-east-1\//.test(String(headers.authorization)))).toBe(true);
  });

  const certificate = { DomainName: 'cdn.example.org', HostedZoneId: 'Z1', OwnerTag: 'cdk-mainstay:owner', Owner: 'stack-1' };
  const update = {
    RequestType: 'Update', ResourceType: 'Custom::EdgeCertificate', PhysicalResourceId: `${ARN}0`, ResourceProperties: certificate, OldResourceProperties: certificate,
  };

  test('keeps a certificate that is of the domain', async () => {
    expect(await call(update)).toMatchObject({ PhysicalResourceId: `${ARN}0` });
    expect(server.asked.map(({ what }) => what)).not.toContain('RequestCertificate');
  });

  // A policy that goes by the tag of a certificate denies what is asked about one that is not there.
  test.each(['ResourceNotFoundException', 'AccessDeniedException'])('makes a certificate anew that is gone (%s)', async (type) => {
    refusals = [error(type)];
    expect(await call(update)).toMatchObject({ PhysicalResourceId: ARN });
  });

  test.each([['ThrottlingException', 3], ['AccessDeniedException', 9]])('reports when it cannot know, by %s', async (type, times) => {
    refusals = Array(times).fill(error(type));
    await expect(call(update)).rejects.toThrow(`this is a ${type}`);
  });

  const gone = { RequestType: 'Delete', ResourceType: 'Custom::EdgeCertificate', PhysicalResourceId: ARN, ResourceProperties: {} };

  test.each(['ResourceNotFoundException', 'AccessDeniedException'])('takes a certificate that is gone for deleted (%s)', async (type) => {
    deletion = error(type);
    expect(await call(gone)).toEqual({ PhysicalResourceId: ARN });
    expect(bodyOf('DeleteCertificate')).toEqual({ CertificateArn: ARN });
  });

  test('fails where a certificate could not be deleted for another reason', async () => {
    deletion = error('InvalidArnException');
    await expect(call(gone)).rejects.toThrow('this is a InvalidArnException');
  });

  test('takes a delivery that is gone for undone, though its policy denies it then, and fails where it is there', async () => {
    const remove = { RequestType: 'Delete', ResourceType: 'Custom::EdgeLogDelivery', PhysicalResourceId: 'logs', ResourceProperties: {} };
    undoing = error('AccessDeniedException');
    await expect(call(remove)).rejects.toThrow('this is a AccessDeniedException');
    listed = [[{ id: 'd1', deliverySourceName: 'logs' }], []];
    expect(await call(remove)).toEqual({ PhysicalResourceId: 'logs' });
  });

  test('delivers logs from us-east-1, and of its deliveries only undoes its own', async () => {
    const ResourceProperties = {
      Name: 'logs', DistributionArn: 'arn:distribution', BucketArn: 'arn:bucket', Format: 'w3c', Fields: ['date'], OwnerTag: 'cdk-mainstay:owner',
    };
    expect(await call({ RequestType: 'Create', ResourceType: 'Custom::EdgeLogDelivery', ResourceProperties })).toEqual({ PhysicalResourceId: 'logs' });

    expect(server.asked.map(({ what }) => what)).toEqual([
      'DescribeDeliveries', 'DeleteDelivery', 'DeleteDeliverySource', 'DeleteDeliveryDestination', 'PutDeliverySource', 'PutDeliveryDestination', 'CreateDelivery',
    ]);
    expect(bodyOf('DeleteDelivery')).toEqual({ id: 'd1' });
    expect(bodyOf('PutDeliverySource')).toEqual({ name: 'logs', resourceArn: 'arn:distribution', logType: 'ACCESS_LOGS' });
    expect(bodyOf('PutDeliveryDestination')).toEqual({
      name: 'logs', outputFormat: 'w3c', deliveryDestinationConfiguration: { destinationResourceArn: 'arn:bucket' },
    });
    expect(bodyOf('CreateDelivery')).toEqual({
      deliverySourceName: 'logs',
      deliveryDestinationArn: 'arn:aws:logs:us-east-1:123456789012:delivery-destination:logs',
      recordFields: ['date'],
      tags: { 'cdk-mainstay:owner': 'logs' },
    });
  });
});
