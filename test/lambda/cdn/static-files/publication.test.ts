import { Cdn, PresentFile, publish, PublishedFiles, ReleasedFile } from '../../../../lambda/cdn/static-files/publication';

const file = (path: string, sha256 = '1', more: Partial<ReleasedFile> = {}): ReleasedFile => ({
  path, content: Buffer.from(sha256), sha256, contentType: 'text/css', cacheControl: 'short', isHashed: false, ...more,
});
const hashed = (path: string, sha256 = '1') => file(path, sha256, { isHashed: true, cacheControl: 'long' });

/** A bucket and a CDN that outlive runs, and break where a test says. */
class BucketAndCdn implements PublishedFiles, Cdn {
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

  public async pendingInvalidations() {
    return this.journal;
  }

  public async setPendingInvalidations(paths: string[]) {
    this.step(`journal ${paths.join(' ')}`.trim());
    this.journal = paths;
  }

  public async invalidate(paths: string[]) {
    this.step(`invalidate ${paths.join(' ')}`);
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
  const fake = new BucketAndCdn();
  expect(await fake.publish(file('index.html'), hashed('app.3f2a9c1b.js'), file('a.css'))).toEqual({
    uploaded: ['index.html', 'app.3f2a9c1b.js', 'a.css'], invalidated: ['a.css', 'index.html'], overwritten: [],
  });
  expect(fake.calls).toEqual(['journal a.css index.html', 'put app.3f2a9c1b.js', 'put index.html', 'put a.css', 'invalidate a.css index.html', 'journal']);
});

test('the second time, nothing is done', async () => {
  const fake = new BucketAndCdn();
  const files = [file('index.html'), hashed('app.3f2a9c1b.js')];
  await fake.publish(...files);
  expect(await fake.publish(...files)).toEqual({ uploaded: [], invalidated: [], overwritten: [] });
  expect(fake.calls).toEqual([]);
});

test('only what changed is put and forgotten, and the old hashed files stay', async () => {
  const fake = new BucketAndCdn();
  await fake.publish(file('index.html', '1'), file('logo.svg'), hashed('app.3f2a9c1b.js'));
  await fake.publish(file('index.html', '2'), file('logo.svg'), hashed('app.77777aaa.js'));
  expect(fake.calls).toEqual(['journal index.html', 'put app.77777aaa.js', 'put index.html', 'invalidate index.html', 'journal']);
  expect([...fake.files.keys()]).toContain('app.3f2a9c1b.js');
});

test.each<[string, Partial<ReleasedFile>]>([
  ['another type', { contentType: 'text/plain' }],
  ['another lifetime', { cacheControl: 'shorter' }],
])('a file of %s is put again', async (_, change) => {
  const fake = new BucketAndCdn();
  await fake.publish(file('a.css'));
  expect(await fake.publish(file('a.css', '1', change))).toMatchObject({ uploaded: ['a.css'], invalidated: ['a.css'] });
});

test('a file that somebody else put there is overwritten', async () => {
  const fake = new BucketAndCdn();
  fake.files.set('a.css', { contentType: 'text/css', cacheControl: 'short' });
  expect(await fake.publish(file('a.css'))).toMatchObject({ uploaded: ['a.css'], invalidated: ['a.css'] });
});

test('a hashed file whose contents changed all the same is forgotten, too, and told of', async () => {
  const fake = new BucketAndCdn();
  await fake.publish(hashed('app.3f2a9c1b.js', '1'));
  expect(await fake.publish(hashed('app.3f2a9c1b.js', '2'))).toEqual({
    uploaded: ['app.3f2a9c1b.js'], invalidated: ['app.3f2a9c1b.js'], overwritten: ['app.3f2a9c1b.js'],
  });
});

describe.each([0, 1, 2, 3, 4, 5])('where a run breaks off before its step %p', (breaksAt) => {
  const old = [file('index.html', '1'), file('a.css', '1'), hashed('app.3f2a9c1b.js')];
  const next = [file('index.html', '2'), file('a.css', '2'), hashed('app.77777aaa.js')];
  const visitors = ['index.html', 'a.css', 'app.3f2a9c1b.js'];

  async function broken() {
    const fake = new BucketAndCdn();
    await fake.publish(...old);
    fake.visit(...visitors);
    fake.breaksAt = breaksAt;
    await expect(fake.publish(...next)).rejects.toThrow('broken before');
    fake.breaksAt = undefined;
    fake.visit(...visitors);
    return fake;
  }

  test('another run leaves nothing old in caches', async () => {
    const fake = await broken();
    await fake.publish(...next);
    fake.visit(...visitors);
    expect([...fake.cached]).toEqual(expect.arrayContaining([['index.html', '2'], ['a.css', '2'], ['app.3f2a9c1b.js', '1']]));
  });

  test('a rollback leaves nothing new in caches', async () => {
    const fake = await broken();
    await fake.publish(...old);
    fake.visit(...visitors);
    expect([...fake.cached]).toEqual(expect.arrayContaining([['index.html', '1'], ['a.css', '1'], ['app.3f2a9c1b.js', '1']]));
  });
});

test('thousands of files are not put all at once', async () => {
  let [now, most] = [0, 0];
  const fake = new BucketAndCdn();
  const put = fake.put.bind(fake);
  fake.put = async (one) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    await put(one);
    now--;
  };
  await fake.publish(...Array.from({ length: 100 }, (_, index) => file(`${index}.css`)));
  expect(fake.files.size).toBe(100);
  expect(most).toBe(16);
});
