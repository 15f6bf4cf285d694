import { PhotoQueue } from './photo-queue';

/** Keeps the photo function to some two hundred runs at a time, and lets the alarm on waiting messages mean what it says. */
export const MAX_WAITING = 1000;

/** SQS may count for a minute what is gone: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export const PAUSE_MS = 30_000;

/** What the last steps of a run may take. */
export const RESERVE_MS = 60_000;

export interface Clock {
  now(): Date;
  /** Until the run is ended by force. */
  timeLeftMs(): number;
  pause(ms: number): Promise<void>;
}

/** Lets messages into a queue only as fast as others leave it. */
export class BoundedQueue {
  private room?: number;

  constructor(private readonly queue: Pick<PhotoQueue, 'waiting' | 'send'>, private readonly clock: Clock) {}

  /** `false`: the queue is full, and the run has no time left to wait; nothing was sent. */
  async send(bodies: string[]): Promise<boolean> {
    this.room ??= await this.roomNow();
    while (this.room <= 0) {
      if (this.clock.timeLeftMs() < PAUSE_MS + RESERVE_MS) return false;
      await this.clock.pause(PAUSE_MS);
      this.room = await this.roomNow();
    }
    await this.queue.send(bodies);
    this.room -= bodies.length;
    return true;
  }

  private async roomNow(): Promise<number> {
    return MAX_WAITING - await this.queue.waiting();
  }
}
