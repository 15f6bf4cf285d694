import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DatabaseEngine } from '../database-engine';

/** For who wants the same warnings on each day, such as a test. */
const TODAY = 'cdk-mainstay:today';

const NEAR = 180;

/**
 * Warns when the standard support of an engine ends in half a year, or has ended. What is said depends on the day; no template does.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
 */
export function warnOfSupportEnd(scope: Construct, engine: DatabaseEngine): void {
  if (!engine.standardSupportEnds) return;
  const today = new Date(scope.node.tryGetContext(TODAY) ?? Date.now());
  const daysLeft = Math.ceil((Date.parse(engine.standardSupportEnds) - today.getTime()) / 86_400_000);
  if (daysLeft > NEAR) return;
  Annotations.of(scope).addWarningV2(
    'cdk-mainstay:EncryptedDatabase.StandardSupportEnds',
    `the standard support of ${engine} ${daysLeft < 0 ? 'ended by' : 'ends on'} ${engine.standardSupportEnds}; from then on RDS charges for extended support, where it has it, ` +
    'by the hour and processor, or upgrades by itself: take a newer major version',
  );
}
