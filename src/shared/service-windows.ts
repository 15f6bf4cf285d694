import { isUnknown } from './checks';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** When a service works on what it runs for its user: each day, or each week. */
interface ServiceWindow {
  readonly prop: string;
  readonly text: string;
  /** In minutes. */
  readonly least: number;
}

/** In minutes since the day or week began. */
interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * Throws unless both windows are as RDS wants them: of half an hour or more, and apart. Tokens pass.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function requireDatabaseWindows(where: string, backupWindow: string, maintenanceWindow: string): void {
  requireApart(where, { prop: 'backupWindow', text: backupWindow, least: 30 }, { prop: 'maintenanceWindow', text: maintenanceWindow, least: 30 });
}

/**
 * Throws unless both windows are as ElastiCache wants them: of an hour or more, and apart. Tokens pass.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
 */
export function requireCacheWindows(where: string, snapshotWindow: string, maintenanceWindow: string): void {
  requireApart(where, snapshots(snapshotWindow), { prop: 'maintenanceWindow', text: maintenanceWindow, least: 60 });
}

export function requireSnapshotWindow(where: string, snapshotWindow: string): void {
  requireDaily(where, snapshots(snapshotWindow));
}

function snapshots(text: string): ServiceWindow {
  return { prop: 'snapshotWindow', text, least: 60 };
}

function requireDaily(where: string, window: ServiceWindow): Span | undefined {
  const match = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(window.text);
  const [from, to] = match ? match.slice(1).map(minutes) : [NaN, NaN];
  return checked(where, window, '03:00-04:00', from, modulo(to - from, DAY));
}

function requireApart(where: string, daily: ServiceWindow, weekly: ServiceWindow): void {
  const [each, once] = [requireDaily(where, daily), requireWeekly(where, weekly)];
  if (!each || !once) return;
  if (DAYS.some((_, day) => overlap({ ...each, start: each.start + day * DAY }, once))) {
    throw new Error(`${where}: '${daily.prop}' and '${weekly.prop}' must not overlap, got '${daily.text}' and '${weekly.text}', in UTC: move one of them`);
  }
}

function requireWeekly(where: string, window: ServiceWindow): Span | undefined {
  const match = /^([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)$/.exec(window.text.toLowerCase());
  const minute = (day: string, time: string) => (DAYS.includes(day) ? DAYS.indexOf(day) * DAY + minutes(time) : NaN);
  const [from, to] = match ? [minute(match[1], match[2]), minute(match[3], match[4])] : [NaN, NaN];
  return checked(where, window, 'sun:05:00-sun:06:00', from, modulo(to - from, WEEK));
}

function checked(where: string, { prop, text, least }: ServiceWindow, example: string, start: number, length: number): Span | undefined {
  if (isUnknown(text)) return undefined;
  if (length >= least && length <= DAY) return { start, length };
  throw new Error(`${where}: '${prop}' must be like '${example}', in UTC, of ${least} minutes to a day, got '${text}'`);
}

function overlap(one: Span, other: Span): boolean {
  return modulo(other.start - one.start, WEEK) < one.length || modulo(one.start - other.start, WEEK) < other.length;
}

/** Not a number, if it is no time. */
function minutes(time: string): number {
  const [hours, rest] = time.split(':').map(Number);
  return hours < 24 && rest < 60 ? hours * 60 + rest : NaN;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
