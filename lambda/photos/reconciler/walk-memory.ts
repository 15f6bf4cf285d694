import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/** A walk through the dropbox that ran out of time. */
export interface UnfinishedWalk {
  readonly continueAfter: string;
  /** When the oldest original of the part that is done was uploaded. */
  readonly oldest?: Date;
}

/** What one run tells the next. */
export interface WalkMemory {
  read(): Promise<UnfinishedWalk | undefined>;
  write(walk: UnfinishedWalk | undefined): Promise<void>;
}

/** Between walks the parameter has the value that it was deployed with. */
export const NO_WALK = '{}';

export class SsmWalkMemory implements WalkMemory {
  constructor(private readonly client: SSMClient, private readonly name: string) {}

  async read(): Promise<UnfinishedWalk | undefined> {
    const { Parameter } = await this.client.send(new GetParameterCommand({ Name: this.name }));
    const { continueAfter, oldest } = JSON.parse(Parameter!.Value!);
    if (continueAfter === undefined) return undefined;
    return { continueAfter: decodeURIComponent(continueAfter), ...(oldest && { oldest: new Date(oldest) }) };
  }

  async write(walk: UnfinishedWalk | undefined): Promise<void> {
    // A parameter takes 4 KB, in which every key fits, and no double braces, which a key may have.
    const Value = walk ? JSON.stringify({ ...walk, continueAfter: encodeURIComponent(walk.continueAfter) }) : NO_WALK;
    await this.client.send(new PutParameterCommand({ Name: this.name, Value, Overwrite: true }));
  }
}
