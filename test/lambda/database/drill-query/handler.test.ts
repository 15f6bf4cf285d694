import { readConfig } from '../../../../lambda/database/drill-query/config';
import { createHandler } from '../../../../lambda/database/drill-query/handler';

const ENV = { DATABASE_FAMILY: 'postgres', DATABASE_PORT: '5432', DATABASE_USER: 'dbadmin', DATABASE_NAME: 'panels' };

const setUp = (answer: unknown, env: object = { QUERY: 'SELECT 1' }) => {
  const asked: unknown[][] = [];
  const handler = createHandler({ config: readConfig({ ...ENV, ...env }), ask: async (...given) => { asked.push(given); return answer; } });
  return { asked, ask: () => handler({ host: 'drill.example.org', password: 's3cret' }) };
};

test('the restored database is asked as its master user', async () => {
  const { asked, ask } = setUp(1);
  await ask();
  expect(asked).toEqual([[{ host: 'drill.example.org', port: 5432, user: 'dbadmin', password: 's3cret', database: 'panels' }, 'SELECT 1']]);
});

test.each([[1], ['1'], [true], ['2026-11-21'], [new Date(0)], [-1], [10n], ['0.5']])('%p convinces, and is not passed on', async (answer) => {
  expect(await setUp(answer).ask()).toBeUndefined();
});

test.each([[undefined], [null], [0], ['0'], [false], ['f'], ['false'], [''], [0n]])('%p does not', async (answer) => {
  await expect(setUp(answer).ask()).rejects.toMatchObject({ name: 'UnconvincingAnswer', message: `the restored database answered '${answer}' to: SELECT 1` });
});

test.each(['postgres', 'mysql', 'mariadb'])('%s is asked for its tables by default', async (family) => {
  const { asked, ask } = setUp(3, { DATABASE_FAMILY: family });
  await ask();
  expect(asked[0][1]).toMatch(/^SELECT count\(\*\) FROM .*tables WHERE/);
});

test.each([
  [{ DATABASE_FAMILY: 'oracle' }, 'DATABASE_FAMILY must be mysql, mariadb or postgres, got "oracle"'],
  [{ DATABASE_PORT: 'x' }, 'DATABASE_PORT must be a positive whole number, got "x"'],
  [{ DATABASE_USER: '' }, 'DATABASE_USER must be the name of the master user, got ""'],
  [{ DATABASE_NAME: '' }, 'DATABASE_NAME must be the name of a database, got ""'],
])('%j is no environment', (env, error) => {
  expect(() => readConfig({ ...ENV, ...env })).toThrow(error);
});
