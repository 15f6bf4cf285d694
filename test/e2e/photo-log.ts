import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { EmulatedAccount } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

/** A line of the photo function: what it tells, or what it counts. */
export interface LogLine {
  readonly message?: string;
  readonly key?: string;
  readonly versionId?: string;
  readonly reason?: string;
  readonly PhotosArchived?: number | number[];
}

export class PhotoLog {
  private readonly client: CloudWatchLogsClient;
  private readonly logGroupName: string;

  constructor(account: EmulatedAccount, resources: Record<string, string>) {
    this.client = new CloudWatchLogsClient(account);
    this.logGroupName = Object.entries(resources).find(([id]) => id.startsWith('PhotosPhotoLogs'))![1];
  }

  public async lines(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.client }, { logGroupName: this.logGroupName })) {
      const json = events.map(({ message }) => message!).filter((message) => message.startsWith('{')); // the others are Lambda's own
      lines.push(...json.map((message) => JSON.parse(message)));
    }
    return lines;
  }

  /** @returns the first line about a photo whose message matches */
  public untilTold(key: string, message: RegExp): Promise<LogLine> {
    return eventually(`the log says nothing like ${message} about ${key}`, async () =>
      (await this.lines()).find((line) => line.key === key && message.test(line.message ?? '')));
  }
}
