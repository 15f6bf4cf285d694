import { Sample } from './worker';

/** US East, the first tier of https://aws.amazon.com/lambda/pricing/, as quoted by https://cloudchipr.com/blog/aws-lambda-pricing */
export const LAMBDA_PRICES = {
  readOn: '2026-11-20',
  perGbSecond: { arm64: 0.0000133334, x64: 0.0000166667 },
  perMillionRequests: 0.20,
};

/** "At 1,769 MB, a function has the equivalent of one vCPU": https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_CORE = 1769;
const BATCH = 10;
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
