/**
 * The names of the settings that tell an application of a database. Only those given are set. And how many connections it opens.
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

  /**
   * Sets nothing: the most connections that one task, or one run of a function, opens at a time, which is the size of the pool, times the processes that
   * have one. Times the most tasks there can be (of `desiredCount` or the limit of autoscaling, while a deployment replaces them), they are reserved
   * like those of `reserveConnections()`. A function must have `reservedConcurrentExecutions`.
   *
   * @default - its connections are not counted
   */
  readonly poolSize?: number;
}

/**
 * The names of the settings that tell an application of a database that it logs in to without a password. Only those given are set. And how many
 * connections it opens.
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

  /**
   * Sets nothing: the most connections that one task, or one run of a function, opens at a time, which is the size of the pool, times the processes that
   * have one. Times the most tasks there can be (of `desiredCount` or the limit of autoscaling, while a deployment replaces them), they are reserved
   * like those of `reserveConnections()`. A function must have `reservedConcurrentExecutions`.
   *
   * @default - its connections are not counted
   */
  readonly poolSize?: number;
}
