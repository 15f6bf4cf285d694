import { holds } from './read-back';

test.each([
  [{ Status: 'Enabled' }, { Status: 'Enabled', MfaDelete: 'Disabled' }],
  [[{ Days: 7 }], [{ Days: 7, Id: 'made up by the service' }]],
  [undefined, undefined],
])('%j holds in %j', (expected, actual) => {
  expect(holds(expected, actual)).toBe(true);
});

test.each([
  [{ Status: 'Enabled' }, { Status: 'Suspended' }],
  [{ Status: 'Enabled' }, undefined],
  [{ Status: 'Enabled' }, 'Enabled'],
  [['s3:GetObject'], ['s3:GetObject', 's3:PutObject']],
  [['s3:GetObject'], 's3:GetObject'],
  [['one', 'other'], ['other', 'one']],
  [30, '30'],
])('%j does not hold in %j', (expected, actual) => {
  expect(holds(expected, actual)).toBe(false);
});
