import { FaultPlan } from './faults';
import { PhotoSystem } from './photo-system';

interface Trouble {
  /** Share of the photos that are uploaded by then. */
  readonly from: number;
  readonly begin: () => Promise<void>;
}

/** What befalls the whole of a system for a while, beside the faults of single requests. */
export class Troubles {
  private isStoreAway = false;
  private isSecretStoreAway = false;
  private readonly underWay: Promise<void>[] = [];
  private readonly pending: Trouble[];

  /** @param system gets a plan with the troubles in it */
  constructor(system: PhotoSystem, faults: FaultPlan, outageMilliseconds: number) {
    const pause = () => new Promise<void>((resolve) => setTimeout(resolve, outageMilliseconds));
    this.pending = [
      { from: 0.2, begin: () => system.rotateKeys(500) },
      {
        from: 0.4,
        begin: async () => {
          this.isStoreAway = true;
          await pause();
          this.isStoreAway = false;
        },
      },
      {
        from: 0.7,
        begin: async () => {
          this.isSecretStoreAway = true;
          await system.rotateKeys(0); // so that everybody needs it
          await pause();
          this.isSecretStoreAway = false;
        },
      },
    ];
    system.plan = (request) => {
      if (this.isStoreAway && request.place === 'store') return 'reset';
      if (this.isSecretStoreAway && request.operation === 'GetSecretValue') return 'failed';
      return faults(request);
    };
  }

  public at(share: number): void {
    while (this.pending.length > 0 && this.pending[0].from <= share) this.underWay.push(this.pending.shift()!.begin());
  }

  public async over(): Promise<void> {
    await Promise.all(this.underWay);
  }
}
