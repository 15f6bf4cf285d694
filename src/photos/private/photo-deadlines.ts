import { Duration, Token } from 'aws-cdk-lib';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../../shared/visibility-timeout';
import { requireWholeNumber } from '../../shared/require-whole-number';
import type { ThumbnailToWasabiProps } from '../thumbnail-to-wasabi';

type Deadlines = Required<Pick<ThumbnailToWasabiProps, 'reconcileAfter' | 'maximumOriginalAge'>>;

/**
 * When an original that is still in the dropbox is queued again, and when an alarm tells of it.
 *
 * @throws if one comes before what it waits for
 */
export function photoDeadlines(where: string, props: ThumbnailToWasabiProps, timeout: Duration, maxReceiveCount: number): Deadlines {
  const tries = hoursOfTries(timeout, maxReceiveCount);
  for (const prop of ['reconcileAfter', 'maximumOriginalAge'] as const) {
    if (props[prop]?.isUnresolved()) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: other deadlines depend on it`);
  }
  const reconcileAfter = props.reconcileAfter ?? Duration.hours(Math.ceil(tries ?? 20) + 4);
  const hours = reconcileAfter.toHours({ integral: false });
  requireWholeNumber({ where, prop: 'reconcileAfter', value: hours, least: 1, unit: 'hours' });
  if (tries !== undefined && hours <= tries) {
    throw new Error(
      `${where}: 'reconcileAfter' must be longer than the ${tries} hours for which a photo that fails is tried, got ${hours} hours: ` +
      'lengthen it, or lower timeout or maxReceiveCount',
    );
  }
  const maximumOriginalAge = props.maximumOriginalAge ?? Duration.hours(2 * hours + 2);
  if (maximumOriginalAge.toHours({ integral: false }) <= hours) {
    throw new Error(
      `${where}: 'maximumOriginalAge' must be longer than reconcileAfter, which is ${hours} hours, got ${maximumOriginalAge.toHours({ integral: false })} hours: ` +
      'younger originals are not looked at',
    );
  }
  return { reconcileAfter, maximumOriginalAge };
}

/** For how long a photo that fails is tried before it is parked; unknown if the count of tries is a token. */
function hoursOfTries(timeout: Duration, maxReceiveCount: number): number | undefined {
  return Token.isUnresolved(maxReceiveCount) ? undefined : timeout.toHours({ integral: false }) * VISIBILITY_PER_FUNCTION_TIMEOUT * maxReceiveCount;
}
