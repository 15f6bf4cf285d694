import { CertificateState } from '../../../../lambda/cdn/certificate/certificate';
import { createHandler } from '../../../../lambda/cdn/certificate/handler';

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
const RECORD = { name: '_a.cdn.example.org.', value: '_b.acm-validations.aws.' };
const SHOWN = '_a.cdn.example.org. CNAME _b.acm-validations.aws.';
const PENDING: CertificateState = { status: 'PENDING_VALIDATION' };
const ISSUED: CertificateState = { status: 'ISSUED', record: RECORD };

/** Services that say what a test tells them to, one answer after the other, and the last for ever. */
function services({
  states = [PENDING, { ...PENDING, record: RECORD }, { ...PENDING, record: RECORD }, ISSUED], deletions = ['deleted'], minutes = 14, domains = { [ARN]: 'cdn.example.org' },
}: {
  states?: CertificateState[]; deletions?: ('deleted' | 'in-use')[]; minutes?: number; domains?: Record<string, string>;
} = {}) {
  const calls: unknown[][] = [];
  let remaining = minutes * 60_000;
  const next = <T>(answers: T[]): T => (answers.length > 1 ? answers.shift()! : answers[0]);
  const logger = { info: jest.fn(), warn: jest.fn() };
  const deliveries: string[] = [];
  const said = (...call: unknown[]) => void calls.push(call);
  const handler = createHandler({
    certificates: {
      request: async (...parameters) => (said('request', ...parameters), ARN),
      describe: async () => next(states),
      domainOf: async (arn) => domains[arn],
      delete: async (arn) => (said('delete', arn), next(deletions)),
    },
    records: { upsertCname: async (...parameters) => said('upsert', ...parameters) },
    deliveries: {
      putSource: async (...parameters) => said('source', ...parameters),
      putDestination: async (...parameters) => (said('destination', ...parameters), { arn: 'arn:destination' }),
      connect: async (...parameters) => (said('connect', ...parameters), void deliveries.push('d1')),
      idsOf: async () => [...deliveries],
      disconnect: async (id) => (said('disconnect', id), void deliveries.splice(0)),
      removeSource: async (name) => said('remove source', name),
      removeDestination: async (name) => said('remove destination', name),
    },
    sleep: async (milliseconds) => void (remaining -= milliseconds),
    logger,
  });
  const on = (event: object) => handler(event as any, { getRemainingTimeInMillis: () => remaining });
  return { on, calls, logger };
}

const certificate = { DomainName: 'cdn.example.org', HostedZoneId: 'Z1', OwnerTag: 'cdk-mainstay:owner', Owner: 'stack-1' };
const create = { RequestType: 'Create', ResourceType: 'Custom::EdgeCertificate', RequestId: 'r1', ResourceProperties: certificate };
const remove = { ...create, RequestType: 'Delete', PhysicalResourceId: ARN };

