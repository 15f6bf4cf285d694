import { DeployedResource } from './deployed-resource';
import { READERS } from './readers';
import { Services } from './readers/reader';

/** What became of one property of a resource. */
export interface ReadBack {
  readonly resource: DeployedResource;
  readonly property: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly outcome: 'equal' | 'different' | 'unreadable';
}

/** Each property that the template gives, next to what the service has; all of them are unreadable where a type has no reader. */
export async function readBack(resource: DeployedResource, services: Services): Promise<ReadBack[]> {
  const read = await READERS[resource.type]?.(resource, services) ?? {};
  return Object.entries(resource.properties).map(([property, expected]) => {
    const actual = read[property];
    const outcome = property in read ? (holds(expected, actual) ? 'equal' : 'different') : 'unreadable';
    return { resource, property, expected, actual, outcome };
  });
}

/** Whether a service has all that was asked for. It may have more: its defaults. */
export function holds(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((item, index) => holds(item, actual[index]));
  }
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  return typeof actual === 'object' && actual !== null && Object.entries(expected).every(([key, value]) => holds(value, (actual as Record<string, unknown>)[key]));
}
