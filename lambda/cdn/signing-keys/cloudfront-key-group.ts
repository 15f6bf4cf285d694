import { randomUUID } from 'crypto';
import {
  CloudFrontClient, CreateKeyGroupCommand, CreatePublicKeyCommand, DeleteKeyGroupCommand, DeletePublicKeyCommand, GetKeyGroupCommand,
  GetPublicKeyCommand, KeyGroup as KeyGroupAnswer, ListKeyGroupsCommand, ListPublicKeysCommand, UpdateKeyGroupCommand,
} from '@aws-sdk/client-cloudfront';
import { GroupState, KeyGroup } from './key-group';
import { serviceAnswer } from '../../shared/service-answer';

type Removal = 'removed' | 'in-use';

/** By CloudFront's API. The ids of the group and its keys are looked up by name, each time: IAM could not keep us from others. */
export class CloudFrontKeyGroup implements KeyGroup {
  constructor(private readonly client: CloudFrontClient, private readonly name: string) {}

  async find(): Promise<GroupState | undefined> {
    const found = await this.lookUp();
    return found && stateOf(found.group);
  }

  async create(trusted: string[]): Promise<GroupState> {
    const answer = await this.client.send(new CreateKeyGroupCommand({ KeyGroupConfig: { Name: this.name, Items: trusted } }));
    return stateOf(answer.KeyGroup!);
  }

  async trust(trusted: string[]): Promise<void> {
    const { group, etag } = (await this.lookUp())!;
    await this.client.send(new UpdateKeyGroupCommand({
      Id: group.Id!, IfMatch: etag, KeyGroupConfig: { ...group.KeyGroupConfig, Name: this.name, Items: trusted },
    }));
  }

  async remove(): Promise<Removal> {
    const found = await this.lookUp();
    return found ? removal(this.client.send(new DeleteKeyGroupCommand({ Id: found.group.Id!, IfMatch: found.etag }))) : 'removed';
  }

  async addKey(publicKey: string): Promise<string> {
    const Name = `${this.name}-${randomUUID().slice(0, 8)}`;
    const PublicKeyConfig = { CallerReference: Name, Name, EncodedKey: publicKey };
    const { PublicKey } = await this.client.send(new CreatePublicKeyCommand({ PublicKeyConfig }));
    return PublicKey!.Id!;
  }

  async publicKey(id: string): Promise<string> {
    const { PublicKey } = await this.client.send(new GetPublicKeyCommand({ Id: id }));
    return PublicKey!.PublicKeyConfig!.EncodedKey!;
  }

  async keys(): Promise<string[]> {
    const ids: string[] = [];
    let Marker: string | undefined;
    do {
      const { PublicKeyList: page } = await this.client.send(new ListPublicKeysCommand({ Marker }));
      ids.push(...(page?.Items ?? []).filter(({ Name }) => Name!.startsWith(`${this.name}-`)).map(({ Id }) => Id!));
      Marker = page?.NextMarker;
    } while (Marker);
    return ids;
  }

  async removeKey(id: string): Promise<Removal> {
    try {
      const { ETag } = await this.client.send(new GetPublicKeyCommand({ Id: id }));
      return await removal(this.client.send(new DeletePublicKeyCommand({ Id: id, IfMatch: ETag })));
    } catch (error) {
      if (serviceAnswer(error).code === 'NoSuchPublicKey') return 'removed';
      throw error;
    }
  }

  private async lookUp(): Promise<{ group: KeyGroupAnswer; etag: string } | undefined> {
    let Marker: string | undefined;
    do {
      const { KeyGroupList: page } = await this.client.send(new ListKeyGroupsCommand({ Marker }));
      const id = page?.Items?.map((summary) => summary.KeyGroup!).find(({ KeyGroupConfig }) => KeyGroupConfig!.Name === this.name)?.Id;
      if (id) {
        const answer = await this.client.send(new GetKeyGroupCommand({ Id: id }));
        return { group: answer.KeyGroup!, etag: answer.ETag! };
      }
      Marker = page?.NextMarker;
    } while (Marker);
    return undefined;
  }
}

function stateOf({ Id, LastModifiedTime, KeyGroupConfig }: KeyGroupAnswer): GroupState {
  return { id: Id!, trusted: KeyGroupConfig!.Items!, lastModified: LastModifiedTime! };
}

async function removal(request: Promise<unknown>): Promise<Removal> {
  try {
    await request;
    return 'removed';
  } catch (error) {
    switch (serviceAnswer(error).code) {
      case 'NoSuchPublicKey': case 'NoSuchResource': return 'removed';
      case 'PublicKeyInUse': case 'ResourceInUse': return 'in-use';
      default: throw error;
    }
  }
}
