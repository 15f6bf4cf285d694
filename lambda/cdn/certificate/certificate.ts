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
  /** None: there is no such certificate any more. */
  domainOf(arn: string): Promise<string | undefined>;
  /** `in-use`: CloudFront lets go of it some minutes after its distribution is gone. */
  delete(arn: string): Promise<'deleted' | 'in-use'>;
}

export interface DnsRecords {
  upsertCname(hostedZoneId: string, name: string, value: string): Promise<void>;
}

export interface Clock {
  sleep(milliseconds: number): Promise<void>;
  /** How long this run may still take. */
  remainingMilliseconds(): number;
}

export interface CertificateRequest {
  readonly domainName: string;
  /** Without one, somebody creates the record elsewhere. */
  readonly hostedZoneId?: string;
  readonly tag: { readonly key: string; readonly value: string };
  readonly token: string;
}

const PAUSE = 5_000;
/** Kept for cleaning up and answering. */
const RESERVE = 60_000;

/** A new certificate for a domain, issued if there is a zone for its record. One that fails is deleted again, as nobody would know of it. */
export async function newCertificate(
  request: CertificateRequest, certificates: Certificates, records: DnsRecords, clock: Clock,
): Promise<{ readonly arn: string; readonly record: DnsRecord }> {
  const arn = await certificates.request(request.domainName, request.tag, request.token);
  try {
    return { arn, record: await validate(arn, request, certificates, records, clock) };
  } catch (error) {
    await certificates.delete(arn);
    throw error;
  }
}

/** Puts the record into the zone, if there is one, and waits until ACM has seen it there. */
export async function validate(
  arn: string, { domainName, hostedZoneId }: CertificateRequest, certificates: Certificates, records: DnsRecords, clock: Clock,
): Promise<DnsRecord> {
  const record = await until(clock, async () => {
    const state = await certificates.describe(arn);
    return state.record ?? requirePending(state, domainName);
  });
  if (!record) throw new Error(`the certificate of ${domainName} got no DNS record from ACM in time: deploy again`);
  if (hostedZoneId === undefined) return record;
  await records.upsertCname(hostedZoneId, record.name, record.value);
  if (await isIssued(arn, domainName, certificates, clock)) return record;
  throw new Error(
    `the certificate of ${domainName} was not issued in time: ACM does not see the record ${inWords(record)} that is in the hosted zone ${hostedZoneId}; ` +
    'is this the zone that the domain\'s name servers answer from, and does no CAA record keep Amazon from issuing?',
  );
}

/** Waits for the record that somebody creates. */
export async function awaitIssue(arn: string, domainName: string, record: string, certificates: Certificates, clock: Clock): Promise<void> {
  if (await isIssued(arn, domainName, certificates, clock)) return;
  throw new Error(
    `the certificate of ${domainName} was not issued in time: ACM does not see the record ${record}. Create it where the domain's name servers answer from, and deploy ` +
    'again: the record is the same each time; if it is there, does no CAA record keep Amazon from issuing?',
  );
}

/** As people write it down. */
export function inWords({ name, value }: DnsRecord): string {
  return `${name} CNAME ${value}`;
}

async function isIssued(arn: string, domainName: string, certificates: Certificates, clock: Clock): Promise<boolean> {
  return await until(clock, async () => {
    const state = await certificates.describe(arn);
    return state.status === 'ISSUED' || requirePending(state, domainName);
  }) ?? false;
}

/** Answers whether the certificate is gone: in the end it may still be in use, and then stays. */
export async function removeCertificate(arn: string, certificates: Certificates, clock: Clock): Promise<boolean> {
  return await until(clock, async () => (await certificates.delete(arn) === 'deleted' ? true : undefined)) ?? false;
}

function requirePending({ status, reason }: CertificateState, domainName: string): undefined {
  if (status === 'PENDING_VALIDATION') return undefined;
  throw new Error(`the certificate of ${domainName} is ${status}${reason ? `: ${reason}` : ''}`);
}

async function until<T>(clock: Clock, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (clock.remainingMilliseconds() < RESERVE + PAUSE) return undefined;
    await clock.sleep(PAUSE);
  }
}
