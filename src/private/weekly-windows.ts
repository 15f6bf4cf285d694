import { Token } from 'aws-cdk-lib';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const LEAST_MINUTES = 30;

interface Window {
  readonly start: number;
  readonly minutes: number;
}

/**
 * Throws unless both windows are well formed, of half an hour at least, and apart, as RDS wants them. Tokens pass.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
export function requireWindowsApart(where: string, backupWindow: string, maintenanceWindow: string): void {
  const backup = Token.isUnresolved(backupWindow) ? undefined : daily(where, backupWindow);
  const maintenance = Token.isUnresolved(maintenanceWindow) ? undefined : weekly(where, maintenanceWindow);
  if (!backup || !maintenance) return;
  const backups = DAYS.map((_, day) => ({ ...backup, start: backup.start + day * DAY }));
  if (backups.some((window) => overlap(window, maintenance))) {
    throw new Error(`${where}: 'backupWindow' and 'maintenanceWindow' must not overlap, got '${backupWindow}' and '${maintenanceWindow}', in UTC: move one of them`);
  }
}

function daily(where: string, text: string): Window {
  const match = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text);
  const [from, to] = match ? match.slice(1).map(minutes) : [NaN, NaN];
  return checked(where, 'backupWindow', '03:00-04:00', text, from, modulo(to - from, DAY));
}

function weekly(where: string, text: string): Window {
  const match = /^([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)$/.exec(text.toLowerCase());
  const minute = (day: string, time: string) => (DAYS.includes(day) ? DAYS.indexOf(day) * DAY + minutes(time) : NaN);
  const [from, to] = match ? [minute(match[1], match[2]), minute(match[3], match[4])] : [NaN, NaN];
  return checked(where, 'maintenanceWindow', 'sun:04:30-sun:05:30', text, from, modulo(to - from, WEEK));
}

function checked(where: string, prop: string, example: string, text: string, start: number, length: number): Window {
  if (!(length >= LEAST_MINUTES && length <= DAY)) {
    throw new Error(`${where}: '${prop}' must be like '${example}', in UTC, of ${LEAST_MINUTES} minutes to a day, got '${text}'`);
  }
  return { start, minutes: length };
}

function overlap(one: Window, other: Window): boolean {
  return modulo(other.start - one.start, WEEK) < one.minutes || modulo(one.start - other.start, WEEK) < other.minutes;
}

/** Not a number, if it is no time. */
function minutes(time: string): number {
  const [hours, rest] = time.split(':').map(Number);
  return hours < 24 && rest < 60 ? hours * 60 + rest : NaN;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
