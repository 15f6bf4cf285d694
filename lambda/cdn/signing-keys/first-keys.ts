import { GroupState, KeyGroup } from './key-group';
import { KeyPair } from './key-pair';
import { SigningSecret } from './signing-secret';
import { Deadline, pollUntilTrue } from '../../shared/deadline';

export interface FirstKeysDependencies {
  readonly group: KeyGroup;
  readonly secret: SigningSecret;
  readonly newKeyPair: () => Promise<KeyPair>;
}

/** The reserve is for answering. */
const POLLING = { every: 10_000, reserve: 60_000 };

/** The group, with a key to sign by and the next. It comes last, so as long as there is none, nothing is in use that may be made anew. */
export async function createFirstKeys({ group, secret, newKeyPair }: FirstKeysDependencies): Promise<GroupState> {
  const newKey = async () => {
    const { privateKey, publicKey } = await newKeyPair();
    return { keyPairId: await group.addKey(publicKey), privateKey };
  };
  const present = await group.find();
  if (present) return adopt(present, secret);
  try {
    await removeKeys(group);
    const [current, next] = [await newKey(), await newKey()];
    await secret.begin(current, { ...next, retired: [] });
    return await adopt(await group.create([current.keyPairId, next.keyPairId]), secret);
  } catch (error) {
    const made = await group.find().catch(() => undefined);
    if (made) return adopt(made, secret); // only the answer was lost
    await removeKeys(group).catch(() => false); // CloudFormation does not ask to delete what it believes was never made
    throw error;
  }
}

/** Tells rotations which group it is. */
async function adopt(group: GroupState, secret: SigningSecret): Promise<GroupState> {
  if (!group.trusted.includes((await secret.current()).keyPairId)) {
    throw new Error(`the key group ${group.id} is there, but the secret has none of its keys: what was signed by them would not be valid any more, so it is left alone`);
  }
  const next = await secret.next();
  if (next.keyGroupId !== group.id) await secret.putNext({ ...next, keyGroupId: group.id });
  return group;
}

/** Answers whether all is gone: CloudFront lets go of a group some time after its distribution is gone. */
export async function removeAllKeys(group: KeyGroup, deadline: Deadline): Promise<boolean> {
  return pollUntilTrue(deadline, POLLING, async () => await group.remove() === 'removed' && removeKeys(group));
}

async function removeKeys(group: KeyGroup): Promise<boolean> {
  let isDone = true;
  for (const id of await group.keys()) isDone = await group.removeKey(id) === 'removed' && isDone;
  return isDone;
}
