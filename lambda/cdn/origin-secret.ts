/**
 * How the value of the secret header is changed without a request that is refused: docs/decisions/origin-secret.md. Pure, so that all orders of events can be
 * tried; whoever changes the value looks, does the one step, and looks again. Nothing has to be remembered between the steps, so a crash loses nothing.
 */
export interface OriginSecret {
  /** What the secret `current` says, which CloudFormation reads for the distribution, and for the listener rule. */
  readonly current: string;
  /** What the secret `next` says, which CloudFormation reads for the listener rule, too. */
  readonly next: string;
  /** What the configuration of the distribution says that CloudFront sends. */
  readonly sent: string;
  /** Whether all edge locations have this configuration. Until then, some send what an earlier one said. */
  readonly deployed: boolean;
  /** What the listener rule accepts. */
  readonly accepted: readonly string[];
  /** Whether an update of a stack is under way, which may have read a secret already and not have used it yet. */
  readonly updating: boolean;
}

export type Step =
  /** Has the listener rule accept these values, and no others. */
  | { readonly kind: 'accept'; readonly values: readonly string[] }
  /** Has CloudFront send this value. */
  | { readonly kind: 'send'; readonly value: string }
  /**
   * Writes this value into a secret, right after the look: no update of a stack may begin and reach the distribution between the two.
   */
  | { readonly kind: 'write'; readonly secret: 'current' | 'next'; readonly value: string }
  /** Looks again later. */
  | { readonly kind: 'wait'; readonly for: 'edge locations' | 'stack update' }
  | { readonly kind: 'done' };

/**
 * The next step on the way to where nobody sends or accepts a value any more.
 *
 * Two things hold after each step. What CloudFront may send is accepted. And CloudFormation may read the secrets anew at any moment, for the distribution, for the
 * rule or for both, and it stays so.
 *
 * @param retired the value that is to go, such as the one that was current when the change began
 * @param fresh a new value, which is used at the most once
 */
export function nextStep(seen: OriginSecret, retired: string, fresh: string): Step {
  return seen.current === retired ? replaceCurrent(seen, fresh) : settle(seen, retired, fresh);
}

/** The next value takes the place of the current one: first in what is sent, then in the secret. */
function replaceCurrent({ current, next, sent, deployed, accepted, updating }: OriginSecret, fresh: string): Step {
  if (next === current) return writeUnlessUpdating('next', fresh, updating);
  if (!deployed) return { kind: 'wait', for: 'edge locations' };
  if (!accepted.includes(next)) return { kind: 'accept', values: [current, next] };
  if (sent !== next) return { kind: 'send', value: next };
  return writeUnlessUpdating('current', next, updating);
}

/** The current value is the one that stays: it is sent, and there is another next one, which is accepted. */
function settle({ current, next, sent, deployed, accepted, updating }: OriginSecret, retired: string, fresh: string): Step {
  if (!deployed) return { kind: 'wait', for: 'edge locations' };
  if (!accepted.includes(current)) return { kind: 'accept', values: [...new Set([current, sent])] };
  if (sent !== current) return { kind: 'send', value: current };
  if (next === current || next === retired) return writeUnlessUpdating('next', fresh, updating);
  if (accepted.length !== 2 || !accepted.includes(next)) return { kind: 'accept', values: [current, next] };
  return { kind: 'done' };
}

function writeUnlessUpdating(secret: 'current' | 'next', value: string, updating: boolean): Step {
  return updating ? { kind: 'wait', for: 'stack update' } : { kind: 'write', secret, value };
}
