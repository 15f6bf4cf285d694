import { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Where the flow logs of a network go: all traffic, accepted and rejected.
 */
export class FlowLogs {
  /**
   * Into an encrypted log group, to be searched by CloudWatch Logs Insights.
   */
  public static toCloudWatchLogs(): FlowLogs {
    return new FlowLogs('toCloudWatchLogs');
  }

  /**
   * Into a bucket, as Parquet in hourly, Hive-compatible partitions: cheaper to keep, to be searched by Athena.
   *
   * @param bucket receives them under `flow-logs/`. Its policy must let log delivery write there; that of a bucket of the same app is changed.
   */
  public static toS3(bucket: IBucket): FlowLogs {
    return new FlowLogs('toS3', bucket);
  }

  private constructor(
    private readonly name: string,
    /** @internal */
    public readonly _bucket?: IBucket,
  ) {}

  /**
   * The name of the factory that made this.
   */
  public toString(): string {
    return this.name;
  }
}
