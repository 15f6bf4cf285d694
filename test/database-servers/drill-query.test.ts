import { spawnSync } from 'child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { unzipSync } from 'fflate';
import { python } from './clients';
import { Server, startMariadb, startPostgres } from './servers';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drill-'));
  const files = unzipSync(readFileSync(join(__dirname, '..', '..', 'assets', 'database-drill-query.zip')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'function', name)), { recursive: true });
    writeFileSync(join(folder, 'function', name), content);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Asking {
  readonly query?: string;
  readonly password?: string;
  readonly host?: string;
  /** The file of authorities that Node.js is given, as Lambda gives it RDS's. */
  readonly authorities?: string;
}

describe.each([
  ['PostgreSQL', startPostgres, ['CREATE ROLE dbadmin LOGIN PASSWORD \'s3cret\'', 'CREATE DATABASE skills OWNER dbadmin']],
  ['MariaDB', startMariadb, ['CREATE DATABASE skills', 'CREATE USER dbadmin@\'%\' IDENTIFIED BY \'s3cret\'', 'GRANT ALL ON *.* TO dbadmin@\'%\'']],
] as const)('the function as it ships, and a real %s that requires TLS', (_, startServer, statements) => {
  let server: Server;

  beforeAll(async () => {
    server = await startServer(folder);
    python({ do: 'administer', server: server.kind, socket: server.socket, port: server.port, statements });
  }, 120_000);

  afterAll(() => server?.stop());

  /** In a process of its own, which reads the authorities when it starts. */
  function ask({ query, password = 's3cret', host = 'localhost', authorities = server.certificate }: Asking = {}): string {
    const script = `
      require('dns').lookup = (_, options, answer) => (options.all ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : answer(null, '127.0.0.1', 4));
      const { handler } = require(${JSON.stringify(join(folder, 'function', 'index.js'))});
      handler(${JSON.stringify({ host, password })}).then(() => console.log('convinced'), (error) => console.log(error.name + ': ' + error.message));
    `;
    const env = {
      PATH: process.env.PATH,
      DATABASE_FAMILY: server.kind,
      DATABASE_PORT: `${server.port}`,
      DATABASE_USER: 'dbadmin',
      DATABASE_NAME: 'skills',
      NODE_EXTRA_CA_CERTS: authorities,
      ...(query !== undefined && { QUERY: query }),
    };
    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', script], { env, encoding: 'utf8', timeout: 60_000 });
    return stdout.trim() || stderr;
  }

  test('a database without tables does not convince, one with a table does', () => {
    expect(ask()).toMatch(/^UnconvincingAnswer: the restored database answered '0' to: SELECT count\(\*\)/);
    expect(ask({ query: 'CREATE TABLE skills (id int)' })).toMatch(/^UnconvincingAnswer: the restored database answered 'undefined'/);
    expect(ask()).toBe('convinced');
  });

  test('a statement of the user\'s own is asked', () => {
    expect(ask({ query: 'SELECT 42' })).toBe('convinced');
    expect(ask({ query: 'SELECT NULL' })).toMatch(/answered 'null'/);
    expect(ask({ query: 'SELECT 1 WHERE 1 = 0' })).toMatch(/answered 'undefined'/);
    expect(ask({ query: 'SELECT 1 = 2' })).toMatch(/answered '(false|0)'/);
    expect(ask({ query: 'SELECT * FROM nowhere' })).toMatch(/nowhere/);
  });

  test('a wrong password fails, and is not in the error', () => {
    const answer = ask({ password: 'hunter2' });
    expect(answer).toMatch(/password authentication failed|Access denied/);
    expect(answer).not.toContain('hunter2');
  });

  test('a certificate of an authority that Node.js was not given is refused', () => {
    expect(ask({ authorities: '' })).toMatch(/self-signed certificate/);
  });

  test('a certificate for another name is refused', () => {
    expect(ask({ host: 'drill.example.org' })).toMatch(/Hostname\/IP does not match certificate's altnames/);
  });
});
