import { ChildProcess, execFileSync, spawn } from 'child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'fs';
import { createServer, connect } from 'net';
import { join } from 'path';
import { setTimeout } from 'timers/promises';

/** Servers refuse to run as root, and need not. */
const USER = process.getuid!() === 0 ? { uid: 65_534, gid: 65_534 } : {};

export interface Server {
  readonly kind: 'postgres' | 'mariadb' | 'redis';
  readonly version: string;
  readonly port: number;
  /** Where its owner logs in. */
  readonly socket: string;
  /** The file with what it shows to who connects. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** PostgreSQL on this machine, that takes TLS only, as RDS's does by `rds.force_ssl`. */
export async function startPostgres(folder: string, parameters: Record<string, string> = {}): Promise<Server> {
  const bin = postgresBin(folder);
  const data = ownFolder(folder, 'postgres');
  selfSigned(data);
  const port = await freePort();
  run(join(bin, 'initdb'), '--pgdata', join(data, 'data'), '--username', 'owner', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync');
  writeFileSync(join(data, 'pg_hba.conf'), 'local all owner trust\nhostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all all all reject\n');
  const process = start(join(bin, 'postgres'), '-D', join(data, 'data'), '-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', data, '-c', 'ssl=on',
    '-c', `ssl_cert_file=${join(data, 'tls.crt')}`, '-c', `ssl_key_file=${join(data, 'tls.key')}`, '-c', `hba_file=${join(data, 'pg_hba.conf')}`, '-c', 'fsync=off',
    ...Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]));
  return running({ kind: 'postgres', version: version(join(bin, 'postgres')), port, socket: data, certificate: join(data, 'tls.crt') }, process);
}

