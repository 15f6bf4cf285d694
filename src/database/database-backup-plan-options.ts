import { Duration } from 'aws-cdk-lib';
import { IBackupVault } from 'aws-cdk-lib/aws-backup';

/**
 * Snapshots of a database by AWS Backup, beside those that RDS makes of itself: more often, for longer, and in other accounts and regions.
 */
export interface DatabaseBackupPlanOptions {
  /**
   * The time from one snapshot to the next: 1, 2, 3, 4, 6, 8, 12 or 24 hours. The first of a day is two hours after the end of `backupWindow`, as
   * AWS Backup waits for windows to pass.
   *
   * @default Duration.days(1)
   */
  readonly every?: Duration;

  /**
   * How long a snapshot is kept, 1 to 36 500 days, in the warm storage that there is for databases.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
   * @default Duration.days(35)
   */
  readonly retention?: Duration;

  /**
   * Vaults that each snapshot is copied into, such as `BackupVault.fromBackupVaultArn(…)`: of another region, or of another account, where whoever takes over
   * this one cannot delete them. Both at once is more than AWS Backup does for databases in many places: copy on from there.
   *
   * The vault of another account must have a key of its own, and let this account `backup:CopyIntoBackupVault`; the two must be of one organization that has
   * cross-account backup switched on. The key of the database lets AWS Backup of that account use it.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
   * @default - none
   */
  readonly copyTo?: IBackupVault[];

  /**
   * How long a copy is kept, 1 to 36 500 days.
   *
   * @default - `retention`
   */
  readonly copyRetention?: Duration;
}
