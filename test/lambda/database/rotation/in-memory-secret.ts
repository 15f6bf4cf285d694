import { Fields, SecretVersions } from '../../../../lambda/database/rotation/secret-versions';

/** A secret as Secrets Manager keeps it: a label is at one version only. */
export class InMemorySecret implements SecretVersions {
  readonly versions = new Map<string, Fields>();
  readonly byLabel = new Map<string, string>();

  constructor(first: Fields) {
    this.versions.set('first', first);
    this.byLabel.set('AWSCURRENT', 'first');
  }

  async labels() {
    return Object.fromEntries([...this.versions.keys()].map((id) => [id, [...this.byLabel].filter(([, at]) => at === id).map(([label]) => label)]));
  }

  async current() {
    return this.versions.get(this.byLabel.get('AWSCURRENT')!)!;
  }

  async pending(version: string) {
    return this.byLabel.get('AWSPENDING') === version ? this.versions.get(version) : undefined;
  }

  async put(version: string, label: string, fields: Fields) {
    const present = this.versions.get(version);
    if (present && JSON.stringify(present) !== JSON.stringify(fields)) throw new Error('ResourceExistsException');
    this.versions.set(version, fields);
    this.byLabel.set(label, version);
  }

  async makeCurrent(version: string, before: string | undefined) {
    if (this.byLabel.get('AWSCURRENT') !== before) throw new Error('InvalidParameterException');
    this.byLabel.set('AWSCURRENT', version);
  }
}
