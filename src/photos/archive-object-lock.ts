import { Duration } from 'aws-cdk-lib';
import { requireUnit } from '../shared/require-unit';
import { requireWholeNumber } from '../shared/require-whole-number';

/**
 * For how long nobody can delete or overwrite an archived version.
 *
 * Only a bucket that is created with object lock has it: it cannot be added to an existing archive.
 * @see https://docs.wasabi.com/docs/object-locking-enable
 */
export class ArchiveObjectLock {
  /**
   * Only users with the permission to bypass the lock can delete a version before its time.
   *
   * @param retention whole days, at least 1
   */
  public static governance(retention: Duration): ArchiveObjectLock {
    return new ArchiveObjectLock('GOVERNANCE', retention);
  }

  /**
   * Nobody can delete a version before its time, not even the account's owner. It is paid for until then.
   *
   * @param retention whole days, at least 1
   */
  public static compliance(retention: Duration): ArchiveObjectLock {
    return new ArchiveObjectLock('COMPLIANCE', retention);
  }

  /** @internal */
  public readonly _mode: string;
  /** @internal */
  public readonly _days: number;

  private constructor(mode: string, retention: Duration) {
    this._mode = mode;
    this._days = requireUnit('ArchiveObjectLock', 'retention', 'Duration.days()', () => retention.toDays({ integral: false }));
    requireWholeNumber({ where: 'ArchiveObjectLock', prop: 'retention', value: this._days, least: 1, unit: 'days' });
  }
}
