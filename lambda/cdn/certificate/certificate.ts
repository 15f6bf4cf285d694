import { Deadline, poll, pollUntilTrue } from '../../shared/deadline';

/** What ACM says of a certificate. */
export interface CertificateState {
  readonly status: string;
  /** Why it was not issued, if so. */
  readonly reason?: string;
  /** The record by which ACM sees that the domain is ours; it takes ACM some seconds to know. */
  readonly record?: DnsRecord;
}

export interface DnsRecord {
  readonly name: string;
  readonly value: string;
}

export interface Certificates {
  /** The same token asks for the same certificate. */
  request(domainName: string, tag: { readonly key: string; readonly value: string }, token: string): Promise<string>;
  describe(arn: string): Promise<CertificateState>;
  /** None: there is no such certificate of ours any more. */
  domainOf(arn: string): Promise<string | undefined>;
  /** `in-use`: CloudFront lets go of it some minutes after its distribution is gone. */
  delete(arn: string): Promise<'deleted' | 'in-use'>;
}

export interface DnsRecords {
  upsertCname(hostedZoneId: string, name: string, value: string): Promise<void>;
}

export interface CertificateRequest {
  readonly domainName: string;
  /** Without one, somebody creates the record elsewhere. */
  readonly hostedZoneId?: string;
  readonly tag: { readonly key: string; readonly value: string };
  readonly token: string;
}

/** The reserve is for cleaning up and answering. */
const POLLING = { every: 5_000, reserve: 60_000 };

/** A new certificate for a domain, issued if there is a zone for its record. One that fails is deleted again, as nobody would know of it. */
export async function requestCertificate(
  request: CertificateRequest, certificates: Certificates, records: DnsRecords, deadline: Deadline,
): Promise<{ readonly arn: string; readonly record: DnsRecord }> {
  const arn = await certificates.request(request.domainName, request.tag, request.token);
  try {
    return { arn, record: await validate(arn, request, certificates, records, deadline) };
  } catch (error) {
    await certificates.delete(arn);
    throw error;
  }
}

/** Puts the record into the zone, if there is one, and waits until ACM has seen it there. */
export async function validate(
  arn: string, { domainName, hostedZoneId }: CertificateRequest, certificates: Certificates, records: DnsRecords, deadline: Deadline,
): Promise<DnsRecord> {
  const record = await poll(deadline, POLLING, async () => {
    const state = await certificates.describe(arn);
    if (!state.record) requirePending(state, domainName);
    return state.record;
  });
  if (!record) throw new Error(`the certificate of ${domainName} got no DNS record from ACM in time: deploy again`);
  if (hostedZoneId === undefined) return record;
  await records.upsertCname(hostedZoneId, record.name, record.value);
  if (await isIssuedInTime(arn, domainName, certificates, deadline)) return record;
  throw new Error(
    `the certificate of ${domainName} was not issued in time: ACM does not see the record ${formatRecord(record)} that is in the hosted zone ${hostedZoneId}; ` +
    'is this the zone that the domain\'s name servers answer from, and does no CAA record keep Amazon from issuing?',
  );
}

/** Waits for the record that somebody creates. */
export async function waitUntilIssued(
  arn: string, domainName: string, record: string, certificates: Certificates, deadline: Deadline,
): Promise<void> {
  if (await isIssuedInTime(arn, domainName, certificates, deadline)) return;
  throw new Error(
    `the certificate of ${domainName} was not issued in time: ACM does not see the record ${record}. Create it where the domain's name servers answer from, and deploy ` +
    'again: the record is the same each time; if it is there, does no CAA record keep Amazon from issuing?',
  );
}

/** As people write it down. */
export function formatRecord({ name, value }: DnsRecord): string {
  return `${name} CNAME ${value}`;
}

async function isIssuedInTime(arn: string, domainName: string, certificates: Certificates, deadline: Deadline): Promise<boolean> {
  return pollUntilTrue(deadline, POLLING, async () => {
    const state = await certificates.describe(arn);
    if (state.status !== 'ISSUED') requirePending(state, domainName);
    return state.status === 'ISSUED';
  });
}

/** Answers whether the certificate is gone: in the end it may still be in use, and then stays. */
export async function removeCertificate(arn: string, certificates: Certificates, deadline: Deadline): Promise<boolean> {
  return pollUntilTrue(deadline, POLLING, async () => await certificates.delete(arn) === 'deleted');
}

function requirePending({ status, reason }: CertificateState, domainName: string): void {
  if (status === 'PENDING_VALIDATION') return;
  throw new Error(`the certificate of ${domainName} is ${status}${reason ? `: ${reason}` : ''}`);
}
