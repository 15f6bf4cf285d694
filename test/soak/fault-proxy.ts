import { createHash } from 'crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import { AddressInfo } from 'net';
import { Fault, FaultPlan } from './faults';
import { Exchange, Journal, Run } from './journal';
import { forward, Place, receive, WireAnswer, WireRequest } from './wire';

export interface FaultProxyOptions {
  readonly place: Place;
  /** What is behind it. */
  readonly endpoint: string;
  readonly plan: FaultPlan;
  readonly journal: Journal;
  /** What the one function is at that is in front of it. */
  readonly run: () => Run;
  /** Ends that function at once. */
  readonly kill: () => void;
  /** Puts other bytes in the place of what was stored, and answers the id of that version. */
  readonly damage: (key: string, versionId: string) => Promise<string>;
}

/**
 * Stands between one function and one place. Own code, as its faults are those of S3 and not of a wire (a store that keeps other bytes,
 * a carried-out request whose answer is lost, a caller that dies just then), and as it keeps the journal.
 */
export class FaultProxy {
  public static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve) => proxy.http.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private readonly http: Server;

  private constructor(private readonly options: FaultProxyOptions) {
    this.http = createServer((message, response) => {
      this.exchange(message, response).catch(() => response.destroy()); // the caller was killed, or we are stopping
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async exchange(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { place, plan, journal, run, kill, endpoint } = this.options;
    const request = await receive(place, message);
    const fault = plan(request);
    const { operation, key, versionId } = request;
    const exchange: Exchange = { run: run(), place, operation, key, versionId, began: journal.now(), fault };
    journal.exchanges.push(exchange);

    switch (fault) {
      case 'slow down': return respond(response, refusal(request, 503, 'SlowDown'));
      case 'failed': return respond(response, refusal(request, 500, 'InternalError'));
      case 'key refused': return respond(response, refusal(request, 403, 'InvalidAccessKeyId'));
      case 'reset': return void response.destroy();
      case 'stalled': return; // until the caller gives up
      case 'killed before': return kill();
    }
    const answer = await this.carriedOut(request, await forward(request, endpoint), fault);
    exchange.carriedOut = { at: journal.now(), status: answer.status, newVersionId: answer.headers['x-amz-version-id'] as string | undefined };
    switch (fault) {
      case 'answer lost': return void response.destroy();
      case 'answer failed': return respond(response, refusal(request, 500, 'InternalError'));
      case 'answer truncated': return respondInPart(response, answer);
      case 'answer stalled': return;
      case 'killed after': return kill();
    }
    response.once('finish', () => {
      exchange.answered = { at: journal.now(), sha256: createHash('sha256').update(answer.body).digest('hex') };
    });
    respond(response, fault === 'wrong ETag' ? { ...answer, headers: { ...answer.headers, etag: '"00000000000000000000000000000000"' } } : answer);
  }

  private async carriedOut({ key }: WireRequest, answer: WireAnswer, fault?: Fault): Promise<WireAnswer> {
    const stored = answer.headers['x-amz-version-id'] as string | undefined;
    if (fault !== 'other bytes kept' || answer.status >= 300 || !stored) return answer;
    return { ...answer, headers: { ...answer.headers, 'x-amz-version-id': await this.options.damage(key, stored) } };
  }
}

function respond(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const { connection: _, 'transfer-encoding': __, ...others } = headers;
  response.writeHead(status, { 'content-length': body.length, ...others }); // the length of what HEAD does not send is in its headers
  response.end(body);
}

function respondInPart(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const { connection: _, 'transfer-encoding': __, ...others } = headers;
  response.writeHead(status, { ...others, 'content-length': Math.max(body.length, 1) });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

/** In the words of S3, or of a service that speaks JSON. */
function refusal({ message }: WireRequest, status: number, code: string): WireAnswer {
  const isJson = message.headers['x-amz-target'] !== undefined;
  const text = `${code} by the fault proxy`;
  const body = Buffer.from(isJson ? JSON.stringify({ __type: code, message: text }) : `<Error><Code>${code}</Code><Message>${text}</Message></Error>`);
  const headers = { 'content-type': isJson ? 'application/x-amz-json-1.0' : 'application/xml' };
  return { status, headers, body: message.method === 'HEAD' ? Buffer.alloc(0) : body };
}
