import { sameOnWire } from '#ocpi';
import { isNotProcessed, type PushOutcome } from '#partners';
import { type LocationTarget } from './pushes/location-target.js';
import { type SentPush } from './push-sender.js';

/** A PATCH failed in a way that asks for a look at the partner's copy: it was answered, and not for lack of time or rights. */
export function asksForRepair({ outcome, answer }: SentPush): boolean {
  if (answer.kind !== 'answered') return false;
  if (outcome.kind === 'rejected') return true;
  if (outcome.kind !== 'unavailable' || outcome.isOverload === true) return false;
  const isRedirect = answer.httpStatus >= 300 && answer.httpStatus < 400;
  return !isRedirect && !isNotProcessed(answer.httpStatus);
}

/** The partner has no such object: HTTP 404, or unknown Location, or a success without data. */
export const isMissing = ({ outcome, answer }: SentPush): boolean =>
  answer.kind === 'answered' &&
  (answer.httpStatus === 404 ||
    answer.ocpiStatus === 2003 ||
    (outcome.kind === 'delivered' && (answer.data === undefined || answer.data === null)));

/**
 * After a failed PATCH: look at the partner's copy and PUT what is missing or differs (TRN-37, LOC-24). Where the
 * object is unknown there its Location is looked at, for an EVSE cannot stand alone; the smallest whole that helps is
 * put. A copy that cannot be read counts as different. Returns the outcome of the last request.
 */
export async function repairLocation(
  target: LocationTarget,
  failed: SentPush,
): Promise<PushOutcome> {
  if (target.level !== 'location' && isMissing(failed)) return repairFromLocation(target, failed);
  const copy = await target.send('GET');
  if (!copy || !isReadable(copy)) return copy?.outcome ?? failed.outcome;
  if (isMissing(copy)) {
    if (target.level === 'location') return put(target, failed);
    return repairFromLocation(target, failed);
  }
  return isSame(target, dataOf(copy)) ? { kind: 'delivered' } : put(target, failed);
}

async function repairFromLocation(target: LocationTarget, failed: SentPush): Promise<PushOutcome> {
  const copy = await target.location.send('GET');
  if (!copy || !isReadable(copy)) return copy?.outcome ?? failed.outcome;
  if (isMissing(copy)) return put(target.location, failed);
  if (isSame(target, target.within(dataOf(copy)))) return { kind: 'delivered' };
  return put(target.parentEvse, failed);
}

const put = async (target: LocationTarget, failed: SentPush): Promise<PushOutcome> =>
  (await target.put()) ?? failed.outcome;

/** The answer says what the partner has, or that it has nothing. */
export const isReadable = (sent: SentPush): boolean =>
  sent.answer.kind === 'answered' &&
  sent.outcome.kind !== 'unauthorized' &&
  sent.answer.httpStatus < 500 &&
  !wantsNoTraffic(sent);

/** The partner asks for a pause: the rest of a repair waits for its end. */
export const wantsNoTraffic = ({ outcome }: SentPush): boolean =>
  outcome.kind === 'unavailable' && outcome.isOverload === true;

const dataOf = ({ answer }: SentPush): unknown =>
  answer.kind === 'answered' ? answer.data : undefined;

const isSame = (target: LocationTarget, copy: unknown): boolean =>
  target.object !== undefined &&
  sameOnWire(target.scope.connection.version, target.level, target.object, copy);
