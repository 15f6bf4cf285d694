import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { VariantStack } from './app';
import { resourcesOf } from './deployed-resource';
import { secretsReferredTo } from './dynamic-references';
import { ThumbnailToWasabi } from '../../src';
import { EmulatedAccount, Emulators } from '../emulator/emulators';
import { secretString } from '../emulator/photo-archive-app';
import { StoreUser } from '../emulator/store-user';

/**
 * Makes what the variants expect to be there: each secret with the access key of a store, and those that CloudFormation hands to services.
 * The store's user may do what the constructs say that they need, and nothing else.
 *
 * @returns the names of the secrets
 */
export async function provideOutside(stacks: VariantStack[], { account, store }: Emulators): Promise<string[]> {
  const archives = stacks.flatMap(({ stack }) => stack.node.findAll()).filter((construct) => construct instanceof ThumbnailToWasabi);
  const Statement = archives.flatMap(({ wasabiPolicyDocument }) => wasabiPolicyDocument.toJSON().Statement);
  const user = await StoreUser.create(store, 'archive', JSON.stringify({ Version: '2012-10-17', Statement }));
  const accessKey = secretString(await user.createKey());

  const resources = stacks.flatMap(resourcesOf);
  const ofStores = resources.filter(({ Type }) => Type === 'Custom::WasabiBucket').map(({ Properties }) => Properties!.SecretId as string);
  const referredTo = resources.flatMap(secretsReferredTo);
  const contents = new Map([...ofStores.map((name) => [name, accessKey] as const), ...referredTo.map((name) => [name, `what is in ${name}`] as const)]);

  const secrets = new SecretsManagerClient(account);
  await Promise.all([...contents].map(([Name, SecretString]) => secrets.send(new CreateSecretCommand({ Name, SecretString }))));
  return [...contents.keys()];
}

/** The zone of the domains of sites: Route 53 makes up its id, so it is there before the stacks that name it. */
export async function provideHostedZone(account: EmulatedAccount): Promise<string> {
  const { HostedZone } = await new Route53Client(account).send(new CreateHostedZoneCommand({ Name: 'example.education', CallerReference: 'sites' }));
  return HostedZone!.Id!.split('/').at(-1)!;
}
