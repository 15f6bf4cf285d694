/**
 * What `StaticMediaCdn.publishStatic()` publishes.
 */
export interface PublishStaticProps {
  /**
   * The folder whose files are published, such as where a build leaves them; a relative path is from the working directory on. Files and folders whose
   * names begin with a dot are left out. It holds 256 MiB at the most.
   */
  readonly folder: string;

  /**
   * A regular expression (of JavaScript) of the files whose names change with their contents, by their paths from the folder on. Browsers keep them for
   * a year and never ask for them again. Vite's are `^assets/`; of a folder without any, `(?!)` matches nothing.
   *
   * @default - at least eight hexadecimal digits between a dot, hyphen, underscore or slash and a dot of the file's name, a letter and a digit among
   * them: `app.3f2a9c1b.js`, `site-55e7cbb9ba48.css`
   */
  readonly hashedFiles?: string;
}
