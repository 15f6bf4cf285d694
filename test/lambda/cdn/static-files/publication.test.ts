import { Cdn, PresentFile, publish, PublishedFiles, ReleasedFile } from '../../../../lambda/cdn/static-files/publication';

const file = (path: string, sha256 = '1', more: Partial<ReleasedFile> = {}): ReleasedFile => ({
  path, content: Buffer.from(sha256), sha256, contentType: 'text/css', cacheControl: 'short', isHashed: false, ...more,
});
const hashed = (path: string, sha256 = '1') => file(path, sha256, { isHashed: true, cacheControl: 'long' });

/** A bucket and a CDN that outlive runs, and break where a test says. */
class World implements PublishedFiles, Cdn {
  public readonly files = new Map<string, PresentFile>();
  public readonly calls: string[] = [];
  /** What caches have, by path: they ask for it as soon as they may. */
  public readonly cached = new Map<string, string | undefined>();
  public breaksAt?: number;
  private journal: string[] = [];

  public async find(path: string) {
    return this.files.get(path);
  }

  public async put({ path, sha256, contentType, cacheControl }: ReleasedFile) {
    this.step(`put ${path}`);
    this.files.set(path, { sha256, contentType, cacheControl });
  }

  public async unforgotten() {
    return this.journal;
  }

  public async setUnforgotten(paths: string[]) {
    this.step(`journal ${paths.join(' ')}`.trim());
    this.journal = paths;
  }

  public async forget(paths: string[]) {
    this.step(`forget ${paths.join(' ')}`);
    paths.forEach((path) => this.cached.delete(path));
  }

  public visit(...paths: string[]) {
    paths.filter((path) => !this.cached.has(path)).forEach((path) => this.cached.set(path, this.files.get(path)?.sha256));
  }

  public async publish(...files: ReleasedFile[]) {
    this.calls.length = 0;
    return publish(files, this, this);
  }

  private step(call: string) {
    if (this.calls.length === this.breaksAt) throw new Error(`broken before: ${call}`);
    this.calls.push(call);
  }
}

test('what pages refer to is there before them, and caches forget afterwards', async () => {
  const world = new World();
  expect(await world.publish(file('index.html'), hashed('app.3f2a9c1b.js'), file('a.css'))).toEqual({
    uploaded: ['index.html', 'app.3f2a9c1b.js', 'a.css'], forgotten: ['a.css', 'index.html'], overwritten: [],
  });
  expect(world.calls).toEqual(['journal a.css index.html', 'put app.3f2a9c1b.js', 'put index.html', 'put a.css', 'forget a.css index.html', 'journal']);
});

test('the second time, nothing is done', async () => {
  const world = new World();
  const files = [file('index.html'), hashed('app.3f2a9c1b.js')];
  await world.publish(...files);
  expect(await world.publish(...files)).toEqual({ uploaded: [], forgotten: [], overwritten: [] });
  expect(world.calls).toEqual([]);
});

test('only what changed is put and forgotten, and the old hashed files stay', async () => {
  const world = new World();
  await world.publish(file('index.html', '1'), file('logo.svg'), hashed('app.3f2a9c1b.js'));
  await world.publish(file('index.html', '2'), file('logo.svg'), hashed('app.77777aaa.js'));
  expect(world.calls).toEqual(['journal index.html', 'put app.77777aaa.js', 'put index.html', 'forget index.html', 'journal']);
  expect([...world.files.keys()]).toContain('app.3f2a9c1b.js');
});

test.each<[string, Partial<ReleasedFile>]>([
  ['another type', { contentType: 'text/plain' }],
  ['another lifetime', { cacheControl: 'shorter' }],
])('a file of %s is put again', async (_, change) => {
  const world = new World();
  await world.publish(file('a.css'));
  expect(await world.publish(file('a.css', '1', change))).toMatchObject({ uploaded: ['a.css'], forgotten: ['a.css'] });
});

test('a file that somebody else put there is overwritten', async () => {
  const world = new World();
  world.files.set('a.css', { contentType: 'text/css', cacheControl: 'short' });
  expect(await world.publish(file('a.css'))).toMatchObject({ uploaded: ['a.css'], forgotten: ['a.css'] });
});

test('a hashed file whose contents changed all the same is forgotten, too, and told of', async () => {
  const world = new World();
  await world.publish(hashed('app.3f2a9c1b.js', '1'));
  expect(await world.publish(hashed('app.3f2a9c1b.js', '2'))).toEqual({
    uploaded: ['app.3f2a9c1b.js'], forgotten: ['app.3f2a9c1b.js'], overwritten: ['app.3f2a9c1b.js'],
  });
});

describe.each([0, 1, 2, 3, 4, 5])('where a run breaks off before its step %p', (breaksAt) => {
  const old = [file('index.html', '1'), file('a.css', '1'), hashed('app.3f2a9c1b.js')];
  const next = [file('index.html', '2'), file('a.css', '2'), hashed('app.77777aaa.js')];
  const visitors = ['index.html', 'a.css', 'app.3f2a9c1b.js'];

  async function broken() {
    const world = new World();
    await world.publish(...old);
    world.visit(...visitors);
    world.breaksAt = breaksAt;
    await expect(world.publish(...next)).rejects.toThrow('broken before');
    world.breaksAt = undefined;
    world.visit(...visitors);
    return world;
  }

  test('another run leaves nothing old in caches', async () => {
    const world = await broken();
    await world.publish(...next);
    world.visit(...visitors);
    expect([...world.cached]).toEqual(expect.arrayContaining([['index.html', '2'], ['a.css', '2'], ['app.3f2a9c1b.js', '1']]));
  });

  test('a rollback leaves nothing new in caches', async () => {
    const world = await broken();
    await world.publish(...old);
    world.visit(...visitors);
    expect([...world.cached]).toEqual(expect.arrayContaining([['index.html', '1'], ['a.css', '1'], ['app.3f2a9c1b.js', '1']]));
  });
});

test('thousands of files are not put all at once', async () => {
  let [now, most] = [0, 0];
  const world = new World();
  const put = world.put.bind(world);
  world.put = async (one) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    await put(one);
    now--;
  };
  await world.publish(...Array.from({ length: 100 }, (_, index) => file(`${index}.css`)));
  expect(world.files.size).toBe(100);
  expect(most).toBe(16);
});
