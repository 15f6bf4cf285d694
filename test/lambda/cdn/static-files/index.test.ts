import { createServer, IncomingMessage, Server } from 'http';
import { AddressInfo } from 'net';
import { zipSync } from 'fflate';
import { CloudFrontCdn } from '../../../../lambda/cdn/static-files/cloudfront-cdn';
import { invalidationPaths } from '../../../../lambda/cdn/static-files/invalidation-paths';
import { failure, S3Server } from '../../fixtures/s3-server';

/** Plays CloudFront's invalidations on a local port. */
class CloudFrontServer {
  public static async start(): Promise<CloudFrontServer> {
    const server = new CloudFrontServer();
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  public readonly asked: { line: string; paths: string[]; callerReference: string }[] = [];
  /** How many times it says that it has enough to do. */
  public busy = 0;
  public error = 'TooManyInvalidationsInProgress';
  private readonly http: Server = createServer((request, response) => void this.answer(request).then(([status, body]) => {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  }));

  public get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<[number, string]> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [, callerReference] = /<CallerReference>(.*?)</.exec(body)!;
    this.asked.push({ line: `${request.method} ${request.url}`, paths: [...body.matchAll(/<Path>(.*?)</g)].map(([, path]) => path), callerReference });
    if (this.busy-- > 0) return [400, `<ErrorResponse><Error><Type>Sender</Type><Code>${this.error}</Code><Message>for a test</Message></Error></ErrorResponse>`];
    return [201, '<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>'];
  }
}

const CACHE = { HashedFiles: '[.][0-9a-f]{8}[.]', CacheControlOfHashedFiles: 'public, max-age=31536000, immutable', CacheControlOfOtherFiles: 'public, max-age=60, s-maxage=3600' };
const PROPERTIES = { AssetBucket: 'assets', AssetKey: 'a.zip', Bucket: 'statics', Location: 'static', Journal: '.publications/c8', DistributionId: 'E1', ...CACHE };

