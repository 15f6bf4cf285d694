import { createVerify } from 'crypto';
import { createServer, Server } from 'http';
import { AddressInfo } from 'net';

interface FakeKey {
  readonly name: string;
  readonly pem: string;
}

interface FakeGroup {
  readonly id: string;
  readonly name: string;
  readonly trusted: string[];
  readonly etag: string;
  readonly lastModified: Date;
}

/** What CloudFront and Secrets Manager have. Plain data, so that a test can begin where another is. */
export interface State {
  readonly keys: Map<string, FakeKey>;
  groups: FakeGroup[];
  /** A version may have no text yet. */
  readonly versions: Map<string, string>;
  readonly labels: Map<string, string>;
  made: number;
}

export const emptyState = (): State => ({
  keys: new Map(), groups: [], versions: new Map([['generated', 'a random password']]), labels: new Map([['AWSCURRENT', 'generated']]), made: 0,
});

class Refusal extends Error {
  constructor(readonly code: string, readonly status = 400) {
    super(code);
  }
}

const PAGE = 2;
const WRITES = /^(Create|Update|Delete|Put)/;

/** CloudFront and Secrets Manager on a local port, as far as the function talks to them, and CloudFront as far as viewers do. */
export class FakeServices {
  static async start(): Promise<FakeServices> {
    const services = new FakeServices();
    await new Promise<void>((resolve) => services.http.listen(0, '127.0.0.1', resolve));
    return services;
  }

  state = emptyState();
  now = new Date('2026-01-01T12:00:00Z');
  /** A distribution refers to the group, so it cannot be deleted. */
  isGroupInUse = false;
  /** All that was changed, in this order. */
  readonly writes: string[] = [];
  /** Looks at each state that there is. */
  onWrite?: () => void;
  /** How the write of this number goes wrong: it is refused, or done, and its answer lost. */
  failure?: { readonly at: number; readonly how: 'refused' | 'answer lost' };
  private readonly http: Server;

