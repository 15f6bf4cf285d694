import { Message } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import { audit, Audit, Violations } from './audit';
import { eventOf } from './event-source-mapping';
import { FaultPlan } from './faults';
import { unpackBundle } from './function-process';
import { Run } from './journal';
import { PhotoSystem, RUN_SECONDS, SystemFunction } from './photo-system';
import { Kind, Upload, upload } from './uploads';
import { Emulators, startEmulators } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

/** What an audit must find. */
export const NO_VIOLATIONS: Violations = {
  lostOriginals: [],
  unreportedOriginals: [],
  wrongRejections: [],
  archivedRejections: [],
  unverifiedRemovals: [],
  wrongArchives: [],
  wrongThumbnails: [],
  unexplainedDuplicates: [],
  abandonedUploads: [],
};

export interface RunOptions {
  readonly function?: 0 | 1;
  /** Lambda's limit. */
  readonly seconds?: number;
}

/** A function that gets its events by hand, one photo after the other. */
export class OnePhoto {
  public static async start(name: string): Promise<OnePhoto> {
    const emulators = await startEmulators();
    const system = await PhotoSystem.create({ name, emulators, bundle: unpackBundle(emulators.folder), visibilitySeconds: RUN_SECONDS + 1 });
    return new OnePhoto(emulators, system);
  }

  public uploads: Upload[] = [];
  private readonly functions: Promise<SystemFunction>[] = [];
  private runs: Run[] = [];
  private count = 0;

  private constructor(private readonly emulators: Emulators, public readonly system: PhotoSystem) {}

  /** Forgets all earlier ones. @returns the new one's event */
  public async dropped(kind: Kind = 'photo'): Promise<Message[]> {
    await this.system.forget();
    this.uploads = [];
    return this.overwritten(kind, `photos/${this.count}.jpg`);
  }

  /** Another under the same key, or under a given one. @returns its event */
  public async overwritten(kind: Kind = 'photo', key = this.uploads[0].key): Promise<Message[]> {
    this.uploads.push(await upload(this.system, 1, ++this.count, kind, key));
    return eventually('its event comes', async () => {
      const found = await this.system.drain(this.system.queueUrl);
      return found.length > 0 ? found : undefined;
    });
  }

  /** @param options.function of two that may run at the same time */
  public async run(messages: Message[], plan: FaultPlan = () => undefined, options: RunOptions = {}): Promise<SQSBatchResponse | undefined> {
    const { function: index = 0, seconds = 60 } = options;
    this.system.plan = plan;
    this.runs[index] = { photos: messages.length };
    const fn = await (this.functions[index] ??= this.system.startFunction(() => this.runs[index]));
    return fn.process.invoke(eventOf(messages), seconds * 1000);
  }

  public audit(messages: Message[]): Promise<Audit> {
    return audit(this.system, this.uploads, messages);
  }

  public async stop(): Promise<void> {
    await Promise.all(this.functions.map(async (fn) => (await fn).stop()));
    await this.emulators.stop();
  }
}
