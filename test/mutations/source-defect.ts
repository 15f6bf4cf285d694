/** A piece of the source that is replaced; `find` stands exactly once in its file. */
export interface SourceDefect {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The test that is about it, where no name says so. */
  readonly test?: string;
  /** Of one that no check catches: what would. */
  readonly wouldBeCaughtBy?: string;
}

/** Each construct brings its own: `test/<folder>/<name>.defects.ts`. */
export const inFile = (file: string, defects: Omit<SourceDefect, 'file'>[]): SourceDefect[] => defects.map((defect) => ({ ...defect, file }));
