import { chance, pick } from './chance';
import { WireRequest } from './wire';

/** What may become of a request. */
export type Fault =
  // Nothing is carried out.
  | 'slow down' | 'failed' | 'reset' | 'key refused' | 'stalled' | 'killed before'
  // It is carried out, and the answer does not come.
  | 'answer lost' | 'answer failed' | 'answer truncated' | 'answer stalled' | 'killed after'
  // The store lies.
  | 'other bytes kept' | 'wrong ETag';

/** Decides what becomes of a request, before it is carried out. */
export type FaultPlan = (request: WireRequest) => Fault | undefined;

/** Operations that store an object. */
export const STORING = ['PutObject', 'CopyObject', 'CompleteMultipartUpload'];

/** A stall takes a whole run and a kill a whole batch, so they are rarer: nothing else would ever come to its end. */
const WEIGHTS: Record<Fault, number> = {
  'slow down': 22,
  'failed': 14,
  'reset': 14,
  'key refused': 4,
  'stalled': 0.7,
  'killed before': 0.7,
  'answer lost': 14,
  'answer failed': 8,
  'answer truncated': 8,
  'answer stalled': 0.7,
  'killed after': 0.9,
  'other bytes kept': 8,
  'wrong ETag': 5,
};

/** @param share of all requests, from 0 to 1, that something goes wrong with */
export function seededFaults(seed: number, share: number): FaultPlan {
  const times = new Map<string, number>();
  return (request) => {
    const name = `${request.place} ${request.operation} ${request.bucket}/${request.key}`;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    if (chance(seed, 'fault', name, time) >= share) return undefined;
    const fault = pick(WEIGHTS, chance(seed, 'kind of fault', name, time));
    return canHappen(fault, request) ? fault : undefined;
  };
}

/** Only the store lies: that AWS keeps what it has confirmed is what a removal from the dropbox rests on. */
function canHappen(fault: Fault, { place, operation }: WireRequest): boolean {
  switch (fault) {
    case 'other bytes kept': return place === 'store' && STORING.includes(operation);
    case 'wrong ETag': return place === 'store' && [...STORING, 'UploadPart', 'GetObject', 'HeadObject'].includes(operation);
    default: return true;
  }
}
