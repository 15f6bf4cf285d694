import * as vm from 'node:vm';

export interface EdgeResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
}

/** Runs the code of a CloudFront Function on a response, where there is nothing but the language. */
export function runOnResponse(code: string, { statusCode, headers }: EdgeResponse): EdgeResponse {
  const { handler } = vm.runInNewContext(`${code}; ({ handler: handler })`, {}, { filename: 'function.js' });
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));
  const answer = handler({ version: '1.0', context: { eventType: 'viewer-response' }, response: { statusCode, headers: given } });
  const changed = Object.entries<{ value: string }>(answer.headers).map(([name, { value }]) => [name, value]);
  return { statusCode: answer.statusCode, headers: Object.fromEntries(changed) };
}
