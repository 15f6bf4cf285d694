import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { invalidationPaths } from './invalidation-paths';
import { Cdn } from './publication';
import { Deadline } from '../../shared/deadline';
import { serviceAnswer } from '../../shared/service-answer';

export interface Cached {
  readonly distributionId: string;
  /** The folder in the addresses of files. */
  readonly location: string;
  /** Whether files are cached under other paths than their own, too. */
  readonly invalidatesAll: boolean;
  /** Of this deployment: CloudFront takes what it gets twice for one. */
  readonly callerReference: string;
}

const PAUSE = 20_000;
/** Kept for answering. */
const RESERVE = 30_000;

export class CloudFrontCdn implements Cdn {
  constructor(private readonly cloudFront: CloudFrontClient, private readonly cached: Cached, private readonly deadline: Deadline) {}

  /** It is enough that CloudFront takes the order: it works it off within minutes, whatever comes of this run. */
  async invalidate(files: string[]): Promise<void> {
    const { distributionId, location, invalidatesAll, callerReference } = this.cached;
    const Items = invalidatesAll ? ['/*'] : invalidationPaths(location, files);
    for (;;) {
      try {
        await this.cloudFront.send(new CreateInvalidationCommand({
          DistributionId: distributionId,
          InvalidationBatch: { CallerReference: callerReference, Paths: { Quantity: Items.length, Items } },
        }));
        return;
      } catch (error) {
        const isBusy = serviceAnswer(error).code === 'TooManyInvalidationsInProgress';
        if (!isBusy || this.deadline.remainingMilliseconds() < PAUSE + RESERVE) throw error;
        await this.deadline.sleep(PAUSE);
      }
    }
  }
}
