import { Size, Token } from 'aws-cdk-lib';
import { Checks } from '../../shared/checks';

interface Memory {
  /** All in MiB. */
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

const GIB = 1024;

/**
 * The memory that Fargate accepts for each number of CPU units. For 256 units it accepts 512 MiB, 1 GiB and 2 GiB, which are no steps.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const MEMORY: Record<number, Memory> = {
  256: { least: 512, most: 2 * GIB, step: 512 },
  512: { least: GIB, most: 4 * GIB, step: GIB },
  1024: { least: 2 * GIB, most: 8 * GIB, step: GIB },
  2048: { least: 4 * GIB, most: 16 * GIB, step: GIB },
  4096: { least: 8 * GIB, most: 30 * GIB, step: GIB },
  8192: { least: 16 * GIB, most: 60 * GIB, step: 4 * GIB },
  16384: { least: 32 * GIB, most: 120 * GIB, step: 8 * GIB },
};

/** 1.5 GiB is the one step that Fargate leaves out. */
const LEFT_OUT = { cpu: 256, mebibytes: 1536 };

const CPU_UNITS = Object.keys(MEMORY).map(Number);

export interface FargateSize {
  readonly cpu: number;
  readonly memoryMiB: number;
}

/**
 * The size of a task, with what is not given.
 *
 * @throws if Fargate has no such size: the error names the nearest
 */
export function fargateSize(checks: Checks, { cpu = 256, memory }: { readonly cpu?: number; readonly memory?: Size }): FargateSize {
  if (!Token.isUnresolved(cpu) && !(cpu in MEMORY)) {
    throw checks.error(`'cpu' must be one of ${CPU_UNITS.join(', ')} CPU units, got ${cpu}: the nearest is ${nearest(CPU_UNITS, cpu)}`);
  }
  const memoryMiB = checks.mebibytes('memory', memory);
  if (memoryMiB === undefined) {
    checks.known('cpu', cpu, "the default of 'memory' depends on it: give 'memory', too");
    return { cpu, memoryMiB: MEMORY[cpu].least };
  }
  if (!Token.isUnresolved(cpu) && !Token.isUnresolved(memoryMiB)) requireAccepted(checks, cpu, memoryMiB);
  return { cpu, memoryMiB };
}

/** The smallest size that is at least as large, if there is one. */
export function sizeAtLeast(cpu: number, memoryMiB: number): FargateSize | undefined {
  const sizes = CPU_UNITS.flatMap((units) => memoryOf(units).map((memory) => ({ cpu: units, memoryMiB: memory })));
  return sizes.find((size) => size.cpu >= cpu && size.memoryMiB >= memoryMiB);
}

function requireAccepted(checks: Checks, cpu: number, memoryMiB: number): void {
  const accepted = memoryOf(cpu);
  if (accepted.includes(memoryMiB)) return;
  const larger = accepted.find((mebibytes) => mebibytes > memoryMiB);
  const otherCpu = nearest(CPU_UNITS.filter((units) => memoryOf(units).includes(memoryMiB)), cpu);
  const ways = [
    larger === undefined ? undefined : `${inWords(larger)} is the nearest that is larger`,
    otherCpu === undefined ? undefined : `'cpu' of ${otherCpu} accepts ${inWords(memoryMiB)}`,
  ].filter((way) => way !== undefined);
  const { least, most, step } = MEMORY[cpu];
  const allowed = cpu === LEFT_OUT.cpu ? accepted.map(inWords).join(', ') : `${inWords(least)} to ${inWords(most)} in steps of ${inWords(step)}`;
  const more = ways.length > 0 ? ways.join(', and ') : `no 'cpu' accepts it; ${inWords(nearest(accepted, memoryMiB)!)} is the nearest for this one`;
  throw checks.error(`'memory' must be ${allowed} for a 'cpu' of ${cpu}, got ${inWords(memoryMiB)}: ${more}`);
}

function memoryOf(cpu: number): number[] {
  const { least, most, step } = MEMORY[cpu];
  const steps = Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);
  return cpu === LEFT_OUT.cpu ? steps.filter((mebibytes) => mebibytes !== LEFT_OUT.mebibytes) : steps;
}

function nearest(numbers: number[], to: number): number | undefined {
  return [...numbers].sort((one, other) => Math.abs(one - to) - Math.abs(other - to))[0];
}

function inWords(mebibytes: number): string {
  return mebibytes % GIB === 0 ? `${mebibytes / GIB} GiB` : `${mebibytes} MiB`;
}
