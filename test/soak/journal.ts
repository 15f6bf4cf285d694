import { Fault } from './faults';
import { Place } from './wire';

/** One invocation of the function. */
export interface Run {
  readonly photos: number;
}

/** One request of the function and what became of it. Times are milliseconds, and no two the same. */
export interface Exchange {
  readonly run: Run;
  readonly place: Place;
  readonly operation: string;
  /** Or the prefix that was listed. */
  readonly key: string;
  /** As the request named it. */
  readonly versionId?: string;
  readonly began: number;
  readonly fault?: Fault;
  carriedOut?: {
    readonly at: number;
    readonly status: number;
    /** Of what was stored. */
    readonly newVersionId?: string;
  };
  /** The function has got the whole answer. */
  answered?: {
    readonly at: number;
    /** Of the content that it has got, in hexadecimal. */
    readonly sha256: string;
  };
}

export type CarriedOut = Exchange & Required<Pick<Exchange, 'carriedOut'>>;

/** All that the function has asked of the account and the store. */
export class Journal {
  public readonly exchanges: Exchange[] = [];
  private time = 0;

  public now(): number {
    return this.time = Math.max(Date.now(), this.time + 0.001);
  }

  /** In the order of their carrying out. */
  public successes(place: Place, ...operations: string[]): CarriedOut[] {
    return this.exchanges
      .filter((exchange): exchange is CarriedOut => exchange.carriedOut !== undefined)
      .filter((exchange) => exchange.place === place && operations.includes(exchange.operation))
      .filter(({ carriedOut }) => carriedOut.status < 300)
      .sort((one, other) => one.carriedOut.at - other.carriedOut.at);
  }
}
