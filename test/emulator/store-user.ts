import {
  CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, IAMClient, ListAccessKeysCommand, PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { Credentials, EmulatedAccount } from './emulators';

/** A user of the store with access keys: what one creates in Wasabi's console before a deployment. */
export class StoreUser {
  public static async create(store: EmulatedAccount, name: string, policy: string): Promise<StoreUser> {
    const user = new StoreUser(new IAMClient(store), name);
    await user.iam.send(new CreateUserCommand({ UserName: name }));
    await user.allow(policy);
    return user;
  }

  public static of(store: EmulatedAccount, name: string): StoreUser {
    return new StoreUser(new IAMClient(store), name);
  }

  private constructor(private readonly iam: IAMClient, private readonly name: string) {}

  public async allow(policy: string): Promise<void> {
    await this.iam.send(new PutUserPolicyCommand({ UserName: this.name, PolicyName: 'archive', PolicyDocument: policy }));
  }

  public async createKey(): Promise<Credentials> {
    const { AccessKey } = await this.iam.send(new CreateAccessKeyCommand({ UserName: this.name }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  }

  public async deleteKeys(): Promise<void> {
    const { AccessKeyMetadata = [] } = await this.iam.send(new ListAccessKeysCommand({ UserName: this.name }));
    await Promise.all(AccessKeyMetadata.map(({ AccessKeyId }) => this.iam.send(new DeleteAccessKeyCommand({ UserName: this.name, AccessKeyId }))));
  }
}
