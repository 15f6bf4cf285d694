import { readFileSync } from 'fs';
import { join } from 'path';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Cdk } from './cdk';
import { Credentials, Emulators } from './emulators';
import { ROOT } from './repository';
import { StoreUser } from './store-user';

export const ARCHIVE_BUCKET = 'photoarchive';
export const SECRET_NAME = 'demo/wasabi/access';
export const WASABI_USER = 'photo-archive';

/** `examples/photo-archive` in the hands of its user: each method is a step of the example's README. */
export class PhotoArchiveApp {
  private readonly cdk: Cdk;
  private readonly secrets: SecretsManagerClient;
  private assembly = '';

  constructor(private readonly emulators: Emulators) {
    this.cdk = new Cdk(emulators, join(ROOT, 'examples', 'photo-archive'));
    this.secrets = new SecretsManagerClient(emulators.account);
  }

  public async synth(context: Record<string, string> = {}): Promise<void> {
    this.assembly = await this.cdk.synth({
      archiveBucketName: ARCHIVE_BUCKET,
      wasabiSecretName: SECRET_NAME,
      wasabiRegion: this.emulators.store.region,
      archiveEndpoint: this.emulators.store.endpoint,
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64', // the functions are processes of this machine
      ...context,
    });
  }

  /** The least that the app needs on Wasabi, as it says itself. */
  public get wasabiPolicy(): string {
    const template = JSON.parse(readFileSync(join(this.assembly, 'PhotoArchive.template.json'), 'utf8'));
    return template.Outputs.WasabiPolicy.Value;
  }

  /** Puts the access key of a new user of the store, who may do what the app says that it needs and nothing else, into the secret. */
  public async openWasabiAccount(): Promise<void> {
    const user = await StoreUser.create(this.emulators.store, WASABI_USER, this.wasabiPolicy);
    await this.secrets.send(new CreateSecretCommand({ Name: SECRET_NAME, SecretString: secretString(await user.createKey()) }));
  }

  public async rotateSecret(key: Credentials): Promise<void> {
    await this.secrets.send(new PutSecretValueCommand({ SecretId: SECRET_NAME, SecretString: secretString(key) }));
  }

  public async bootstrap(): Promise<void> {
    await this.cdk.bootstrap();
  }

  public async deploy(): Promise<void> {
    await this.cdk.deploy(this.assembly);
  }

  public async destroy(): Promise<void> {
    await this.cdk.destroy(this.assembly);
  }
}

/** As the constructs read it. */
export function secretString({ accessKeyId, secretAccessKey }: Credentials): string {
  return JSON.stringify({ WASABI_ACCESS: accessKeyId, WASABI_SECRET: secretAccessKey });
}