describe('a certificate', () => {
  test('is asked for, proven by a record in the zone, and waited for', async () => {
    const { on, calls } = services();
    expect(await on(create)).toEqual({ PhysicalResourceId: ARN, Data: { DnsRecord: SHOWN } });
    expect(calls).toEqual([
      ['request', 'cdn.example.org', { key: 'cdk-mainstay:owner', value: 'stack-1' }, expect.stringMatching(/^[0-9a-f]{32}$/)],
      ['upsert', 'Z1', RECORD.name, RECORD.value],
    ]);
  });

  test('is the same one when Lambda tries the same event again, and another one for another event', async () => {
    const { on, calls } = services({ states: [ISSUED] });
    await on(create);
    await on(create);
    await on({ ...create, RequestId: 'r2' });
    const tokens = calls.filter(([call]) => call === 'request').map(([, , , token]) => token);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  test('that is not issued in time is deleted, and the error says which record ACM does not see', async () => {
    const { on, calls } = services({ states: [{ ...PENDING, record: RECORD }] });
    await expect(on(create)).rejects.toThrow(
      'the certificate of cdn.example.org was not issued in time: ACM does not see the record _a.cdn.example.org. CNAME _b.acm-validations.aws. that is in the hosted zone Z1',
    );
    expect(calls.at(-1)).toEqual(['delete', ARN]);
  });

  test('that ACM refuses is deleted at once, and the error says why', async () => {
    const { on, calls } = services({ states: [{ ...PENDING, record: RECORD }, { status: 'FAILED', reason: 'CAA_ERROR', record: RECORD }] });
    await expect(on(create)).rejects.toThrow('the certificate of cdn.example.org is FAILED: CAA_ERROR');
    expect(calls.at(-1)).toEqual(['delete', ARN]);
  });

  test('without a record from ACM is an error, too', async () => {
    const { on, calls } = services({ states: [PENDING] });
    await expect(on(create)).rejects.toThrow('the certificate of cdn.example.org got no DNS record from ACM in time: deploy again');
    expect(calls.at(-1)).toEqual(['delete', ARN]);
  });

  test('stays the same when only the zone changes, in which its record then is', async () => {
    const { on, calls } = services({ states: [ISSUED] });
    const update = { ...create, RequestType: 'Update', PhysicalResourceId: ARN, ResourceProperties: { ...certificate, HostedZoneId: 'Z2' }, OldResourceProperties: certificate };
    expect(await on(update)).toEqual({ PhysicalResourceId: ARN, Data: { DnsRecord: SHOWN } });
    expect(calls).toEqual([['upsert', 'Z2', RECORD.name, RECORD.value]]);
  });

  test('is a new one for another domain', async () => {
    const { on, calls } = services({ states: [ISSUED], domains: { 'arn:old': 'old.example.org' } });
    const OldResourceProperties = { ...certificate, DomainName: 'old.example.org' };
    expect(await on({ ...create, RequestType: 'Update', PhysicalResourceId: 'arn:old', OldResourceProperties })).toMatchObject({ PhysicalResourceId: ARN });
    expect(calls[0]).toEqual(['request', 'cdn.example.org', expect.anything(), expect.anything()]);
  });

  test('stays the same when an update to another domain has failed and is rolled back', async () => {
    const { on, calls } = services({ states: [ISSUED] });
    const OldResourceProperties = { ...certificate, DomainName: 'failed.example.org' };
    expect(await on({ ...create, RequestType: 'Update', PhysicalResourceId: ARN, OldResourceProperties })).toMatchObject({ PhysicalResourceId: ARN });
    expect(calls.map(([call]) => call)).toEqual(['upsert']);
  });

  test('that somebody deleted is made anew by the next update', async () => {
    const { on, calls } = services({ states: [ISSUED], domains: {} });
    await on({ ...create, RequestType: 'Update', PhysicalResourceId: 'arn:gone', OldResourceProperties: certificate });
    expect(calls[0]).toEqual(['request', 'cdn.example.org', expect.anything(), expect.anything()]);
  });

  test('is deleted when CloudFront has let go of it', async () => {
    const { on, calls, logger } = services({ deletions: ['in-use', 'in-use', 'deleted'] });
    expect(await on(remove)).toEqual({ PhysicalResourceId: ARN });
    expect(calls).toEqual([['delete', ARN], ['delete', ARN], ['delete', ARN]]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  test('that CloudFront does not let go of does not hold up a teardown', async () => {
    const { on, logger } = services({ deletions: ['in-use'] });
    expect(await on(remove)).toEqual({ PhysicalResourceId: ARN });
    expect(logger.warn).toHaveBeenCalledWith('certificate kept: it is still in use', { arn: ARN });
  });

  test.each(Object.keys(certificate))('needs %s', async (name) => {
    const { on } = services();
    await expect(on({ ...create, ResourceProperties: { ...certificate, [name]: '' } })).rejects.toThrow(`'${name}' must be given, got ""`);
  });
});

const { HostedZoneId: _, ...withoutZone } = certificate;
const request = { ...create, ResourceProperties: withoutZone };
const show = { ...create, ResourceType: 'Custom::DnsRecordToCreate', ResourceProperties: { DnsRecord: SHOWN } };
const awaited = { CertificateArn: ARN, DomainName: 'cdn.example.org', DnsRecord: SHOWN };
const wait = { ...create, ResourceType: 'Custom::IssuedCertificate', ResourceProperties: awaited };

describe('a certificate without a zone', () => {
  test('is asked for, and says its record before it is issued', async () => {
    const { on, calls } = services({ states: [PENDING, { ...PENDING, record: RECORD }] });
    expect(await on(request)).toEqual({ PhysicalResourceId: ARN, Data: { DnsRecord: SHOWN } });
    expect(calls.map(([call]) => call)).toEqual(['request']);
  });

  test('has a resource that is called what its record is, and no more than that', async () => {
    const { on, calls } = services();
    expect(await on(show)).toEqual({ PhysicalResourceId: SHOWN });
    expect(await on({ ...show, RequestType: 'Delete', PhysicalResourceId: 'another' })).toEqual({ PhysicalResourceId: 'another' });
    expect(calls).toEqual([]);
  });

  test('is waited for until somebody has created the record', async () => {
    const { on, calls } = services({ states: [{ ...PENDING, record: RECORD }, { ...PENDING, record: RECORD }, ISSUED] });
    expect(await on(wait)).toEqual({ PhysicalResourceId: `${ARN} is issued`, Data: { CertificateArn: ARN } });
    expect(calls).toEqual([]);
  });

  test('that nobody proves in time is an error that says the record, which is the same when it is deployed again', async () => {
    const { on } = services({ states: [{ ...PENDING, record: RECORD }] });
    await expect(on(wait)).rejects.toThrow(
      `the certificate of cdn.example.org was not issued in time: ACM does not see the record ${SHOWN}. Create it where the domain's name servers answer from, and deploy again`,
    );
  });

  test('that ACM refuses meanwhile is an error at once', async () => {
    const { on } = services({ states: [{ status: 'VALIDATION_TIMED_OUT', record: RECORD }] });
    await expect(on(wait)).rejects.toThrow('the certificate of cdn.example.org is VALIDATION_TIMED_OUT');
  });

  test('is no longer waited for when its stack goes', async () => {
    const { on } = services({ states: [PENDING] });
    expect(await on({ ...wait, RequestType: 'Delete', PhysicalResourceId: `${ARN} is issued` })).toEqual({ PhysicalResourceId: `${ARN} is issued` });
  });

  test('gets its record into a zone when there is one later', async () => {
    const { on, calls } = services({ states: [ISSUED] });
    await on({ ...create, RequestType: 'Update', PhysicalResourceId: ARN, OldResourceProperties: withoutZone });
    expect(calls).toEqual([['upsert', 'Z1', RECORD.name, RECORD.value]]);
  });

  test.each(Object.keys(awaited))('needs %s to be waited for', async (name) => {
    await expect(services().on({ ...wait, ResourceProperties: { ...awaited, [name]: undefined } })).rejects.toThrow(`'${name}' must be given, got undefined`);
  });
});

const delivery = { Name: 'logs', DistributionArn: 'arn:distribution', BucketArn: 'arn:bucket', Format: 'w3c', Fields: ['date', 'time'], OwnerTag: 'cdk-mainstay:owner' };
const deliver = { RequestType: 'Create', ResourceType: 'Custom::EdgeLogDelivery', RequestId: 'r1', ResourceProperties: delivery };
const parts = [
  ['source', 'logs', 'arn:distribution'],
  ['destination', 'logs', 'arn:bucket', 'w3c'],
  ['connect', 'logs', 'arn:destination', ['date', 'time'], { 'cdk-mainstay:owner': 'logs' }],
];
const removal = [['remove source', 'logs'], ['remove destination', 'logs']];

describe('a log delivery', () => {
  test('is a source, a destination, and what connects them', async () => {
    const { on, calls } = services();
    expect(await on(deliver)).toEqual({ PhysicalResourceId: 'logs' });
    expect(calls).toEqual([...removal, ...parts]);
  });

  test('is made anew by an update', async () => {
    const { on, calls } = services();
    await on(deliver);
    calls.splice(0);
    await on({ ...deliver, RequestType: 'Update', PhysicalResourceId: 'logs', OldResourceProperties: delivery });
    expect(calls).toEqual([['disconnect', 'd1'], ...removal, ...parts]);
  });

  test('of another name takes the place of the one before, which goes first: a distribution has one source', async () => {
    const { on, calls } = services();
    await on(deliver);
    calls.splice(0);
    const update = { ...deliver, RequestType: 'Update', PhysicalResourceId: 'former', OldResourceProperties: { ...delivery, Name: 'former' } };
    expect(await on(update)).toEqual({ PhysicalResourceId: 'logs' });
    expect(calls).toEqual([['disconnect', 'd1'], ['remove source', 'former'], ['remove destination', 'former'], ...removal, ...parts]);
  });

  test('goes with its stack', async () => {
    const { on, calls } = services();
    await on(deliver);
    calls.splice(0);
    expect(await on({ ...deliver, RequestType: 'Delete', PhysicalResourceId: 'logs' })).toEqual({ PhysicalResourceId: 'logs' });
    expect(calls).toEqual([['disconnect', 'd1'], ...removal]);
  });

  test.each(['Name', 'DistributionArn', 'BucketArn', 'Format', 'OwnerTag'])('needs %s', async (name) => {
    await expect(services().on({ ...deliver, ResourceProperties: { ...delivery, [name]: '' } })).rejects.toThrow(`'${name}' must be given, got ""`);
  });

  test('needs fields', async () => {
    await expect(services().on({ ...deliver, ResourceProperties: { ...delivery, Fields: [] } })).rejects.toThrow('\'Fields\' must be a list, got []');
  });
});

test('another resource is not for this function', async () => {
  await expect(services().on({ ...create, ResourceType: 'Custom::Other' })).rejects.toThrow('got Custom::Other');
});
