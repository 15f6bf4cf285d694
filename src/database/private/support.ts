import { Construct } from 'constructs';
import { EngineTraits } from './engine-traits';
import { SUPPORT_CALENDAR } from './support-calendar';
import { addWarning } from '../../shared/acknowledge';

/** Of a version that is older than all that are known, the end of the oldest, before which its own was; of another that is not known, nothing. */
export function supportEnd(product: string, major: string): string | undefined {
  const calendar = SUPPORT_CALENDAR[product];
  const [oldest] = Object.keys(calendar).sort((one, other) => (isOlder(one, other) ? -1 : 1)); // JavaScript has whole numbers first
  return calendar[major] ?? (isOlder(major, oldest) ? calendar[oldest] : undefined);
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

/** For who wants the same warnings on each day, such as a test. */
const TODAY = 'cdk-mainstay:today';

const NEAR = 180;

/**
 * Warns when the standard support of an engine ends in half a year, or has ended. What is said depends on the day; no template does.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
 */
export function warnIfSupportEnds(scope: Construct, { name, version, standardSupportEnds }: EngineTraits): void {
  if (!standardSupportEnds) return;
  const today = new Date(scope.node.tryGetContext(TODAY) ?? Date.now());
  const daysLeft = Math.ceil((Date.parse(standardSupportEnds) - today.getTime()) / 86_400_000);
  if (daysLeft > NEAR) return;
  addWarning(
    scope, 'cdk-mainstay:EncryptedDatabase.StandardSupportEnds',
    `the standard support of ${name} ${version} ${daysLeft < 0 ? 'ended by' : 'ends on'} ${standardSupportEnds}; from then on RDS charges for extended support, where it has it, ` +
    'by the hour and processor, or upgrades by itself. Take a newer major version of \'engine\': in place, with \'allowMajorVersionUpgrade: true\', or by a blue/green deployment, ' +
    'https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/decisions/blue-green.md',
  );
}
