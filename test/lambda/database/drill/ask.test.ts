import { LambdaClient } from '@aws-sdk/client-lambda';
import { createAsk, Login } from '../../../../lambda/database/drill/ask';
import { invokeQueryFunction } from '../../../../lambda/database/drill/invoke-query-function';

/** A database that takes a while to apply a password. */
function restored(pollsUntilSettled: number) {
  const log: string[] = [];
  let password = '';
  let polls = 0;
  const login: Login[] = [];
  const ask = createAsk({
    database: {
      setPassword: async (given) => { password = given; log.push('set'); },
      isSettled: async () => { log.push('look'); return ++polls > pollsUntilSettled; },
    },
    query: async (given) => { login.push(given); log.push('query'); },
    sleep: async () => { log.push('wait'); },
  });
  return { ask, log, login, get password() { return password; } };
}

const with15Minutes = { getRemainingTimeInMillis: () => 900_000 };

test('the password that is asked with is the one that was set, and has been applied', async () => {
  const subject = restored(2);
  await subject.ask('drill.example.org', with15Minutes);
  expect(subject.log).toEqual(['set', 'wait', 'look', 'wait', 'look', 'wait', 'look', 'query']);
  expect(subject.login).toEqual([{ host: 'drill.example.org', password: subject.password }]);
  expect(subject.password).toMatch(/^[A-Za-z0-9]{40}$/);
});

test('each drill has another password', async () => {
  const [one, other] = [restored(0), restored(0)];
  await one.ask('a', with15Minutes);
  await other.ask('a', with15Minutes);
  expect(one.password).not.toBe(other.password);
});

test('nothing is answered, so that no password is in an execution', async () => {
  expect(await restored(0).ask('a', with15Minutes)).toBeUndefined();
});

test('nobody is asked when RDS does not apply the password in time', async () => {
  const subject = restored(1_000);
  let left = 900_000;
  await expect(subject.ask('a', { getRemainingTimeInMillis: () => (left -= 30_000) })).rejects.toThrow('RDS has not applied the password in time');
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