/** MariaDB on this machine, with the parameter that RDS's requires TLS by. */
export async function startMariadb(folder: string, parameters: Record<string, string> = { require_secure_transport: '1' }): Promise<Server> {
  const root = mariadbRoot(folder);
  const data = ownFolder(folder, 'mariadb');
  selfSigned(data);
  const port = await freePort();
  const socket = join(data, 'socket');
  const mariadbd = join(root, 'usr/sbin/mariadbd');
  const common = ['--no-defaults', `--datadir=${join(data, 'data')}`, `--tmpdir=${data}`,
    `--lc-messages-dir=${join(root, 'usr/share/mysql')}`, `--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`];
  mkdirSync(join(data, 'data', 'mysql'), { recursive: true });
  if (USER.uid) ['data', 'data/mysql'].forEach((name) => chownSync(join(data, name), USER.uid!, USER.gid!));
  const libraries = librariesBelow(root);
  execFileSync(mariadbd, [...common, '--bootstrap', '--skip-networking'], {
    ...USER, env: { ...process.env, ...libraries }, input: `use mysql;\n${systemTables(root)}\n`, stdio: ['pipe', 'ignore', 'pipe'],
  });
  const child = spawn(mariadbd, [...common, `--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1',
    `--ssl-cert=${join(data, 'tls.crt')}`, `--ssl-key=${join(data, 'tls.key')}`, '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0',
    ...Object.entries(parameters).map(([name, value]) => `--${name}=${value}`)],
  { ...USER, env: { ...process.env, ...libraries }, stdio: 'ignore' });
  return running({ kind: 'mariadb', version: version(mariadbd, libraries), port, socket, certificate: join(data, 'tls.crt') }, child);
}

/**
 * Redis on this machine, or Valkey where Debian has it, that takes TLS only, with users as ElastiCache's are described.
 *
 * @param users by their names: access strings, and passwords
 */
export async function startRedis(folder: string, users: Record<string, { access: string; password: string }>): Promise<Server> {
  const server = redisServer(folder);
  const data = ownFolder(folder, 'redis');
  selfSigned(data);
  const port = await freePort();
  const tls = ['cert-file tls.crt', 'key-file tls.key', 'ca-cert-file tls.crt', 'auth-clients no', `port ${port}`].map((line) => `tls-${line}`);
  const logins = Object.entries(users).map(([name, { access, password }]) => `user ${name} ${access} >${password}`);
  writeFileSync(join(data, 'redis.conf'), ['port 0', 'bind 127.0.0.1', `dir ${data}`, 'save ""', ...tls, ...logins].join('\n'));
  const libraries = librariesBelow(folder);
  const child = spawn(server, [join(data, 'redis.conf')], { ...USER, env: { ...process.env, ...libraries }, stdio: 'ignore', cwd: data });
  return running({ kind: 'redis', version: version(server, libraries), port, socket: '', certificate: join(data, 'tls.crt') }, child);
}

/** What `mariadb-install-db` feeds to the server, with a superuser at the socket. */
function systemTables(root: string): string {
  const share = join(root, 'usr/share/mysql');
  const texts = ['mariadb_system_tables.sql', 'mysql_system_tables.sql', 'mariadb_performance_tables.sql', 'mariadb_system_tables_data.sql', 'mysql_system_tables_data.sql']
    .filter((name) => existsSync(join(share, name))).map((name) => execFileSync('cat', [join(share, name)], { encoding: 'utf8', maxBuffer: 1e8 }));
  return texts.join('\n');
}

function postgresBin(folder: string): string {
  const newestBelow = (root: string) => {
    const versions = join(root, 'usr/lib/postgresql');
    const [newest] = existsSync(versions) ? readdirSync(versions).sort((one, other) => Number(other) - Number(one)) : [];
    return newest && existsSync(join(versions, newest, 'bin/postgres')) ? join(versions, newest, 'bin') : undefined;
  };
  return newestBelow('/') ?? newestBelow(folder) ?? newestBelow(unpacked(folder, ['postgresql-17', 'postgresql-16', 'postgresql-15']))!;
}

/** The folder below which `usr/sbin/mariadbd` is. */
function mariadbRoot(folder: string): string {
  const there = ['/', folder].find((root) => existsSync(join(root, 'usr/sbin/mariadbd')));
  return there ?? unpacked(folder, ['mariadb-server-core'], ['mariadb-common', 'liburing2', 'libaio1', 'libaio1t64']);
}

function redisServer(folder: string): string {
  const serverBelow = (root: string) => ['valkey-server', 'redis-server'].map((name) => join(root, 'usr/bin', name)).find((file) => existsSync(file));
  const libraries = ['libjemalloc2', 'liblzf1', 'libatomic1', 'libhiredis1.1.0'];
  return serverBelow('/') ?? serverBelow(unpacked(folder, ['valkey-server', 'redis-server'], ['valkey-tools', 'redis-tools', ...libraries]))!;
}

/** Where a server finds what was unpacked beside it. */
function librariesBelow(root: string): { LD_LIBRARY_PATH?: string } {
  const folders = existsSync(join(root, 'usr/lib')) ? readdirSync(join(root, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu')) : [];
  return root === '/' || folders.length === 0 ? {} : { LD_LIBRARY_PATH: join(root, 'usr/lib', folders[0]) };
}

/** The files of Debian's packages, without installing them: the first that there is, and more if there are. */
function unpacked(folder: string, oneOf: string[], more: string[] = []): string {
  const archives = join(folder, 'packages');
  mkdirSync(archives, { recursive: true });
  const download = (name: string) => {
    try {
      execFileSync('apt-get', ['download', name], { cwd: archives, stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };
  if (!oneOf.some(download)) throw new Error(`none of Debian's packages ${oneOf} can be downloaded`);
  more.forEach(download);
  for (const archive of readdirSync(archives)) execFileSync('dpkg-deb', ['--extract', join(archives, archive), folder]);
  return folder;
}

function ownFolder(folder: string, name: string): string {
  const own = mkdtempSync(join(folder, `${name}-`));
  if (USER.uid) {
    chmodSync(folder, 0o755); // above, so that the user of the server may pass
    chownSync(own, USER.uid, USER.gid!);
  }
  return own;
}

/** The file of a new certificate, beside its key. */
export function selfSigned(folder: string): string {
  const [key, crt] = ['tls.key', 'tls.crt'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', crt], { stdio: 'pipe' });
  if (USER.uid) [key, crt].forEach((file) => chownSync(file, USER.uid!, USER.gid!));
  chmodSync(key, 0o600);
  return crt;
}

function run(file: string, ...parameters: string[]): void {
  execFileSync(file, parameters, { ...USER, stdio: 'pipe', cwd: '/' });
}

function start(file: string, ...parameters: string[]): ChildProcess {
  return spawn(file, parameters, { ...USER, stdio: 'ignore', cwd: '/' });
}

function version(file: string, env: Record<string, string | undefined> = {}): string {
  return /\d+\.\d+(\.\d+)?/.exec(execFileSync(file, ['--version'], { encoding: 'utf8', env: { ...process.env, ...env } }))![0];
}

async function running(server: Omit<Server, 'stop'>, child: ChildProcess): Promise<Server> {
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const deadline = Date.now() + 60_000;
  while (!await answers(server.port)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${server.kind} did not start`);
    await setTimeout(200);
  }
  return {
    ...server,
    stop: async () => {
      child.kill('SIGTERM');
      const impatience = new AbortController();
      setTimeout(10_000, undefined, impatience).then(() => child.kill('SIGKILL'), () => undefined);
      await ended;
      impatience.abort();
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
