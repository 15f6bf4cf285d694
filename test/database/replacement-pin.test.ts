import { App, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { networkOf } from './encrypted-database.variants';
import { DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';
import { NOT_IN_PIN, REPLACED_BY as IN_PIN } from '../../src/database/private/replacement-pin';
import { replacedBy } from '../checks/replaced-by';

/** Of the source of what is restored. */
const SIZE = Size.gibibytes(50);

type Vary = (stack: Stack) => Partial<EncryptedDatabaseProps>;

function make(engine: DatabaseEngine, vary: Vary = () => ({}), id = 'Database'): Stack {
  const stack = new Stack(new App(), 'Stack');
  new EncryptedDatabase(stack, id, { vpc: networkOf(stack), engine, databaseName: 'skills', ...vary(stack) });
  return stack;
}

/** As a user gets it: by the error of an empty one. */
function pinFor(engine: DatabaseEngine, vary: Vary = () => ({})): string {
  const stack = make(engine, (of) => ({ ...vary(of), replacementPin: '' }));
  try {
    Template.fromStack(stack);
  } catch (error) {
    return /\[Stack\/Database\] 'replacementPin' must say what the database is: set it to '(.+)'/.exec(`${error}`)![1];
  }
  throw new Error('an empty pin was taken');
}

const PINS: Record<string, string> = {
  instance: pinFor(DatabaseEngine.postgres()),
  cluster: pinFor(DatabaseEngine.auroraMysql()),
};

test('an empty pin asks for the one that it should be, which says what the database is in words', () => {
  expect(PINS.instance).toMatch(/^id=Database[0-9A-F]{8}; Engine=postgres; DBName=skills; MasterUsername=dbadmin; Port=5432; KmsKeyId=DatabaseKey[0-9A-F]{8}\.Arn$/);
  expect(PINS.cluster).toMatch(/^id=Database[0-9A-F]{8}; Engine=aurora-mysql; DatabaseName=skills; MasterUsername=dbadmin; KmsKeyId=DatabaseKey[0-9A-F]{8}\.Arn$/);
});

test.each(['yes', 'skills', 'Engine=postgres'])('a pin that is none asks for the one that it should be: %s', (replacementPin) => {
  expect(() => Template.fromStack(make(DatabaseEngine.postgres(), () => ({ replacementPin }))))
    .toThrow(`[Stack/Database] 'replacementPin' must say what the database is, got '${replacementPin}': set it to '${PINS.instance}'`);
});

test.each(['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance'])('a pin has all that replaces an %s, but for what would say nothing', (type) => {
  expect([...IN_PIN[type]].sort()).toEqual(replacedBy(type).filter((name) => !(name in NOT_IN_PIN)).sort());
});

test('what is not in a pin is so for a reason, and replaces a database', () => {
  const replacing = [...replacedBy('AWS::RDS::DBCluster'), ...replacedBy('AWS::RDS::DBInstance')];
  expect(Object.keys(NOT_IN_PIN).filter((name) => !replacing.includes(name))).toEqual([]);
  expect(Object.values(NOT_IN_PIN)).not.toContain('');
});

const CLUSTERS = ['A', 'Z'].map((letter) => `cluster-${letter.repeat(26)}`);
const BACKUPS = ['a', 'z'].map((letter) => `arn:aws:rds:eu-west-3:123456789012:auto-backup:ab-${letter.repeat(20)}`);

test.each<[string, () => DatabaseEngine, string[]]>([
  ['deleted clusters', DatabaseEngine.auroraPostgres, CLUSTERS],
  ['replicated backups', DatabaseEngine.postgres, BACKUPS],
  ['clusters', DatabaseEngine.auroraMysql, ['one', 'other']],
])('copies of two %s are two databases', (_, engine, [one, other]) => {
  const allocatedStorage = engine === DatabaseEngine.postgres ? SIZE : undefined;
  const pin = pinFor(engine(), () => ({ restoreFrom: one, allocatedStorage }));
  const synth = (restoreFrom: string) => Template.fromStack(make(engine(), () => ({ restoreFrom, allocatedStorage, replacementPin: pin })));
  expect(() => synth(one)).not.toThrow();
  expect(() => synth(other)).toThrow(`was ${one} and is ${other}. If that is meant`);
});

test('a copy of the latest is another than one of a time', () => {
  const pin = pinFor(DatabaseEngine.postgres(), () => ({ restoreFrom: 'prod', allocatedStorage: SIZE }));
  const of = () => make(DatabaseEngine.postgres(), () => ({ restoreFrom: 'prod', restoreTime: '2026-11-20T23:45:00Z', allocatedStorage: SIZE, replacementPin: pin }));
  expect(() => Template.fromStack(of())).toThrow('RestoreTime was not set and is 2026-11-20T23:45:00Z');
});

test('a database that is what it was pinned as is synthesized, and may change in all else', () => {
  const instance = make(DatabaseEngine.postgres(), () => ({ replacementPin: PINS.instance, deletionProtection: false }));
  const cluster = make(DatabaseEngine.auroraMysql(), () => ({ replacementPin: PINS.cluster, readers: 1 }));
  expect(() => Template.fromStack(instance)).not.toThrow();
  expect(() => Template.fromStack(cluster)).not.toThrow();
});

test.each<[string, string, () => DatabaseEngine, Vary, RegExp]>([
  ['another name', 'instance', DatabaseEngine.postgres, () => ({ databaseName: 'other' }), /DBName was skills and is other/],
  ['another engine', 'instance', DatabaseEngine.mysql, () => ({ port: 5432 }), /Engine was postgres and is mysql\./],
  ['another user', 'instance', DatabaseEngine.postgres, () => ({ masterUsername: 'other' }), /MasterUsername was dbadmin and is other/],
  ['another port', 'instance', DatabaseEngine.postgres, () => ({ port: 5433 }), /Port was 5432 and is 5433/],
  ['a snapshot', 'instance', DatabaseEngine.postgres, () => ({ snapshotIdentifier: 'old', allocatedStorage: SIZE }), /DBSnapshotIdentifier was not set and is old/],
  [
    'another key', 'cluster', DatabaseEngine.auroraMysql, (stack) => ({ encryptionKey: new Key(stack, 'Other') }),
    /KmsKeyId was DatabaseKey\w{8}\.Arn and is Other\w{8}\.Arn/,
  ],
])('%s is refused at synthesis, with the pin by which it is meant', (_, kind, engine, vary, change) => {
  const synth = (replacementPin: string) => Template.fromStack(make(engine(), (stack) => ({ ...vary(stack), replacementPin })));
  expect(() => synth(PINS[kind])).toThrow(change);
  const meant = pinFor(engine(), vary);
  expect(() => synth(PINS[kind])).toThrow('[Stack/Database] an empty database would take the place of this one');
  expect(() => synth(PINS[kind])).toThrow(`If that is meant, set 'replacementPin' to '${meant}'`);
  expect(() => synth(meant)).not.toThrow();
});

test('a construct with another id is another database, which is refused, too', () => {
  const stack = make(DatabaseEngine.postgres(), () => ({ replacementPin: PINS.instance }), 'Renamed');
  expect(() => Template.fromStack(stack)).toThrow(/id was Database\w{8} and is RenamedDatabase\w{8}, KmsKeyId was DatabaseKey\w{8}\.Arn and is RenamedKey\w{8}\.Arn/);
});

test('a key of another stack is in words, too, and the same in each synthesis', () => {
  const ofAnotherStack: Vary = (stack) => ({ encryptionKey: new Key(new Stack(stack.node.root as App, 'Keys'), 'Key') });
  const pin = pinFor(DatabaseEngine.postgres(), ofAnotherStack);
  expect(pin).toMatch(/KmsKeyId=.*Keys:ExportsOutput/);
  expect(() => Template.fromStack(make(DatabaseEngine.postgres(), (stack) => ({ ...ofAnotherStack(stack), replacementPin: pin })))).not.toThrow();
});
