import { createServer, IncomingMessage, Server, ServerResponse } from 'http';
import { AddressInfo } from 'net';
import { DocumentedEdge } from '../cdn/documented-edge';
import { EdgeResponse, runOnResponse } from '../cdn/edge-functions';

export interface StoredObject {
  readonly type: string;
  readonly body: string | Buffer;
}

/** How uploads are answered: as the template has it, or, to see that the browser would run them, with less. */
export type Protection = 'as shipped' | 'without the function' | 'as stored';

interface Contents {
  /** By key, in the bucket for media. */
  readonly media: Record<string, StoredObject>;
  /** By path, of the app. */
  readonly pages: Record<string, string>;
}

/**
 * A small server that plays a distribution: it finds the behavior of a path, the object and its permission as the documentation says of the synthesized template, and
 * changes the answer by the template's own function and policy of response headers.
 */
export class PlayedDistribution {
  /** What a page or an upload said to the server: `POST /said/…`, or an image of this address. */
  public readonly said = new Map<string, string>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));
  private listener?: (said: string) => void;

  constructor(private readonly edge: DocumentedEdge, private readonly contents: Contents, private readonly protection: Protection) {}

  public async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a page says last. */
  public heard(last: string): Promise<string> {
    return new Promise((resolve) => this.listener = (said) => said === last && resolve(this.said.get(last)!));
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.split('?')[0];
    if (path.startsWith('/said/')) {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const what = decodeURIComponent(path.slice('/said/'.length));
      this.said.set(what, Buffer.concat(chunks).toString());
      this.listener?.(what);
      response.writeHead(204).end();
      return;
    }
    const { statusCode, headers, body } = this.served(path);
    response.writeHead(statusCode, headers).end(body);
  }

  private served(path: string): EdgeResponse & { readonly body: string | Buffer } {
    const [{ behavior, object }] = this.edge.readings(path);
    const page = this.contents.pages[path];
    if (object === undefined) return page === undefined ? { statusCode: 404, headers: {}, body: '' } : { statusCode: 200, headers: { 'content-type': 'text/html' }, body: page };
    const stored = this.contents.media[object.key];
    if (!object.isReadable || !stored) return { statusCode: object.isReadable ? 404 : 403, headers: {}, body: '' };
    const asStored = { statusCode: 200, headers: { 'content-type': stored.type, 'content-disposition': 'inline' } as Record<string, string> };
    if (this.protection === 'as stored') return { ...asStored, body: stored.body };
    const withPolicy = { ...asStored, headers: { ...asStored.headers, ...behavior.addedHeaders(asStored.headers) } };
    return { ...this.protection === 'as shipped' ? runOnResponse(behavior.responseFunction!, withPolicy) : withPolicy, body: stored.body };
  }
}
