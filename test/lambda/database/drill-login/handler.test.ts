import { LambdaClient } from '@aws-sdk/client-lambda';
import { readConfig } from '../../../../lambda/database/drill-login/config';
import { createHandler, Login } from '../../../../lambda/database/drill-login/handler';
import { invokeQueryFunction } from '../../../../lambda/database/drill-login/invoke-query-function';

/** A database that takes a while to apply a password. */
function restored(pollsUntilSettled: number) {
  const log: string[] = [];
  let password = '';
  let polls = 0;
  const login: Login[] = [];
  const handler = createHandler({
    database: {
      setPassword: async (given) => { password = given; log.push('set'); },
      isSettled: async () => { log.push('look'); return ++polls > pollsUntilSettled; },
    },
    query: async (given) => { login.push(given); log.push('query'); },
    sleep: async () => { log.push('wait'); },
  });
  return { handler, log, login, get password() { return password; } };
}

const with15Minutes = { getRemainingTimeInMillis: () => 900_000 };

test('the password that is asked with is the one that was set, and has been applied', async () => {
  const subject = restored(2);
  await subject.handler({ host: 'drill.example.org' }, with15Minutes);
  expect(subject.log).toEqual(['set', 'wait', 'look', 'wait', 'look', 'wait', 'look', 'query']);
  expect(subject.login).toEqual([{ host: 'drill.example.org', password: subject.password }]);
  expect(subject.password).toMatch(/^[A-Za-z0-9]{40}$/);
});

test('each drill has another password', async () => {
  const [one, other] = [restored(0), restored(0)];
  await one.handler({ host: 'a' }, with15Minutes);
  await other.handler({ host: 'a' }, with15Minutes);
  expect(one.password).not.toBe(other.password);
});

test('the answer of the function is nothing, so that no password is in an execution', async () => {
  expect(await restored(0).handler({ host: 'a' }, with15Minutes)).toBeUndefined();
});

test('nobody is asked when RDS does not apply the password in time', async () => {
  const subject = restored(1_000);
  let left = 900_000;
  await expect(subject.handler({ host: 'a' }, { getRemainingTimeInMillis: () => (left -= 30_000) })).rejects.toThrow('RDS has not applied the password in time');
  expect(subject.log).not.toContain('query');
});

describe('the function that asks', () => {
  const fakeClient = (answer: object) => {
    const asked: any[] = [];
    return { asked, client: { send: async ({ input }: any) => { asked.push(input); return answer; } } as unknown as LambdaClient };
  };
  const payload = (value: object) => ({ transformToString: () => JSON.stringify(value) });

  test('is called with the login', async () => {
    const { client, asked } = fakeClient({ Payload: payload({}) });
    await invokeQueryFunction(client, 'query', { host: 'a', password: 'b' });
    expect(asked).toEqual([{ FunctionName: 'query', Payload: '{"host":"a","password":"b"}' }]);
  });

  test('fails as it says', async () => {
    const { client } = fakeClient({ FunctionError: 'Unhandled', Payload: payload({ errorType: 'UnconvincingAnswer', errorMessage: 'answered \'0\'' }) });
    await expect(invokeQueryFunction(client, 'query', { host: 'a', password: 'b' })).rejects.toMatchObject({ name: 'UnconvincingAnswer', message: 'answered \'0\'' });
  });

  test('fails without a word', async () => {
    await expect(invokeQueryFunction(fakeClient({ FunctionError: 'Unhandled' }).client, 'query', { host: 'a', password: 'b' })).rejects.toThrow('no reason was given');
  });
});

test.each([
  [{}, 'environment variable DRILL_KIND must be instance or cluster, got undefined'],
  [{ DRILL_KIND: 'cluster' }, 'environment variable DRILL_IDENTIFIER must be the identifier of the throw-away database, got undefined'],
  [{ DRILL_KIND: 'instance', DRILL_IDENTIFIER: 'drill' }, 'environment variable QUERY_FUNCTION must be the name of the function that asks the database, got undefined'],
])('%j is no environment', (env, error) => {
  expect(() => readConfig(env)).toThrow(error);
});

test('the deployed function reads its environment', () => {
  Object.assign(process.env, { DRILL_KIND: 'cluster', DRILL_IDENTIFIER: 'drill', QUERY_FUNCTION: 'query', AWS_REGION: 'eu-west-3' });
  expect(jest.requireActual('../../../../lambda/database/drill-login').handler).toBeInstanceOf(Function);
});
