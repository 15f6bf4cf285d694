import { randomUUID } from 'crypto';
import {
  CloudFrontClient, CreateKeyGroupCommand, CreatePublicKeyCommand, DeleteKeyGroupCommand, DeletePublicKeyCommand, GetKeyGroupCommand,
  GetPublicKeyCommand, KeyGroup as KeyGroupAnswer, ListKeyGroupsCommand, ListPublicKeysCommand, UpdateKeyGroupCommand,
} from '@aws-sdk/client-cloudfront';
import { GroupIdentity, GroupState, KeyGroup } from './key-group';
import { serviceAnswer } from '../../shared/service-answer';

type Removal = 'removed' | 'in-use';

/** By CloudFront's API. IAM could not keep us from the groups and keys of others. */
export class CloudFrontKeyGroup implements KeyGroup {
  private id?: string;
  private name?: string;

  constructor(private readonly client: CloudFrontClient, { id, name }: GroupIdentity) {
    this.id = id;
    this.name = name;
  }

  async find(): Promise<GroupState | undefined> {
    const found = await this.lookUp();
    return found && stateOf(found.group);
  }

  async create(trusted: string[]): Promise<GroupState> {
    const answer = await this.client.send(new CreateKeyGroupCommand({ KeyGroupConfig: { Name: this.requireName(), Items: trusted } }));
    this.id = answer.KeyGroup!.Id;
    return stateOf(answer.KeyGroup!);
  }

  async trust(trusted: string[]): Promise<void> {
    const { group, etag } = (await this.lookUp())!;
    await this.client.send(new UpdateKeyGroupCommand({
      Id: group.Id!, IfMatch: etag, KeyGroupConfig: { ...group.KeyGroupConfig, Name: group.KeyGroupConfig!.Name, Items: trusted },
    }));
  }

  async remove(): Promise<Removal> {
    const found = await this.lookUp();
    return found ? removal(this.client.send(new DeleteKeyGroupCommand({ Id: found.group.Id!, IfMatch: found.etag }))) : 'removed';
  }

  async addKey(publicKey: string): Promise<string> {
    const Name = `${this.requireName()}-${randomUUID().slice(0, 8)}`;
    const PublicKeyConfig = { CallerReference: Name, Name, EncodedKey: publicKey };
    const { PublicKey } = await this.client.send(new CreatePublicKeyCommand({ PublicKeyConfig }));
    return PublicKey!.Id!;
  }

  async publicKey(id: string): Promise<string> {
    const { PublicKey } = await this.client.send(new GetPublicKeyCommand({ Id: id }));
    return PublicKey!.PublicKeyConfig!.EncodedKey!;
  }

  async keys(): Promise<string[]> {
    if (this.name === undefined) return [];
    const beginning = `${this.name}-`;
    const ids: string[] = [];
    let Marker: string | undefined;
    do {
      const { PublicKeyList: page } = await this.client.send(new ListPublicKeysCommand({ Marker }));
      ids.push(...(page?.Items ?? []).filter(({ Name }) => Name!.startsWith(beginning)).map(({ Id }) => Id!));
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

  /** By its id, if that is known and it is there; else by the name of one that is to be created. */
  private async lookUp(): Promise<{ group: KeyGroupAnswer; etag: string } | undefined> {
    const known = this.id === undefined ? undefined : await this.get(this.id);
    if (known) return known;
    const id = await this.idOfName();
    return id === undefined ? undefined : this.get(id);
  }

  /** Learns the real name of a group that is there, with which those of its keys begin. */
  private async get(id: string): Promise<{ group: KeyGroupAnswer; etag: string } | undefined> {
    try {
      const { KeyGroup: group, ETag: etag } = await this.client.send(new GetKeyGroupCommand({ Id: id }));
      this.id = id;
      this.name = group!.KeyGroupConfig!.Name!;
      return { group: group!, etag: etag! };
    } catch (error) {
      if (serviceAnswer(error).code === 'NoSuchResource') return undefined;
      throw error;
    }
  }

  /** For a group whose creation was asked for, and whose id got lost with the answer. */
  private async idOfName(): Promise<string | undefined> {
    if (this.name === undefined) return undefined;
    let Marker: string | undefined;
    do {
      const { KeyGroupList: page } = await this.client.send(new ListKeyGroupsCommand({ Marker }));
      const found = page?.Items?.find(({ KeyGroup: group }) => group!.KeyGroupConfig!.Name === this.name);
      if (found) return found.KeyGroup!.Id!;
      Marker = page?.NextMarker;
    } while (Marker);
    return undefined;
  }

  private requireName(): string {
    if (this.name === undefined) throw new Error('the name of the key group must be known, and there is no group to read it from');
    return this.name;
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
