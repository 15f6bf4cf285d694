import { Token } from 'aws-cdk-lib';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';

/** In minutes since the week began. */
interface Window {
  readonly start: number;
  readonly length: number;
}

/**
 * Throws unless a daily window is well formed, and an hour or longer, as ElastiCache wants it. Tokens pass.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
 */
export function requireSnapshotWindow(where: string, text: string): Window | undefined {
  const match = new RegExp(`^${TIME}-${TIME}$`).exec(text);
  return checked(where, 'snapshotWindow', '03:00-04:00', text, match && [minutes(match[1], match[2]), minutes(match[3], match[4])], DAY);
}

/**
 * Throws unless a weekly window is well formed, an hour or longer, and never at the time of the daily one. Tokens pass.
 */
export function requireMaintenanceWindow(where: string, text: string, snapshotWindow: string): void {
  const match = new RegExp(`^(${DAYS.join('|')}):${TIME}-(${DAYS.join('|')}):${TIME}$`).exec(text);
  const bounds = match && [at(match[1], match[2], match[3]), at(match[4], match[5], match[6])];
  const maintenance = checked(where, 'maintenanceWindow', 'sun:05:00-sun:06:00', text, bounds, WEEK);
  const snapshot = requireSnapshotWindow(where, snapshotWindow);
  if (!maintenance || !snapshot) return;
  if (DAYS.some((_, day) => meet({ ...snapshot, start: snapshot.start + day * DAY }, maintenance))) {
    throw new Error(`${where}: 'maintenanceWindow' must not meet 'snapshotWindow', got '${text}' and '${snapshotWindow}', both in UTC: move one of them`);
  }
}

function checked(where: string, prop: string, example: string, text: string, bounds: number[] | null, period: number): Window | undefined {
  if (Token.isUnresolved(text)) return undefined;
  const length = bounds ? modulo(bounds[1] - bounds[0], period) : 0;
  if (bounds && length >= 60) return { start: bounds[0], length };
  throw new Error(`${where}: '${prop}' must be an hour or more, in UTC, written as ${example}, got '${text}'`);
}

function meet(one: Window, other: Window): boolean {
  return modulo(other.start - one.start, WEEK) < one.length || modulo(one.start - other.start, WEEK) < other.length;
}

function at(day: string, hour: string, minute: string): number {
  return DAYS.indexOf(day) * DAY + minutes(hour, minute);
}

function minutes(hour: string, minute: string): number {
  return Number(hour) * 60 + Number(minute);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
