import { type PhotoTraffic } from './traffic';
import { Sample } from './worker';

/** US East, the first tier of https://aws.amazon.com/lambda/pricing/, as quoted by https://cloudchipr.com/blog/aws-lambda-pricing */
export const LAMBDA_PRICES = {
  readOn: '2026-11-20',
  perGbSecond: { arm64: 0.0000133334, x64: 0.0000166667 },
  perMillionRequests: 0.20,
};

/** US East, list prices; without the free tiers. */
export const OTHER_PRICES = {
  readOn: '2026-11-30',
  s3: { perMillionWrites: 5, perMillionReads: 0.40, source: 'https://c3x.dev/blog/s3-request-fees-explained' },
  sqs: { perMillionRequests: 0.40, source: 'https://cloudburn.io/blog/amazon-sqs-pricing' },
  dataOut: { perGb: 0.09, source: 'https://leanopstech.com/blog/aws-data-transfer-pricing-2026/' },
};

/** "At 1,769 MB, a function has the equivalent of one vCPU": https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_CORE = 1769;
const BATCH = 10;
/** EventBridge sends each message; Lambda receives and deletes a batch at once. */
const SQS_REQUESTS_PER_PHOTO = 1 + 2 / BATCH;
/** Between the size where a second core begins and the one where it is whole, nothing is measured: left out. */
export const MEMORY_SIZES = [512, 768, 1024, 1280, 1536, MIB_PER_CORE, 2 * MIB_PER_CORE];

export interface Price {
  readonly memoryMiB: number;
  readonly msPerPhoto: number;
  readonly perMillion: { readonly arm64: number; readonly x64: number };
}

/** What the processor takes grows as the share of a core shrinks; what the network takes stays. */
export function prices({ oneCore, twoCores }: { readonly oneCore: Sample; readonly twoCores: Sample }): Price[] {
  const waitingMs = Math.max(0, oneCore.wallMs - oneCore.cpuMs);
  return MEMORY_SIZES.map((memoryMiB) => {
    const batchMs = memoryMiB > MIB_PER_CORE ? twoCores.wallMs : waitingMs + oneCore.cpuMs * MIB_PER_CORE / memoryMiB;
    const gbSecondsPerMillion = memoryMiB / 1024 * batchMs / 1000 * 1e6 / BATCH;
    const perMillion = (perGbSecond: number) => gbSecondsPerMillion * perGbSecond + LAMBDA_PRICES.perMillionRequests / BATCH;
    const { arm64, x64 } = LAMBDA_PRICES.perGbSecond;
    return { memoryMiB, msPerPhoto: batchMs / BATCH, perMillion: { arm64: perMillion(arm64), x64: perMillion(x64) } };
  });
}

/** The cheapest size that has twice the memory of the largest peak, so that what was not measured fits, too. */
export function recommendedMemory(all: Price[], peaksMiB: number[]): Price {
  const roomy = all.filter(({ memoryMiB }) => memoryMiB >= 2 * Math.max(...peaksMiB));
  return roomy.reduce((cheapest, price) => price.perMillion.arm64 < cheapest.perMillion.arm64 ? price : cheapest);
}

/** Of a million photos, beside Lambda. The archive bills neither requests nor what is read back: docs/decisions/archive-is-read-back.md */
export interface OtherCosts {
  readonly s3Requests: number;
  readonly sqsRequests: number;
  /** To the archive. */
  readonly dataOut: number;
}

export function otherCosts({ aws, wasabi }: PhotoTraffic): OtherCosts {
  const { PUT = 0, LIST = 0, GET = 0, HEAD = 0 } = aws.requests; // S3 does not bill DELETE
  return {
    s3Requests: (PUT + LIST) * OTHER_PRICES.s3.perMillionWrites + (GET + HEAD) * OTHER_PRICES.s3.perMillionReads,
    sqsRequests: SQS_REQUESTS_PER_PHOTO * OTHER_PRICES.sqs.perMillionRequests,
    dataOut: wasabi.up / 2 ** 30 * 1e6 * OTHER_PRICES.dataOut.perGb,
  };
}
