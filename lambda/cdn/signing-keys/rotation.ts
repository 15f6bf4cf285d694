import { GroupState, KeyGroup } from './key-group';
import { isKeyPair, KeyPair } from './key-pair';
import { RetiredKey, SigningSecret } from './signing-secret';
import { RotationSteps } from '../../shared/rotation-steps';

export interface RotationDependencies {
  readonly group: KeyGroup;
  readonly secret: SigningSecret;
  readonly newKeyPair: () => Promise<KeyPair>;
  /** How long a key that is no longer current is still trusted, in milliseconds. */
  readonly trustRetiredFor: number;
  readonly now: () => Date;
}

/**
 * How many keys a group can have.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-key-groups
 */
const MAX_TRUSTED_KEYS = 5;

/** CloudFront has told all edge locations of a change within minutes. */
const PROPAGATION_TIME = 3_600_000;

/** The key that becomes current was made and trusted a rotation ago; the one before it stays trusted until a later rotation. */
export class Rotation implements RotationSteps {
  constructor(private readonly deps: RotationDependencies) {}

  async createSecret(version: string): Promise<void> {
    const { secret } = this.deps;
    if (await secret.pending(version) || await secret.currentVersion() === version) return;
    const [next, current] = [await secret.next(), await secret.current()];
    const group = await this.requireGroup();
    if (next.keyPairId === current.keyPairId || !group.trusted.includes(next.keyPairId)) {
      await this.prepareNext(); // which the last rotation did not live to
      throw new Error('the next key was not trusted yet: it is now, so rotate again in an hour');
    }
    if (this.deps.now().getTime() - group.lastModified.getTime() < PROPAGATION_TIME) {
      throw new Error(`the key group was changed at ${group.lastModified.toISOString()}, of which not all edge locations may know yet: rotate an hour after it`);
    }
    const trustedThen = this.stillTrusted(next.retired, group).length + 3; // the one that is current now, the next, and the one after it
    if (trustedThen > MAX_TRUSTED_KEYS) {
      throw new Error(`the key group would have ${trustedThen} keys, of ${MAX_TRUSTED_KEYS} at the most: older ones may have signed what is still valid, so rotate later`);
    }
    await secret.putPending(version, { keyPairId: next.keyPairId, privateKey: next.privateKey });
  }

  async setSecret(version: string): Promise<void> {
    const { keyPairId } = await this.requirePending(version);
    const { trusted } = await this.requireGroup();
    if (!trusted.includes(keyPairId)) throw new Error(`the key ${keyPairId} must be trusted before something is signed by it`);
  }

  async testSecret(version: string): Promise<void> {
    const { keyPairId, privateKey } = await this.requirePending(version);
    if (!isKeyPair(privateKey, await this.deps.group.publicKey(keyPairId))) {
      throw new Error(`the private key of ${keyPairId} must be that of CloudFront's public key of this id, and is another`);
    }
  }

  async finishSecret(version: string): Promise<void> {
    const { secret } = this.deps;
    const before = await secret.currentVersion();
    if (before !== version) await secret.makeCurrent(version, before);
    await this.prepareNext();
  }

  /**
   * Has the next key trusted, and those no longer that are done with. Where a run broke off, the next one takes up what it left. What somebody
   * removed from the group stays out, but for the current key and the next.
   */
  private async prepareNext(): Promise<void> {
    const { group, secret, newKeyPair, now } = this.deps;
    const present = await this.requireGroup();
    const current = await secret.current();
    let next = await secret.next();
    const isUsed = next.keyPairId === current.keyPairId;
    if (isUsed || !(await group.keys()).includes(next.keyPairId)) { // or somebody deleted it
      const before = isUsed ? [{ keyPairId: (await secret.previous()).keyPairId, at: now().toISOString() }] : [];
      const { privateKey, publicKey } = await newKeyPair();
      next = { ...next, keyPairId: await group.addKey(publicKey), privateKey, retired: this.stillTrusted([...next.retired, ...before], present) };
      await secret.putNext(next); // before it is trusted: of a trusted key, somebody must know the private one
    }
    const retired = next.retired.map(({ keyPairId }) => keyPairId).filter((id) => present.trusted.includes(id));
    const trusted = [current.keyPairId, ...retired, next.keyPairId];
    if ([...present.trusted].sort().join() !== [...trusted].sort().join()) await group.trust(trusted);
    for (const id of await group.keys()) if (!trusted.includes(id)) await group.removeKey(id);
  }

  private stillTrusted(retired: RetiredKey[], { trusted }: GroupState): RetiredKey[] {
    const { now, trustRetiredFor } = this.deps;
    return retired.filter(({ keyPairId, at }) => trusted.includes(keyPairId) && now().getTime() - Date.parse(at) < trustRetiredFor);
  }

  private async requireGroup(): Promise<GroupState> {
    const group = await this.deps.group.find();
    if (!group) throw new Error('the key group is not there');
    return group;
  }

  private async requirePending(version: string) {
    const key = await this.deps.secret.pending(version);
    if (!key) throw new Error(`version ${version} of the secret must be pending`);
    return key;
  }
}
