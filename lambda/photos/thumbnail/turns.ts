/**
 * Lets what has the same name take turns, and the rest go on side by side. Two uploads under one key would race for the places of their
 * thumbnails and copies: harmless, and a waste.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  public take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const former = this.last.get(name) ?? Promise.resolve();
    const turn = former.then(work, work); // whatever became of the former
    this.last.set(name, turn);
    return turn;
  }
}
