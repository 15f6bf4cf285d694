/**
 * The names of the settings that tell an application of a database. Only those given are set.
 */
export interface DatabaseBindingNames {
  /**
   * Gets the address of the database.
   *
   * @default - not set
   */
  readonly host?: string;

  /**
   * Gets the port.
   *
   * @default - not set
   */
  readonly port?: string;

  /**
   * Gets the name of the database.
   *
   * @default - not set
   */
  readonly name?: string;

  /**
   * Gets the name of the user, as a secret.
   *
   * @default - not set
   */
  readonly user?: string;

  /**
   * Gets the password, as a secret.
   *
   * @default - not set
   */
  readonly password?: string;

  /**
   * Gets `postgresql://user:password@host:port/name`, or the same with `mysql:`, as a secret.
   *
   * @default - not set
   */
  readonly url?: string;

  /**
   * Gets a URL for JDBC with user, password and TLS, as a secret. The driver encrypts and does not check the server's certificate (PostgreSQL:
   * `sslmode=require`, MySQL: `sslMode=REQUIRED`, MariaDB: `sslMode=trust`): that takes RDS's authorities in a trust store, and a URL of your own.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   * @default - not set
   */
  readonly jdbcUrl?: string;

  /**
   * Gets `user:password@host:port`, as a secret.
   *
   * @default - not set
   */
  readonly uri?: string;
}

/**
 * The names of the settings that tell an application of a database that it logs in to without a password. Only those given are set.
 */
export interface PasswordlessBindingNames {
  /**
   * Gets the address of the database.
   *
   * @default - not set
   */
  readonly host?: string;

  /**
   * Gets the port.
   *
   * @default - not set
   */
  readonly port?: string;

  /**
   * Gets the name of the database.
   *
   * @default - not set
   */
  readonly name?: string;

  /**
   * Gets the name of the user.
   *
   * @default - not set
   */
  readonly user?: string;
}
