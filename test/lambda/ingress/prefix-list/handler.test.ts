import { createHandler } from '../../../../lambda/ingress/prefix-list/handler';

const NAME = 'com.amazonaws.global.cloudfront.origin-facing';

function lists(ids: string[]) {
  const asked: string[] = [];
  const handler = createHandler({ prefixLists: { idsOf: async (name) => (asked.push(name), ids) } });
  const on = (event: object) => handler({ ResourceType: 'Custom::PrefixList', ResourceProperties: { PrefixListName: NAME }, ...event } as any, { getRemainingTimeInMillis: () => 60_000 });
  return { asked, on };
}

test.each(['Create', 'Update'])('is the id of the prefix list (%s)', async (RequestType) => {
  const { asked, on } = lists(['pl-1']);
  expect(await on({ RequestType, PhysicalResourceId: 'pl-0' })).toEqual({ PhysicalResourceId: 'pl-1' });
  expect(asked).toEqual([NAME]);
});

test('has nothing to delete', async () => {
  const { asked, on } = lists([]);
  expect(await on({ RequestType: 'Delete', PhysicalResourceId: 'pl-1' })).toEqual({ PhysicalResourceId: 'pl-1' });
  expect(asked).toEqual([]);
});

test.each([[[], 'none'], [['pl-1', 'pl-2'], 'pl-1, pl-2']])('fails unless there is one, of %j', async (ids, got) => {
  await expect(lists(ids).on({ RequestType: 'Create' })).rejects.toThrow(`AWS must have one prefix list ${NAME} in this region, got ${got}`);
});

test.each([undefined, ''])('fails without a name (%p)', async (PrefixListName) => {
  await expect(lists(['pl-1']).on({ RequestType: 'Create', ResourceProperties: { PrefixListName } })).rejects.toThrow("'PrefixListName' must be given");
});
