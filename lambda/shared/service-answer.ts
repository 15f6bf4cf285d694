/**
 * What a service said when it refused a request. A HEAD answer has no body and so no code: only its status tells.
 */
export interface ServiceAnswer {
  readonly code: string;
  readonly status?: number;
}

export function serviceAnswer(error: unknown): ServiceAnswer {
  const { name, $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  return { code: name ?? 'Unknown', status: $metadata?.httpStatusCode };
}
