/** A request that stores something failed in a way that leaves open whether it was stored: look before trying again. */
export class UnknownOutcome extends Error {
  constructor(error: unknown) {
    super(`not known whether this was stored: ${(error as Error).message}`); // no cause: the SDK would find it worth a retry
    this.name = 'UnknownOutcome';
  }
}