describe('the deployed function', () => {
  const environment = { ...process.env };
  let s3: S3Server;
  let cloudFront: CloudFrontServer;
  let handler: (event: object, context: object) => Promise<unknown>;
  let sleep: jest.Mock;

  beforeEach(async () => {
    [s3, cloudFront] = await Promise.all([S3Server.start(), CloudFrontServer.start()]);
    s3.addBucket('assets');
    s3.addBucket('statics');
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      POWERTOOLS_DEV: 'true',
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.url,
    });
    jest.resetModules();
    sleep = jest.fn(async () => undefined);
    jest.doMock('timers/promises', () => ({ ...jest.requireActual('timers/promises'), setTimeout: sleep }));
    jest.spyOn(console, 'info').mockImplementation();
    jest.spyOn(console, 'warn').mockImplementation();
    ({ handler } = jest.requireActual('../../../../lambda/cdn/static-files'));
  });

  afterEach(async () => {
    process.env = { ...environment };
    jest.dontMock('timers/promises');
    jest.restoreAllMocks();
    await Promise.all([s3.stop(), cloudFront.stop()]);
  });

  const release = (files: Record<string, string>) => s3.put('assets', 'a.zip', Buffer.from(zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
  )));
  const run = (event: object = {}) => handler({ RequestType: 'Create', RequestId: 'r1', ResourceProperties: PROPERTIES, ...event }, { getRemainingTimeInMillis: () => 600_000 });
  const headersOf = (key: string) => {
    const { 'content-type': type, 'cache-control': cache } = s3.current('statics', key)!.headers;
    return [type, cache];
  };
  const written = () => s3.requests.filter(({ method, bucket }) => bucket === 'statics' && method !== 'GET' && method !== 'HEAD').map(({ line }) => line);

  test('puts each file with its type and the time that it is kept', async () => {
    release({ 'index.html': '<html>', 'js/app.3f2a9c1b.js': '1', 'font.woff2': 'f', 'LICENSE': 'l', 'logo.svg': '<svg>', 'data.json': '{}', 'a b.css': 'ä' });
    expect(await run()).toEqual({ PhysicalResourceId: '.publications/c8' });

    const short = 'public, max-age=60, s-maxage=3600';
    expect(headersOf('static/index.html')).toEqual(['text/html; charset=utf-8', short]);
    expect(headersOf('static/js/app.3f2a9c1b.js')).toEqual(['text/javascript; charset=utf-8', 'public, max-age=31536000, immutable']);
    expect(headersOf('static/font.woff2')).toEqual(['font/woff2', short]);
    expect(headersOf('static/LICENSE')).toEqual(['application/octet-stream', short]);
    expect(headersOf('static/logo.svg')).toEqual(['image/svg+xml', short]);
    expect(headersOf('static/data.json')).toEqual(['application/json; charset=utf-8', short]);
    expect(s3.current('statics', 'static/a b.css')!.body.toString()).toBe('ä');
  });

  test('writes down what is to be forgotten, puts the hashed files, then the others, and has the CDN forget', async () => {
    release({ 'index.html': '1', 'app.3f2a9c1b.js': '1' });
    const order: string[] = [];
    s3.before = ({ line }) => void order.push(line);
    await run();
    expect(written()).toEqual([
      'PUT statics/.publications/c8', 'PUT statics/static/app.3f2a9c1b.js', 'PUT statics/static/index.html', 'DELETE statics/.publications/c8',
    ]);
    expect(cloudFront.asked).toEqual([{ line: 'POST /2020-05-31/distribution/E1/invalidation', paths: ['/static/index.html*'], callerReference: 'r1' }]);
    expect(s3.current('statics', '.publications/c8')).toBeUndefined();
  });

  test('does nothing about what is there already, in an update, too, and keeps its id', async () => {
    release({ 'index.html': '1', 'app.3f2a9c1b.js': '1' });
    await run();
    const before = written().length;
    release({ 'index.html': '1', 'app.3f2a9c1b.js': '1' });
    expect(await run({ RequestType: 'Update', RequestId: 'r2', PhysicalResourceId: 'first' })).toEqual({ PhysicalResourceId: 'first' });
    expect(written()).toHaveLength(before);
    expect(cloudFront.asked).toHaveLength(1);
  });

  test('leaves the files of older releases there', async () => {
    release({ 'index.html': '1', 'app.3f2a9c1b.js': '1', 'old.css': '1' });
    await run();
    release({ 'index.html': '2', 'app.77777aaa.js': '2' });
    await run({ RequestType: 'Update', RequestId: 'r2', PhysicalResourceId: '.publications/c8' });
    for (const path of ['app.3f2a9c1b.js', 'old.css']) expect(s3.current('statics', `static/${path}`)).toBeDefined();
    expect(cloudFront.asked.at(-1)).toMatchObject({ paths: ['/static/index.html*'], callerReference: 'r2' });
  });

  test('takes up what a run left that CloudFront broke', async () => {
    release({ 'index.html': '1' });
    cloudFront.busy = 1;
    cloudFront.error = 'AccessDenied';
    await expect(run()).rejects.toThrow('for a test');
    expect(JSON.parse(s3.current('statics', '.publications/c8')!.body.toString())).toEqual(['index.html']);

    await run();
    expect(cloudFront.asked.map(({ paths }) => paths)).toEqual([['/static/index.html*'], ['/static/index.html*']]);
    expect(s3.current('statics', '.publications/c8')).toBeUndefined();
  });

  test('says of a hashed file that changed all the same that browsers may keep the old one', async () => {
    release({ 'app.3f2a9c1b.js': '1' });
    await run();
    release({ 'app.3f2a9c1b.js': '2' });
    await run();
    expect(cloudFront.asked.at(-1)!.paths).toEqual(['/static/app.3f2a9c1b.js*']);
    expect(JSON.stringify(jest.mocked(console.warn).mock.calls)).toContain('app.3f2a9c1b.js');
  });

  test('waits for IAM to know of a release', async () => {
    release({ 'index.html': '1' });
    let refusals = 3;
    s3.before = ({ bucket }) => (bucket === 'assets' && refusals-- > 0 ? failure(403, 'AccessDenied') : undefined);
    await run();
    expect(sleep.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([5000, 5000, 5000]);
    expect(s3.current('statics', 'static/index.html')).toBeDefined();
  });

  test('does not wait for IAM for ever', async () => {
    s3.before = ({ bucket }) => (bucket === 'assets' ? failure(403, 'AccessDenied') : undefined);
    await expect(run()).rejects.toThrow('AccessDenied for a test');
    expect(sleep).toHaveBeenCalledTimes(11);
  });

  test('does nothing when the publication leaves the stack', async () => {
    expect(await run({ RequestType: 'Delete', PhysicalResourceId: 'first' })).toEqual({ PhysicalResourceId: 'first' });
    expect(s3.requests).toEqual([]);
    expect(cloudFront.asked).toEqual([]);
  });

  test.each(Object.keys(PROPERTIES))('needs %s', async (name) => {
    await expect(run({ ResourceProperties: { ...PROPERTIES, [name]: '' } })).rejects.toThrow(`'${name}' must be given, got ""`);
  });

  test('waits while CloudFront has enough to forget, and not longer than there is time', async () => {
    const { CloudFrontClient } = jest.requireActual('@aws-sdk/client-cloudfront');
    const client = new CloudFrontClient({});
    let remaining = 100_000;
    const clock = { sleep: async (milliseconds: number) => void (remaining -= milliseconds), remainingMilliseconds: () => remaining };
    const cdn = new CloudFrontCdn(client, { distributionId: 'E1', location: 'static', invalidatesAll: false, callerReference: 'r1' }, clock);
    cloudFront.busy = 2;
    await cdn.invalidate(['a.css']);
    expect(cloudFront.asked).toHaveLength(3);
    expect(remaining).toBe(60_000);

    cloudFront.busy = 1e3;
    await expect(cdn.invalidate(['a.css'])).rejects.toThrow('for a test');
    expect(remaining).toBe(40_000);
  });
});

describe('what is forgotten', () => {
  test('is exactly a file, with all of its query strings', () => {
    expect(invalidationPaths('static', ['index.html', 'b/app.js'])).toEqual(['/static/index.html*', '/static/b/app.js*']);
  });

  test('is what may be written in two ways, up to there', () => {
    expect(invalidationPaths('static', ['a b.css', 'naïve.css', 'x@2x.png', 'x@3x.png'])).toEqual(['/static/a*', '/static/na*', '/static/x*']);
  });

  test('is all of the folder where it is more than CloudFront takes at a time', () => {
    const files = Array.from({ length: 16 }, (_, index) => `${index}.css`);
    expect(invalidationPaths('static', files.slice(1))).toHaveLength(15);
    expect(invalidationPaths('static', files)).toEqual(['/static/*']);
    expect(invalidationPaths('site+1/static', files)).toEqual(['/site*']);
  });
});
