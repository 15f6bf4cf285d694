import { DescribeManagedPrefixListsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { PrefixLists } from './handler';

export class Ec2PrefixLists implements PrefixLists {
  constructor(private readonly ec2: EC2Client) {}

  async idsOf(name: string): Promise<string[]> {
    // AWS owns its own lists: anybody may give a list the same name, and share it with this account.
    const Filters = [{ Name: 'prefix-list-name', Values: [name] }, { Name: 'owner-id', Values: ['AWS'] }];
    const { PrefixLists: found = [] } = await this.ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
    return found.flatMap(({ PrefixListId }) => PrefixListId ?? []);
  }
}
