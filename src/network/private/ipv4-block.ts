/**
 * A block of IPv4 addresses, such as 10.0.0.0/16.
 */
export class Ipv4Block {
  /** The block that a text stands for, or nothing if it stands for none. */
  public static parse(text: string): Ipv4Block | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) return undefined;
    const [first, second, third, fourth, prefix] = match.slice(1).map(Number);
    const bytes = [first, second, third, fourth];
    if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
    const block = new Ipv4Block(bytes.reduce((address, byte) => address * 256 + byte, 0), prefix);
    return block.start % block.size === 0 ? block : undefined;
  }

  /** What is left of a block when others are taken out of it, in as few blocks as possible, by address. */
  public static free(within: Ipv4Block, taken: Ipv4Block[]): Ipv4Block[] {
    const inside = taken.filter((block) => block.overlaps(within));
    if (inside.length === 0) return [within];
    if (inside.some((block) => block.contains(within))) return [];
    return [0, 1].flatMap((half) => Ipv4Block.free(within.part(within.prefix + 1, half), inside));
  }

  public constructor(public readonly start: number, public readonly prefix: number) {}

  public get size(): number { return 2 ** (32 - this.prefix); }

  /** The addresses that a subnet of this block has for its users: AWS takes five. */
  public get usable(): number { return this.size - 5; }

  /** One of the blocks with a longer prefix that this block consists of. */
  public part(prefix: number, index: number): Ipv4Block {
    return new Ipv4Block(this.start + index * 2 ** (32 - prefix), prefix);
  }

  public contains(other: Ipv4Block): boolean {
    return this.start <= other.start && other.start + other.size <= this.start + this.size;
  }

  public overlaps(other: Ipv4Block): boolean {
    return this.start < other.start + other.size && other.start < this.start + this.size;
  }

  public toString(): string {
    const bytes = [24, 16, 8, 0].map((bits) => Math.floor(this.start / 2 ** bits) % 256);
    return `${bytes.join('.')}/${this.prefix}`;
  }
}
