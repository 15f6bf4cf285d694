import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RDSClient } from '@aws-sdk/client-rds';
import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { announceRotation, DETAIL_TYPE, SOURCE } from '../../../../lambda/database/rotation/announcement';
import { readConfig } from '../../../../lambda/database/rotation/config';
import { RdsCluster, RdsInstance } from '../../../../lambda/database/rotation/database';
import { newPassword, withPassword } from '../../../../lambda/database/rotation/password';
import { StoredSecretVersions } from '../../../../lambda/database/rotation/secret-versions';
import { PASSWORD_PLACEHOLDER } from '../../../../src/database/private/password-rotation';
import { ROTATED } from '../../../../src/database/private/service-restart';

/** A client that answers each command by its name, and remembers what it was asked. */
function fakeClient<Client>(answers: Record<string, object | Error>): { client: Client; asked: [string, object][] } {
  const asked: [string, object][] = [];
  const send = async (command: { input: object }) => {
    asked.push([command.constructor.name, command.input]);
    const answer = answers[command.constructor.name];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { client: { send } as Client, asked };
}

describe('a secret', () => {
  test('is read by label and version', async () => {
    const { client, asked } = fakeClient<SecretsManagerClient>({
      DescribeSecretCommand: { VersionIdsToStages: { first: ['AWSCURRENT'] } }, GetSecretValueCommand: { SecretString: '{"password":"x"}' },
    });
    const secret = new StoredSecretVersions(client, 'arn:secret');
    expect(await secret.labels()).toEqual({ first: ['AWSCURRENT'] });
    expect(await secret.current()).toEqual({ password: 'x' });
    expect(await secret.pending('second')).toEqual({ password: 'x' });
    expect(asked.map(([, input]) => input)).toEqual([
      { SecretId: 'arn:secret' },
      { SecretId: 'arn:secret', VersionStage: 'AWSCURRENT' },
      { SecretId: 'arn:secret', VersionId: 'second', VersionStage: 'AWSPENDING' },
    ]);
  });

  test('is written as a version with a label, and made current', async () => {
    const { client, asked } = fakeClient<SecretsManagerClient>({});
    const secret = new StoredSecretVersions(client, 'arn:secret');
    await secret.put('second', 'AWSPENDING', { password: 'x' });
    await secret.makeCurrent('second', 'first');
    expect(asked).toEqual([
      ['PutSecretValueCommand', { SecretId: 'arn:secret', ClientRequestToken: 'second', SecretString: '{"password":"x"}', VersionStages: ['AWSPENDING'] }],
      ['UpdateSecretVersionStageCommand', { SecretId: 'arn:secret', VersionStage: 'AWSCURRENT', MoveToVersionId: 'second', RemoveFromVersionId: 'first' }],
    ]);
  });

  test('has no pending version where there is none, and other errors are errors', async () => {
    const none = fakeClient<SecretsManagerClient>({ GetSecretValueCommand: new ResourceNotFoundException({ message: 'none', $metadata: {} }) });
    expect(await new StoredSecretVersions(none.client, 'arn:secret').pending('second')).toBeUndefined();
    const denied = fakeClient<SecretsManagerClient>({ GetSecretValueCommand: new Error('AccessDenied') });
    await expect(new StoredSecretVersions(denied.client, 'arn:secret').pending('second')).rejects.toThrow('AccessDenied');
  });

  test('that is no JSON is not quoted', async () => {
    const { client } = fakeClient<SecretsManagerClient>({ GetSecretValueCommand: { SecretString: 'hunter2' } });
    const error = await new StoredSecretVersions(client, 'arn:secret').current().catch((thrown) => thrown);
    expect(error.message).toBe('secret arn:secret must be a JSON object with the key password, got something else');
    expect(JSON.stringify([error.stack, error.cause])).not.toContain('hunter2');
  });
});

describe.each([
  ['instance', (client: RDSClient) => new RdsInstance(client, 'db-1'), 'DBInstance', (more: object) => ({ DBInstances: [{ DBInstanceStatus: 'available', ...more }] })],
  ['cluster', (client: RDSClient) => new RdsCluster(client, 'db-1'), 'DBCluster', (more: object) => ({ DBClusters: [{ Status: 'available', ...more }] })],
] as const)('an %s', (_, of, noun, described) => {
  const describing = (more: object) => of(fakeClient<RDSClient>({ [`Describe${noun}sCommand`]: described(more) }).client);

  test('gets a password, and no other change that waits for the maintenance window', async () => {
    const { client, asked } = fakeClient<RDSClient>({});
    await of(client).setPassword('x');
    expect(asked).toEqual([[`Modify${noun}Command`, { [`${noun}Identifier`]: 'db-1', MasterUserPassword: 'x' }]]);
  });

  test.each([
    [{}, true],
    [{ PendingModifiedValues: {} }, true],
    [{ PendingModifiedValues: { MasterUserPassword: '****' } }, false],
    [{ DBInstanceStatus: 'resetting-master-credentials', Status: 'resetting-master-credentials' }, false],
    [{ DBInstanceStatus: 'backing-up', Status: 'backing-up' }, true],
  ])('%j is settled: %s', async (more, expected) => {
    expect(await describing(more).isSettled()).toBe(expected);
  });

  test('that is gone is not settled', async () => {
    expect(await of(fakeClient<RDSClient>({ [`Describe${noun}sCommand`]: {} }).client).isSettled()).toBe(false);
  });
});

describe('a rotation', () => {
  test('is announced on the default event bus, as the rule in another stack expects it, by the secret that applications read and nothing else of it', async () => {
    const { client, asked } = fakeClient<EventBridgeClient>({ PutEventsCommand: { FailedEntryCount: 0, Entries: [{ EventId: '1' }] } });
    await announceRotation(client, 'arn:secret');
    expect(asked).toEqual([['PutEventsCommand', { Entries: [{ Source: SOURCE, DetailType: DETAIL_TYPE, Resources: ['arn:secret'], Detail: '{}' }] }]]);
    expect(ROTATED).toEqual({ source: [SOURCE], detailType: [DETAIL_TYPE] });
  });

  test('that EventBridge does not take, is an error', async () => {
    const { client } = fakeClient<EventBridgeClient>({ PutEventsCommand: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'try again' }] } });
    await expect(announceRotation(client, 'arn:secret')).rejects.toThrow('EventBridge refused the event of the rotation: InternalFailure try again');
  });
});

