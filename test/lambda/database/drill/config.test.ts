import { readConfig } from '../../../../lambda/database/drill/config';

const ENV = {
  DATABASE_KIND: 'cluster',
  DATABASE_IDENTIFIER: 'panels',
  DRILL_IDENTIFIER: 'drill',
  ENGINE: 'aurora-mysql',
  INSTANCE_CLASS: 'db.serverless',
  SUBNET_GROUP: 'subnets',
  PARAMETER_GROUP: 'parameters',
  SECURITY_GROUP: 'sg-0a1b2c3d',
  PORT: '3306',
  QUERY_FUNCTION: 'query',
};

test('a capacity is read where there is one', () => {
  expect(readConfig(ENV)).not.toHaveProperty('maximumCapacity');
  expect(readConfig({ ...ENV, MAXIMUM_CAPACITY: '2.5' }).maximumCapacity).toBe(2.5);
});

test.each([
  ['DATABASE_KIND', 'instance or cluster'],
  ['DATABASE_IDENTIFIER', 'the identifier of a database'],
  ['DRILL_IDENTIFIER', 'the identifier of the throw-away database'],
  ['ENGINE', 'the name of an engine'],
  ['INSTANCE_CLASS', 'the class of an instance'],
  ['SUBNET_GROUP', 'the name of a subnet group'],
  ['PARAMETER_GROUP', 'the name of a parameter group'],
  ['SECURITY_GROUP', 'the id of a security group'],
  ['PORT', 'a positive whole number'],
  ['QUERY_FUNCTION', 'the name of the function that asks the database'],
])('there is no environment without %s', (name, meaning) => {
  expect(() => readConfig({ ...ENV, [name]: undefined })).toThrow(`environment variable ${name} must be ${meaning}, got undefined`);
});

test('the deployed function reads its environment', () => {
  Object.assign(process.env, ENV, { AWS_REGION: 'eu-west-3' });
  expect(jest.requireActual('../../../../lambda/database/drill').handler).toBeInstanceOf(Function);
});
