import { AddressInfo, connect, createServer, Server, Socket } from 'net';

export interface Traffic {
  readonly up: number;
  readonly down: number;
}

/** One link to one store, each way with a latency and a bandwidth that all connections share: the wire, not the handshakes on it. */
export class ShapedLink {
  public static async to(url: string, roundTripMs: number, bytesPerSecond: number): Promise<ShapedLink> {
    const link = new ShapedLink(Number(new URL(url).port), roundTripMs / 2, bytesPerSecond / 1000);
    await new Promise<void>((resolve) => link.server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  private readonly server: Server;
  private readonly up: Lane;
  private readonly down: Lane;

  private constructor(port: number, delayMs: number, bytesPerMs: number) {
    const [up, down] = [new Lane(delayMs, bytesPerMs), new Lane(delayMs, bytesPerMs)];
    [this.up, this.down] = [up, down];
    this.server = createServer({ noDelay: true }, (client) => {
      const store = connect({ port, host: '127.0.0.1', noDelay: true });
      up.carry(client, store);
      down.carry(store, client);
    });
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Bytes to the store and from it, with the headers of the requests, since `countFromZero()`. */
  public get carried(): Traffic {
    return { up: this.up.carried, down: this.down.carried };
  }

  public countFromZero(): void {
    this.up.carried = this.down.carried = 0;
  }

  public async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** One direction: what comes is sent on in its order, each piece when the wire is free for it, and arrives a little later. */
class Lane {
  public carried = 0;
  private freeAt = 0;

  constructor(private readonly delayMs: number, private readonly bytesPerMs: number) {}

  public carry(from: Socket, to: Socket): void {
    const due: { at: number; act: () => void }[] = [];
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        while (due.length > 0 && due[0].at <= performance.now()) due.shift()!.act();
        if (due.length > 0) wait();
      }, due[0].at - performance.now());
    };
    const later = (bytes: number, act: () => void) => {
      this.carried += bytes;
      this.freeAt = Math.max(this.freeAt, performance.now()) + bytes / this.bytesPerMs;
      due.push({ at: this.freeAt + this.delayMs, act });
      wait();
    };
    from.on('data', (data) => later(data.length, () => to.write(data)));
    from.on('close', () => later(0, () => to.destroySoon()));
    from.on('error', () => undefined); // which closes it
  }
}
