import { setMaxListeners } from 'events';

/** The time of a run is up: what is not done yet is tried again by another. */
export class OutOfTime extends Error {
  constructor() {
    super('the run had no time left');
    this.name = 'OutOfTime';
  }
}

/**
 * The time that a run may use. It is up a little before Lambda would kill the run, so that what is under way fails in good order while
 * what is done counts: a killed run repeats its whole batch.
 */
export class TimeBudget {
  private controller = new AbortController();

  /** Aborted when the time is up. */
  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** @returns what to call when the run has ended in time */
  public begin(milliseconds: number): () => void {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // one a request, and there is no telling how many
    const timer = setTimeout(() => controller.abort(new OutOfTime()), Math.max(0, milliseconds));
    this.controller = controller;
    return () => clearTimeout(timer);
  }
}
