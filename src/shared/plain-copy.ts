/**
 * A copy of the lists and plain objects in a value; what has a class, such as a construct or a token, is the same in both.
 */
export function plainCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainCopy(item)])) as T : value;
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
