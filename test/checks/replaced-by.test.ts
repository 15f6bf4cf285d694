import { replacedBy } from './replaced-by';

test.each([
  ['AWS::SQS::Queue', 'always', ['FifoQueue', 'QueueName']],
  ['AWS::SecretsManager::Secret', 'always', ['Name']],
  ['AWS::KMS::Key', 'never', []],
  ['Custom::WasabiBucket', 'by its provider', ['BucketName', 'Endpoint', 'ServiceToken']],
])('%s is replaced %s', (type, _, properties) => {
  expect(replacedBy(type)).toEqual(properties);
});

test('a database is replaced also by what replaces it under conditions, and a subnet', () => {
  expect(replacedBy('AWS::RDS::DBInstance')).toEqual(expect.arrayContaining(['DBName', 'Engine', 'DBSnapshotIdentifier']));
  expect(replacedBy('AWS::RDS::DBInstance')).not.toContain('MultiAZ'); // the schema: under conditions; the documentation: in place
  expect(replacedBy('AWS::EC2::Subnet')).toEqual(expect.arrayContaining(['CidrBlock', 'Ipv6CidrBlock']));
});

test('a type without a schema is an error, and not one that nothing replaces', () => {
  expect(() => replacedBy('Custom::Unknown')).toThrow();
});
