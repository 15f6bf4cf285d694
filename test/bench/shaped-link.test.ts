import { createServer, Server } from 'http';
import { AddressInfo } from 'net';
import { ShapedLink } from '../../bench/photos/shaped-link';

let server: Server;

beforeEach(async () => {
  server = createServer((request, answer) => {
    request.resume().on('end', () => answer.writeHead(200, { connection: 'close' }).end(Buffer.alloc(Number(request.headers['x-bytes'] ?? 0))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => server.close());

async function fetched({ url }: ShapedLink, bytes: number): Promise<{ length: number; ms: number }> {
  const started = performance.now();
  const { byteLength } = await (await fetch(url, { headers: { 'x-bytes': `${bytes}` } })).arrayBuffer();
  return { length: byteLength, ms: performance.now() - started };
}

async function link(roundTripMs: number, bytesPerSecond: number): Promise<ShapedLink> {
  const shaped = await ShapedLink.to(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, roundTripMs, bytesPerSecond);
  links.push(shaped);
  return shaped;
}

const links: ShapedLink[] = [];
afterEach(() => Promise.all(links.splice(0).map((shaped) => shaped.stop())));

test('an answer takes a round trip, and comes whole although the store closes behind it', async () => {
  const { length, ms } = await fetched(await link(50, 1e9), 100_000);
  expect(length).toBe(100_000);
  expect(ms).toBeGreaterThanOrEqual(49); // timers may be a little early
});

test('connections share the bandwidth', async () => {
  const shaped = await link(0, 1e6);
  const started = performance.now();
  await Promise.all([fetched(shaped, 100_000), fetched(shaped, 100_000)]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(195);
});

test('bytes are counted in each direction, with the headers', async () => {
  const shaped = await link(0, 1e9);
  await fetched(shaped, 1000);
  shaped.countFromZero();
  await fetched(shaped, 100_000);
  const { up, down } = shaped.carried;
  expect(up).toBeGreaterThan(50);
  expect(up).toBeLessThan(1000);
  expect(down).toBeGreaterThan(100_050);
  expect(down).toBeLessThan(101_000);
});
