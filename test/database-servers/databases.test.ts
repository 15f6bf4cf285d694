import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { hasJava, Java, python } from './clients';
import { Server, startMariadb, startPostgres } from './servers';
import { newPassword, withPassword } from '../../lambda/database/rotation/password';
import { Rotation } from '../../lambda/database/rotation/rotation';
import { DatabaseEngine } from '../../src';
import { databaseParameters } from '../../src/database/private/database-parameters';
import { connectionFields } from '../../src/database/private/login';
import { PASSWORD_PLACEHOLDER } from '../../src/database/private/password-rotation';
import { Checks } from '../../src/shared/checks';
import { InMemorySecret } from '../lambda/database/rotation/in-memory-secret';

const PASSWORDS = 10_000;
const ROTATIONS = 4;
const ENGINES = {
  mysql: DatabaseEngine.mysql(),
  mariadb: DatabaseEngine.mariadb(),
  postgres: DatabaseEngine.postgres(),
  auroraMysql: DatabaseEngine.auroraMysql(),
  auroraPostgres: DatabaseEngine.auroraPostgres(),
};
const WITH_A_SYMBOL = /[^A-Za-z0-9]/;

let folder: string;
let jdbc: Java | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'databases-'));
  if (hasJava) {
    mkdirSync(join(folder, 'jdbc'));
    jdbc = new Java(join(folder, 'jdbc'));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The settings as the construct and the rotation write them. */
const fieldsOf = (engine: DatabaseEngine, place: { host: string; port: string; databaseName: string }) =>
  connectionFields({ engine: engine._traits, masterUsername: 'dbadmin', databaseName: place.databaseName }, place, PASSWORD_PLACEHOLDER);

const HOST = 'stack-database-0a1b2c-51af3dc0da77.c9akciq32rgm.eu-west-3.rds.amazonaws.com';

describe.each(Object.entries(ENGINES))(`the settings of ${PASSWORDS} passwords for %s`, (name, engine) => {
  const place = { host: HOST, port: `${engine._traits.port}`, databaseName: 'skills_2' };
  const rows = () => Array.from({ length: PASSWORDS }, () => ({
    ...withPassword(fieldsOf(engine, place), newPassword()), host: place.host, port: place.port, database: place.databaseName,
  }) as Record<string, string>);

  test('are read by the libraries of Python as they are meant', () => {
    const file = join(folder, `${name}.jsonl`);
    writeFileSync(file, rows().map((row) => JSON.stringify(row)).join('\n'));
    expect(python({ do: 'parse', file })).toEqual({ readings: 4 * PASSWORDS, wrong: [], wrongCount: 0 });
  });

  (hasJava ? test : test.skip)('are read by the driver of JDBC as they are meant', () => {
    const file = join(folder, `${name}.tsv`);
    writeFileSync(file, rows().map((row) => [row.jdbcUrl, row.username, row.password, row.host, row.port, row.database].join('\t')).join('\n'));
    expect(jdbc!.ask('parse', file)).toEqual({ readings: PASSWORDS, wrongCount: 0 });
  });
});

test('a password that RDS itself might make would be read wrong, and this test notices', () => {
  const file = join(folder, 'symbols.jsonl');
  const place = { host: HOST, port: '5432', databaseName: 'skills' };
  const password = 'a#b?c:d%25e[f';
  expect(password).toMatch(WITH_A_SYMBOL);
  writeFileSync(file, JSON.stringify({ ...withPassword(fieldsOf(ENGINES.postgres, place), password), ...place, database: 'skills' }));
  expect(() => {
    const { wrongCount } = python<{ wrongCount: number }>({ do: 'parse', file });
    if (wrongCount > 0) throw new Error('read wrong');
  }).toThrow();
});

/** What the construct says in the parameter group, but for what only RDS has. */
const parametersOf = (engine: DatabaseEngine, text: { characterSet?: string; collation?: string } = {}) => Object.fromEntries(
  Object.entries(databaseParameters(new Checks('Test'), { engine: engine._traits, ...text })).filter(([name]) => !name.startsWith('rds.')),
);

const administerOf = (server: Server, ...statements: string[]) =>
  python<string[][][]>({ do: 'administer', server: server.kind, socket: server.socket, port: server.port, statements });

const SLOW_STATEMENTS = { log_output: 'FILE', long_query_time: '2.0', slow_query_log: '1', require_secure_transport: '1' };

describe.each([
  ['PostgreSQL', startPostgres, ENGINES.postgres, {}, { log_connections: 'on', log_disconnections: 'on', log_min_duration_statement: '2s' }],
  ['MariaDB', startMariadb, ENGINES.mariadb, {}, { ...SLOW_STATEMENTS, character_set_server: 'utf8mb4', collation_server: 'utf8mb4_unicode_ci' }],
  ['MySQL in utf8mb3', startMariadb, ENGINES.mysql, { characterSet: 'utf8mb3', collation: 'utf8mb3_unicode_ci' },
    { ...SLOW_STATEMENTS, character_set_server: 'utf8mb3', collation_server: 'utf8mb3_unicode_ci' }],
] as const)('the parameters of %s', (_, startServer, engine, text, expected: Record<string, string>) => {
  let server: Server;
  const ask = (statement: string) => administerOf(server, statement)[0][0];

  beforeAll(async () => {
    server = await startServer(folder, parametersOf(engine, text));
  });

  afterAll(() => server?.stop());

  test('are taken by a real server, as they are meant', () => {
    expect(Object.keys(parametersOf(engine, text)).sort()).toEqual(Object.keys(expected).sort());
    const taken = Object.keys(expected).map((name) => [name, ...ask(server.kind === 'postgres' ? `SHOW ${name}` : `SELECT @@GLOBAL.${name}`)]);
    expect(Object.fromEntries(taken)).toEqual(expected);
  });

  if (engine !== ENGINES.postgres) {
    test('say what a new database is in, if none of its own says it', () => {
      administerOf(server, 'CREATE DATABASE skills');
      expect(ask("SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = 'skills'"))
        .toEqual([expected.character_set_server, expected.collation_server]);
    });
  }
});

describe.each([
  ['PostgreSQL', startPostgres, ENGINES.postgres, (user: string, password: string) => [`ALTER ROLE ${user} PASSWORD '${password}'`],
    ['CREATE ROLE dbadmin LOGIN', 'CREATE DATABASE skills OWNER dbadmin']],
  ['MariaDB', startMariadb, ENGINES.mariadb, (user: string, password: string) => [`ALTER USER ${user}@'%' IDENTIFIED BY '${password}'`],
    ['CREATE DATABASE skills', 'CREATE USER dbadmin@\'%\'', 'GRANT ALL ON skills.* TO dbadmin@\'%\'']],
] as const)('a real %s that requires TLS', (_, startServer, engine, setPassword, statements) => {
  let server: Server;
  let credentials: InMemorySecret;
  let connection: InMemorySecret;
  let rotation: Rotation;
  const administer = (...asked: string[]) => administerOf(server, ...asked);
  const login = (url: string, plain = false) => python<{ tls?: string; user?: string; error?: string }>({ do: 'login', url, plain });
  const current = async () => await connection.current() as Record<string, string>;

  beforeAll(async () => {
    server = await startServer(folder, parametersOf(engine));
    administer(...statements);
    const fields = fieldsOf(engine, { host: '127.0.0.1', port: `${server.port}`, databaseName: 'skills' });
    credentials = new InMemorySecret({ username: 'dbadmin', password: 'first' });
    connection = new InMemorySecret(withPassword(fields, 'first'));
    rotation = new Rotation({
      credentials,
      connection,
      connectionFields: fields,
      // What RDS does when it is asked for a password; the rest is the function's own code.
      database: { setPassword: async (password) => void administer(...setPassword('dbadmin', password)), isSettled: async () => true },
      services: [],
      announce: async () => undefined,
      restart: async () => undefined,
      deadline: { sleep: async () => undefined, remainingMilliseconds: () => 600_000 },
    });
  });

  afterAll(() => server?.stop());

  test(`takes the URL after each of ${ROTATIONS} rotations, over TLS, and the one of before no more`, async () => {
    for (let round = 1; round <= ROTATIONS; round++) {
      const before = await current();
      for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) await rotation[step](`round-${round}`);
      const after = await current();

      expect(login(after.url)).toEqual({ tls: expect.stringMatching(/^TLSv1\.[23]$/), user: 'dbadmin' });
      expect(login(before.url).error).toMatch(/password authentication failed|Access denied/);
    }
  });

  test('refuses the same URL without TLS', async () => {
    const { url } = await current();
    expect(login(url).error).toBeUndefined();
    expect(login(url, true).error).toMatch(/pg_hba.conf rejects connection.*no encryption|Access denied|insecure transport/);
    if (server.kind === 'postgres') return; // which says why
    administer('SET GLOBAL require_secure_transport = OFF');
    expect(login(url, true)).toEqual({ tls: '', user: 'dbadmin' });
    administer('SET GLOBAL require_secure_transport = ON');
  });

  (hasJava ? test : test.skip)('takes the URL of JDBC', async () => {
    expect(jdbc!.ask('login', (await current()).jdbcUrl)).toEqual({ product: server.kind === 'postgres' ? 'PostgreSQL' : 'MariaDB' });
    const wrong = (await current()).jdbcUrl.replace(/password=\w+/, 'password=wrong');
    expect(jdbc!.ask('login', wrong)).toEqual({ error: expect.stringMatching(/^28/) });
  });
});
