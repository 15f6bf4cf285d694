/**
 * Where the output of a container goes.
 */
export class ContainerLogs {
  /** Into a log group of its own in CloudWatch Logs. The container goes on where CloudWatch does not answer, and drops what exceeds 25 MiB. */
  public static cloudWatch(): ContainerLogs {
    return new ContainerLogs();
  }

  private constructor() {}
}
