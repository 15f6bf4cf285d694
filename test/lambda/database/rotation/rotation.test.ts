import { InMemorySecret } from './in-memory-secret';
import { createHandler } from '../../../../lambda/database/rotation/handler';
import { Rotation, RotationDependencies } from '../../../../lambda/database/rotation/rotation';

class FakeDatabase {
  password = 'first-password';
  polls = 0;

  constructor(private readonly settlesAfter = 0) {}

  async setPassword(password: string) {
    this.password = password;
  }

  async isSettled() {
    return this.polls++ >= this.settlesAfter;
  }
}

const FIELDS = { username: 'dbadmin', password: '<password>', url: 'mysql://dbadmin:<password>@host:3306/skills', uri: 'dbadmin:<password>@host:3306' };
const SERVICE = { cluster: 'apps', service: 'web' };

function setUp(more: Partial<RotationDependencies> = {}, database = new FakeDatabase()) {
  const credentials = new InMemorySecret({ username: 'dbadmin', password: 'first-password', host: 'host', port: 3306 });
  const connection = new InMemorySecret({ url: 'mysql://dbadmin:first-password@host:3306/skills' });
  const restarted: unknown[] = [];
  /** What applications read when the rotation is announced. */
  const announced: unknown[] = [];
  const waits: number[] = [];
  const rotation = new Rotation({
    credentials,
    connection,
    connectionFields: FIELDS,
    database,
    services: [SERVICE],
    restart: async (service) => void restarted.push(service),
    announce: async () => void announced.push((await connection.current()).password),
    deadline: {
      sleep: async (milliseconds) => void waits.push(milliseconds),
      remainingMilliseconds: () => 600_000 - waits.reduce((sum, each) => sum + each, 0),
    },
    ...more,
  });
  const rotate = async (version: string) => {
    await rotation.createSecret(version);
    await rotation.setSecret(version);
    await rotation.testSecret(version);
    await rotation.finishSecret(version);
  };
  return { credentials, connection, database, restarted, announced, waits, rotation, rotate };
}

test('a rotation gives the database, its secret and the applications the same new password', async () => {
  const { credentials, connection, database, restarted, announced, rotate } = setUp();
  await rotate('second');

  expect(database.password).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(await credentials.current()).toEqual({ username: 'dbadmin', password: database.password, host: 'host', port: 3306 });
  expect(await connection.current()).toEqual({
    username: 'dbadmin', password: database.password, url: `mysql://dbadmin:${database.password}@host:3306/skills`, uri: `dbadmin:${database.password}@host:3306`,
  });
  expect(restarted).toEqual([SERVICE]);
  expect(announced).toEqual([database.password]);
});

test('a rotation that cannot be announced is not finished, and its repetition announces it', async () => {
  const announced: string[] = [];
  const { rotate, rotation, restarted } = setUp({
    announce: async () => {
      announced.push('tried');
      if (announced.length === 1) throw new Error('ThrottlingException');
    },
  });
  await expect(rotate('second')).rejects.toThrow('ThrottlingException');
  await rotation.finishSecret('second');
  expect(announced).toHaveLength(2);
  expect(restarted).toEqual([SERVICE, SERVICE]);
});

test('applications have the old settings until the database has the new password', async () => {
  const { connection, credentials, rotation } = setUp();
  await rotation.createSecret('second');
  await rotation.setSecret('second');
  await rotation.testSecret('second');

  expect((await connection.current()).url).toBe('mysql://dbadmin:first-password@host:3306/skills');
  expect((await credentials.current()).password).toBe('first-password');
});

test('each rotation has a password of its own', async () => {
  const { database, rotate } = setUp();
  const seen = new Set<string>();
  for (const version of ['second', 'third', 'fourth']) {
    await rotate(version);
    seen.add(database.password);
  }
  expect(seen.size).toBe(3);
});

