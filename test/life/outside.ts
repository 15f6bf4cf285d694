import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Life } from './app';
import { resourcesOf } from './deployed-resource';
import { ThumbnailToWasabi } from '../../src';
import { Emulators } from '../emulator/emulators';
import { secretString } from '../emulator/photo-archive-app';
import { StoreUser } from '../emulator/store-user';

/**
 * Makes what the variants expect to be there: each secret with the access key of a store. Its user may do what the constructs say that
 * they need, and nothing else.
 *
 * @returns the names of the secrets
 */
export async function provideOutside(lives: Life[], { account, store }: Emulators): Promise<string[]> {
  const archives = lives.flatMap(({ stack }) => stack.node.findAll()).filter((construct) => construct instanceof ThumbnailToWasabi);
  const Statement = archives.flatMap(({ wasabiPolicyDocument }) => wasabiPolicyDocument.toJSON().Statement);
  const user = await StoreUser.create(store, 'archive', JSON.stringify({ Version: '2012-10-17', Statement }));
  const SecretString = secretString(await user.createKey());

  const secrets = new SecretsManagerClient(account);
  const names = new Set(lives.flatMap(resourcesOf).filter(({ Type }) => Type === 'Custom::WasabiBucket').map(({ Properties }) => Properties!.SecretId as string));
  await Promise.all([...names].map((Name) => secrets.send(new CreateSecretCommand({ Name, SecretString }))));
  return [...names];
}
