import { Sample } from './worker';

/** The median of each. They take turns, in either direction, so that what disturbs one disturbs all; a first round warms up. */
export async function interleaved<Name extends string>(
  rounds: number, contenders: Record<Name, () => Promise<Sample>>,
): Promise<Record<Name, Sample>> {
  const entries = Object.entries(contenders) as [Name, () => Promise<Sample>][];
  const samples = new Map(entries.map(([name]) => [name, [] as Sample[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? entries : [...entries].reverse()) {
      const sample = await run();
      if (round > 0) samples.get(name)!.push(sample);
    }
  }
  const medians = entries.map(([name]) => {
    const of = (measure: keyof Sample) => median(samples.get(name)!.map((sample) => sample[measure]));
    return [name, { wallMs: of('wallMs'), cpuMs: of('cpuMs') }];
  });
  return Object.fromEntries(medians);
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}
