/**
 * Runs work of the same key one after the other, and work of different keys side by side. Two uploads under one key would overwrite each
 * other's thumbnails and copies: harmless, and a waste.
 */
export class SerialByKey {
  private readonly last = new Map<string, Promise<unknown>>();

  public run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const former = this.last.get(key) ?? Promise.resolve();
    const turn = former.then(work, work); // whatever became of the former
    this.last.set(key, turn);
    return turn;
  }
}