  private constructor() {
    this.http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const target = request.headers['x-amz-target'];
        const type = target ? 'application/x-amz-json-1.1' : 'text/xml';
        try {
          const { text, etag } = target
            ? { text: JSON.stringify(this.doing(String(target).split('.')[1], (what) => this.secretsManager(what, JSON.parse(body)))), etag: undefined }
            : this.cloudFront(request.method!, new URL(request.url!, 'http://localhost'), body, String(request.headers['if-match']));
          response.writeHead(200, { 'content-type': type, ...(etag ? { etag } : {}) }).end(text);
        } catch (error) {
          const { code, status } = error instanceof Refusal ? error : new Refusal(`InternalError: ${error}`, 500);
          const message = target ? JSON.stringify({ __type: code, message: code }) : `<ErrorResponse><Error><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`;
          response.writeHead(status, { 'content-type': type }).end(message);
        }
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get group(): FakeGroup | undefined {
    return this.state.groups[0];
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  labelled(label: string): any {
    return JSON.parse(this.state.versions.get(this.state.labels.get(label)!)!);
  }

  /** Whether CloudFront would serve what a URL of a canned policy asks for. */
  serves(signed: string): boolean {
    const url = new URL(signed);
    const [id, expires, signature] = ['Key-Pair-Id', 'Expires', 'Signature'].map((name) => url.searchParams.get(name)!);
    const pem = this.state.keys.get(id)?.pem;
    if (!pem || !this.group!.trusted.includes(id) || Number(expires) * 1000 <= this.now.getTime()) return false;
    const policy = `{"Statement":[{"Resource":"${url.origin}${url.pathname}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const bytes = Buffer.from(signature.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'), 'base64');
    return createVerify('RSA-SHA1').update(policy).verify(pem, bytes);
  }

  private doing<T>(what: string, act: (what: string) => T): T {
    if (!WRITES.test(what)) return act(what);
    this.writes.push(what);
    const fails = this.failure?.at === this.writes.length ? this.failure.how : undefined;
    if (fails === 'refused') throw new Refusal('ServiceUnavailable', 503);
    const answer = act(what);
    this.onWrite?.();
    if (fails === 'answer lost') throw new Refusal('ServiceUnavailable', 503);
    return answer;
  }

  private secretsManager(what: string, input: any): object {
    const { versions, labels } = this.state;
    const move = (label: string, to: string) => {
      if (label === 'AWSCURRENT' && labels.get(label) !== to) labels.set('AWSPREVIOUS', labels.get(label)!);
      labels.set(label, to);
    };
    switch (what) {
      case 'DescribeSecret': {
        const ids = new Set([...versions.keys(), ...labels.values()]);
        const labelsOf = (id: string) => [...labels].filter(([, at]) => at === id).map(([label]) => label);
        return { VersionIdsToStages: Object.fromEntries([...ids].map((id) => [id, labelsOf(id)])) };
      }
      case 'GetSecretValue': {
        const id = input.VersionId ?? labels.get(input.VersionStage);
        if (!versions.has(id) || labels.get(input.VersionStage) !== id) throw new Refusal('ResourceNotFoundException');
        return { SecretString: versions.get(id), VersionId: id };
      }
      case 'PutSecretValue': {
        const { ClientRequestToken: id, SecretString, VersionStages } = input;
        if (versions.has(id) && versions.get(id) !== SecretString) throw new Refusal('ResourceExistsException');
        versions.set(id, SecretString);
        for (const label of VersionStages) move(label, id);
        return { VersionId: id };
      }
      case 'UpdateSecretVersionStage':
        if (labels.get(input.VersionStage) !== input.RemoveFromVersionId || !versions.has(input.MoveToVersionId)) throw new Refusal('InvalidParameterException');
        move(input.VersionStage, input.MoveToVersionId);
        return {};
      default:
        throw new Refusal(`Unknown${what}`);
    }
  }

  private cloudFront(method: string, { pathname, searchParams }: URL, body: string, ifMatch: string): { text: string; etag?: string } {
    const [, kind, id] = /^\/2020-05-31\/(public-key|key-group)(?:\/([^/]+))?$/.exec(pathname)!;
    const verb = { POST: 'Create', PUT: 'Update', DELETE: 'Delete', GET: id ? 'Get' : 'List' }[method]!;
    const noun = kind === 'public-key' ? 'PublicKey' : 'KeyGroup';
    return this.doing(`${verb}${noun}`, () => (kind === 'public-key'
      ? this.publicKeys(verb, id, searchParams, body)
      : this.keyGroups(verb, id, searchParams, body, ifMatch)));
  }

  private publicKeys(verb: string, id: string, query: URLSearchParams, body: string) {
    const { keys, groups } = this.state;
    switch (verb) {
      case 'Create': {
        const made = `K${++this.state.made}`;
        keys.set(made, { name: textOf(body, 'Name'), pem: textOf(body, 'EncodedKey').replace(/&#x0A;/g, '\n') });
        return { text: keyXml(made, keys.get(made)!), etag: `"${made}"` };
      }
      case 'List':
        return { text: pageXml('PublicKeyList', [...keys].map(([key, each]) => summaryXml(key, each)), query) };
    }
    if (!keys.has(id)) throw new Refusal('NoSuchPublicKey', 404);
    if (verb === 'Get') return { text: keyXml(id, keys.get(id)!), etag: `"${id}"` };
    if (groups.some(({ trusted }) => trusted.includes(id))) throw new Refusal('PublicKeyInUse', 409);
    keys.delete(id);
    return { text: '' };
  }

  private keyGroups(verb: string, id: string, query: URLSearchParams, body: string, ifMatch: string) {
    const items = [...body.matchAll(/<PublicKey>(.*?)<\/PublicKey>/g)].map(([, key]) => key);
    const put = (group: Omit<FakeGroup, 'etag' | 'lastModified'>) => {
      if (group.trusted.some((key) => !this.state.keys.has(key))) throw new Refusal('InvalidArgument');
      if (group.trusted.length > 5) throw new Refusal('TooManyPublicKeysInKeyGroup');
      const made = { ...group, etag: `"${++this.state.made}"`, lastModified: new Date(this.now) };
      this.state.groups = [made, ...this.state.groups.filter((other) => other.id !== group.id)];
      return { text: groupXml(made), etag: made.etag };
    };
    if (verb === 'List') {
      return { text: pageXml('KeyGroupList', this.state.groups.map((each) => `<KeyGroupSummary>${groupXml(each)}</KeyGroupSummary>`), query) };
    }
    if (verb === 'Create') {
      if (this.state.groups.some(({ name }) => name === textOf(body, 'Name'))) throw new Refusal('KeyGroupAlreadyExists', 409);
      return put({ id: `G${++this.state.made}`, name: textOf(body, 'Name'), trusted: items });
    }
    const present = this.state.groups.find((each) => each.id === id);
    if (!present) throw new Refusal('NoSuchResource', 404);
    if (verb === 'Get') return { text: groupXml(present), etag: present.etag };
    if (ifMatch !== present.etag) throw new Refusal('PreconditionFailed', 412);
    if (verb === 'Update') return put({ ...present, name: textOf(body, 'Name'), trusted: items });
    if (this.isGroupInUse) throw new Refusal('ResourceInUse', 409);
    this.state.groups = this.state.groups.filter((other) => other.id !== id);
    return { text: '' };
  }
}

const textOf = (xml: string, name: string) => new RegExp(`<${name}>([^]*?)</${name}>`).exec(xml)![1];

const keyXml = (id: string, { name, pem }: FakeKey) => `<PublicKey><Id>${id}</Id><CreatedTime>2026-01-01T00:00:00Z</CreatedTime>` +
  `<PublicKeyConfig><CallerReference>${name}</CallerReference><Name>${name}</Name><EncodedKey>${pem}</EncodedKey></PublicKeyConfig></PublicKey>`;

const summaryXml = (id: string, { name, pem }: FakeKey) =>
  `<PublicKeySummary><Id>${id}</Id><Name>${name}</Name><CreatedTime>2026-01-01T00:00:00Z</CreatedTime><EncodedKey>${pem}</EncodedKey></PublicKeySummary>`;

const groupXml = ({ id, name, trusted, lastModified }: FakeGroup) => `<KeyGroup><Id>${id}</Id><LastModifiedTime>${lastModified.toISOString()}</LastModifiedTime>` +
  `<KeyGroupConfig><Name>${name}</Name><Items>${trusted.map((key) => `<PublicKey>${key}</PublicKey>`).join('')}</Items></KeyGroupConfig></KeyGroup>`;

function pageXml(list: string, items: string[], query: URLSearchParams): string {
  const first = Number(query.get('Marker') ?? 0);
  const next = first + PAGE < items.length ? `<NextMarker>${first + PAGE}</NextMarker>` : '';
  return `<${list}>${next}<MaxItems>${PAGE}</MaxItems><Quantity>${items.length}</Quantity><Items>${items.slice(first, first + PAGE).join('')}</Items></${list}>`;
}