test('each step may be repeated', async () => {
  const { credentials, connection, database, rotation } = setUp();
  for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
    await rotation[step]('second');
    await rotation[step]('second').catch((error) => { throw new Error(`${step}: ${error}`); });
  }
  expect((await credentials.current()).password).toBe(database.password);
  expect((await connection.current()).password).toBe(database.password);
});

test('a rotation that ended halfway is mended by the next', async () => {
  const { credentials, connection, database, rotation, rotate } = setUp();
  await rotation.createSecret('second');
  await rotation.setSecret('second'); // and then the database has a password that no secret says

  await rotate('third');

  expect((await credentials.current()).password).toBe(database.password);
  expect((await connection.current()).password).toBe(database.password);
});

test('where the label does not move, the repetition moves it', async () => {
  const failing = new InMemorySecret({ password: 'first-password' });
  let failures = 1;
  const makeCurrent = failing.makeCurrent.bind(failing);
  failing.makeCurrent = async (...parameters) => {
    if (failures-- > 0) throw new Error('InternalServiceError');
    await makeCurrent(...parameters);
  };
  const { rotation, database } = setUp({ credentials: failing });
  await rotation.createSecret('second');
  await rotation.setSecret('second');
  await expect(rotation.finishSecret('second')).rejects.toThrow('InternalServiceError');
  await rotation.finishSecret('second');

  expect((await failing.current()).password).toBe(database.password);
});

test('the test waits until RDS has applied the password', async () => {
  const { waits, rotation } = setUp({}, new FakeDatabase(3));
  await rotation.createSecret('second');
  await rotation.testSecret('second');
  expect(waits).toEqual([10_000, 5_000, 5_000, 5_000]);
});

test('the test gives up before the function is stopped', async () => {
  const { rotation } = setUp({}, new FakeDatabase(1e9));
  await rotation.createSecret('second');
  await expect(rotation.testSecret('second')).rejects.toThrow('RDS has not applied the new password yet: Secrets Manager tries again');
});

test('a version that is not pending is refused', async () => {
  const { database, rotation } = setUp();
  await expect(rotation.setSecret('unknown')).rejects.toThrow('version unknown of the secret must be pending and have a password');
  expect(database.password).toBe('first-password');
});

test('all services are restarted, also if one is not', async () => {
  const restarted: string[] = [];
  const { rotate, credentials, database } = setUp({
    services: [{ cluster: 'apps', service: 'gone' }, SERVICE],
    restart: async ({ service }) => {
      if (service === 'gone') throw new Error('ServiceNotFoundException');
      restarted.push(service);
    },
  });
  await expect(rotate('second')).rejects.toThrow('ServiceNotFoundException');
  expect(restarted).toEqual(['web']);
  expect((await credentials.current()).password).toBe(database.password);
});

describe('the handler', () => {
  const context = { getRemainingTimeInMillis: () => 600_000 };

  test.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const)('does %s for the version asked for', async (Step) => {
    const { rotation, credentials } = setUp();
    await credentials.put('second', 'AWSPENDING', { password: 'new' });
    const step = jest.spyOn(rotation, Step);
    const info = jest.fn();
    const secrets: string[] = [];
    const handler = createHandler({
      rotationOf: (secretId) => {
        secrets.push(secretId);
        return rotation;
      },
      logger: { info },
    });
    await handler({ Step, SecretId: 'arn:secret', ClientRequestToken: 'second' }, context);

    expect(step).toHaveBeenCalledWith('second');
    expect(secrets).toEqual(['arn:secret']);
    expect(info).toHaveBeenCalledWith(`${Step} done`, { secret: 'arn:secret', version: 'second' });
  });

  test('refuses another step', async () => {
    const handler = createHandler({ rotationOf: () => setUp().rotation, logger: { info: jest.fn() } });
    await expect(handler({ Step: 'deleteSecret' as 'setSecret', SecretId: 'arn:secret', ClientRequestToken: 'second' }, context)).rejects.toThrow('step must be one of a rotation, got "deleteSecret"');
  });
});
