/** Each `readConfig` reads it once and whole, so that a wrong setting fails at the cold start, and not at some event. */
export type Environment = Record<string, string | undefined>;

export function text(env: Environment, name: string, meaning: string): string {
  return env[name] || fail(env, name, meaning);
}

export function positiveInteger(env: Environment, name: string): number {
  const value = Number(env[name]);
  return Number.isSafeInteger(value) && value > 0 ? value : fail(env, name, 'a positive whole number');
}

export function oneOf<Value extends string>(env: Environment, name: string, values: Value[]): Value {
  return values.find((value) => value === env[name]) ?? fail(env, name, `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`);
}

/** Photos do not travel in the clear; within this machine (a store for tests) there is no wire to listen on. */
export function endpoint(env: Environment, name: string): string {
  const value = env[name] ?? '';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
  return isSafe ? value : fail(env, name, 'an https URL');
}

export function fail(env: Environment, name: string, meaning: string): never {
  throw new Error(`environment variable ${name} must be ${meaning}, got ${JSON.stringify(env[name])}`);
}