describe('a password', () => {
  test('is of forty letters and digits, and never the same', () => {
    const passwords = Array.from({ length: 1000 }, newPassword);
    expect(passwords.filter((password) => !/^[A-Za-z0-9]{40}$/.test(password))).toEqual([]);
    expect(new Set(passwords).size).toBe(1000);
  });

  test('takes the place that the construct keeps for it', () => {
    expect(withPassword({ both: `${PASSWORD_PLACEHOLDER}:${PASSWORD_PLACEHOLDER}`, none: 'x' }, '$&')).toEqual({ both: '$&:$&', none: 'x' });
  });
});

describe('the settings', () => {
  const ENV = { DATABASE_KIND: 'cluster', DATABASE_IDENTIFIER: 'db-1', CONNECTION_SECRET: 'arn:secret', CONNECTION_FIELDS: '{"url":"x"}', SERVICES: '[{"cluster":"c","service":"s"}]' };

  test('are read as they are', () => {
    expect(readConfig(ENV)).toEqual({
      kind: 'cluster', identifier: 'db-1', connectionSecret: 'arn:secret', connectionFields: { url: 'x' }, services: [{ cluster: 'c', service: 's' }],
    });
    expect(readConfig({ ...ENV, SERVICES: undefined }).services).toEqual([]);
  });

  test.each([
    ['DATABASE_KIND', 'instance or cluster'],
    ['DATABASE_IDENTIFIER', 'the identifier of the database'],
    ['CONNECTION_SECRET', 'the ARN of the secret that applications read'],
    ['CONNECTION_FIELDS', 'a JSON object of texts'],
  ])('are refused without %s', (name, meaning) => {
    expect(() => readConfig({ ...ENV, [name]: '' })).toThrow(`environment variable ${name} must be ${meaning}, got ""`);
  });
});
