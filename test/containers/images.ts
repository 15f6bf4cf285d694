import { execFileSync } from 'child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { CACHE, Engine } from './engine';

/** Names that exist in the engine only. */
export const image = (service: string, version: string) => `cdk-mainstay-test/${service}:${version}`;

interface Variant {
  readonly service: string;
  readonly version: string;
  /** What server.py is to do wrong. */
  readonly faults?: string;
  /** What of server.py runs. */
  readonly command?: string[];
  readonly user?: string;
}

const VARIANTS: Variant[] = [
  { service: 'web', version: '1' },
  { service: 'web', version: '2' },
  { service: 'web', version: 'failing', faults: 'failing' },
  { service: 'web', version: 'unhealthy', faults: 'unhealthy' },
  { service: 'web', version: 'crashing', faults: 'crashing' },
  { service: 'api', version: '1' },
  { service: 'admin', version: '1' },
  { service: 'documents', version: '1', command: ['keep', '/data'], user: '1000:1000' },
  { service: 'stubborn', version: '1', command: ['endure'] },
];

/** All of them without a registry: a base of Debian's packages, the server in it, and of that an image for each service, which says what it is. */
export function buildImages(engine: Engine, folder: string): void {
  importBase(engine, folder);
  build(engine, folder, 'server:1', ['FROM cdk-mainstay-test/base:1', 'COPY server.py /srv/server.py'], [[join(__dirname, 'image', 'server.py'), 'server.py']]);
  for (const { service, version, faults, command = ['serve'], user } of VARIANTS) {
    const settings = Object.entries({ IMAGE_SERVICE: service, IMAGE_VERSION: version, IMAGE_FAULTS: faults ?? '' }).map(([name, value]) => `${name}="${value}"`);
    build(engine, folder, `${service}:${version}`, [
      'FROM cdk-mainstay-test/server:1', `ENV ${settings.join(' ')}`, ...user ? [`USER ${user}`] : [], `CMD ${JSON.stringify(['python3', '/srv/server.py', ...command])}`,
    ]);
  }
  build(engine, folder, 'worker:1', [
    'FROM cdk-mainstay-test/base:1', 'COPY celery /srv', 'COPY tasks.py /srv/tasks.py', 'ENV PYTHONPATH=/srv PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1', 'WORKDIR /srv',
  ], [[join(CACHE, 'celery'), 'celery'], [join(__dirname, 'worker-image', 'tasks.py'), 'tasks.py']]);
}

function importBase(engine: Engine, folder: string): void {
  const archive = join(folder, 'base.tar');
  const needless = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info'].map((path) => `--exclude=./${path}`);
  execFileSync('tar', ['--create', '--file', archive, '--directory', join(CACHE, 'base'), '--owner=0', '--group=0', '--numeric-owner', ...needless, '.']);
  engine.docker(['import', '--change', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', archive, 'cdk-mainstay-test/base:1']);
  rmSync(archive);
}

function build(engine: Engine, folder: string, name: string, dockerfile: string[], files: [string, string][] = []): void {
  const context = join(folder, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'Dockerfile'), dockerfile.join('\n'));
  for (const [from, to] of files) cpSync(from, join(context, to), { recursive: true });
  engine.docker(['build', '--quiet', '--network', 'none', '--tag', `cdk-mainstay-test/${name}`, context]);
  rmSync(context, { recursive: true });
}
