import { Construct } from 'constructs';
import { EngineTraits } from './engine-traits';
import { addWarning } from '../../shared/warning';

/** The last day of standard support by major version, the oldest first. */
export type SupportCalendar = readonly (readonly [major: string, end: string])[];

/** As of November 2026: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html */
export const MYSQL_SUPPORT: SupportCalendar = [['5.7', '2024-02-29'], ['8.0', '2026-07-31'], ['8.4', '2029-07-31']];

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html */
export const MARIADB_SUPPORT: SupportCalendar = [
  ['10.4', '2025-02-28'], ['10.5', '2026-02-28'], ['10.6', '2026-08-31'], ['10.11', '2028-02-29'], ['11.4', '2029-05-31'], ['11.8', '2030-06-30'],
];

/**
 * The same for RDS and Aurora.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html
 */
export const POSTGRES_SUPPORT: SupportCalendar = [
  ['11', '2024-02-29'], ['12', '2025-02-28'], ['13', '2026-02-28'], ['14', '2027-02-28'], ['15', '2028-02-29'], ['16', '2029-02-28'], ['17', '2030-02-28'],
  ['18', '2031-02-28'],
];

/** By the version of MySQL: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html */
export const AURORA_MYSQL_SUPPORT: SupportCalendar = [['5.7', '2024-10-31'], ['8.0', '2028-04-30']];

/** Of a version that is older than all that are known, the end of the oldest, before which its own was; of another that is not known, nothing. */
export function supportEnd(calendar: SupportCalendar, major: string): string | undefined {
  const known = calendar.find(([version]) => version === major);
  const [oldest, end] = calendar[0];
  return known?.[1] ?? (isOlder(major, oldest) ? end : undefined);
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
    'by the hour and processor, or upgrades by itself: take a newer major version',
  );
}
