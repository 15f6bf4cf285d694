import { App, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { networkOf } from './encrypted-database.variants';
import { DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';
import { replacedBy } from '../checks/replaced-by';

/** What holds the data, as the template has it. */
function dataOf(engine: DatabaseEngine, props: (scope: Construct) => Partial<EncryptedDatabaseProps> = () => ({}), id = 'Database') {
  const stack = new Stack(new App(), 'Stack');
  new EncryptedDatabase(stack, id, { vpc: networkOf(stack), engine, databaseName: 'skills', ...props(stack) });
  const resources = Object.entries<any>(Template.fromStack(stack).toJSON().Resources);
  const [logicalId, { Type, Properties }] = resources.find(([, resource]) => resource.Type === 'AWS::RDS::DBCluster') ?? resources.find(([, resource]) => resource.Type === 'AWS::RDS::DBInstance')!;
  return { logicalId, type: Type as string, properties: Properties as Record<string, unknown> };
}

const CHANGES: [what: string, engine: () => DatabaseEngine, props: (scope: Construct) => Partial<EncryptedDatabaseProps>, by: string][] = [
  ['the name of an instance', DatabaseEngine.mysql, () => ({ databaseName: 'other' }), 'DBName'],
  ['the name of a cluster', DatabaseEngine.auroraMysql, () => ({ databaseName: 'other' }), 'DatabaseName'],
  ['the master user', DatabaseEngine.mariadb, () => ({ masterUsername: 'other' }), 'MasterUsername'],
  ['the key', DatabaseEngine.auroraPostgres, (scope) => ({ encryptionKey: new Key(scope, 'Other') }), 'KmsKeyId'],
  ['the port of an instance', DatabaseEngine.postgres, () => ({ port: 5433 }), 'Port'],
  ['the snapshot of an instance', DatabaseEngine.postgres, () => ({ snapshotIdentifier: 'other', allocatedStorage: Size.gibibytes(50) }), 'DBSnapshotIdentifier'],
  ['the snapshot of a cluster', DatabaseEngine.auroraMysql, () => ({ snapshotIdentifier: 'other' }), 'SnapshotIdentifier'],
];

test.each(CHANGES)('a change of %s would replace it, and leaves it its identifier, by which CloudFormation refuses', (_, engine, props, by) => {
  const [before, after] = [dataOf(engine()), dataOf(engine(), props)];
  expect(replacedBy(before.type)).toContain(by);
  expect(after.properties[by]).not.toEqual(before.properties[by]);

  const identifier = before.type === 'AWS::RDS::DBCluster' ? 'DBClusterIdentifier' : 'DBInstanceIdentifier';
  expect(before.properties[identifier]).toBeDefined();
  expect(after.properties[identifier]).toEqual(before.properties[identifier]);
  expect(after.logicalId).toBe(before.logicalId);
});

test('another engine would replace it, too', () => {
  const [before, after] = [dataOf(DatabaseEngine.mysql()), dataOf(DatabaseEngine.mariadb())];
  expect(after.properties.Engine).not.toBe(before.properties.Engine);
  expect(after.properties.DBInstanceIdentifier).toEqual(before.properties.DBInstanceIdentifier);
});

test('other subnets are another group of the same name, which does not replace it', () => {
  const elsewhere = { vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS } };
  const [before, after] = [dataOf(DatabaseEngine.mysql()), dataOf(DatabaseEngine.mysql(), () => elsewhere)];
  expect(after.properties.DBSubnetGroupName).toEqual(before.properties.DBSubnetGroupName);
});

test('another id is another database, which is not refused', () => {
  const [before, after] = [dataOf(DatabaseEngine.mysql()), dataOf(DatabaseEngine.mysql(), undefined, 'Renamed')];
  expect(after.logicalId).not.toBe(before.logicalId);
  expect(after.properties.DBInstanceIdentifier).not.toEqual(before.properties.DBInstanceIdentifier);
});
