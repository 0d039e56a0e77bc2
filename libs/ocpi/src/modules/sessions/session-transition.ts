import { isDeepStrictEqual } from 'node:util';
import { type FieldError } from '../../types/field-error.js';
import { parseDateTime } from '../../types/date-time.js';
import { foldId, sameParty } from '../../types/party.js';
import { discharges, isUnassigned } from './session-rules.js';
import { type Session, type SessionStatus } from './session.js';

/** What may follow what; PENDING and RESERVATION may end without ever being ACTIVE (SES-23, SES-39, SES-40). */
const FOLLOWING: Record<SessionStatus, readonly SessionStatus[]> = {
  PENDING: ['PENDING', 'RESERVATION', 'ACTIVE', 'COMPLETED', 'INVALID'],
  RESERVATION: ['RESERVATION', 'PENDING', 'ACTIVE', 'COMPLETED', 'INVALID'],
  ACTIVE: ['ACTIVE', 'COMPLETED', 'INVALID'],
  COMPLETED: ['COMPLETED'],
  INVALID: ['INVALID'],
};

/**
 * What is wrong with a Session as the successor of the one stored, beside what checkSession finds in it alone. The very
 * same content again is no fault, so that repeats of an event are harmless.
 */
export function checkSessionTransition(before: Session, after: Session): FieldError[] {
  if (isDeepStrictEqual(before, after)) return [];
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  if (!sameParty(before, after) || foldId(before.id) !== foldId(after.id)) {
    return [{ path: 'id', message: 'another session' }];
  }
  if (before.status === 'COMPLETED') {
    return [{ path: 'status', message: 'a COMPLETED session does not change any more' }];
  }
  if (!FOLLOWING[before.status].includes(after.status)) {
    fault('status', `${after.status} cannot follow ${before.status}`);
  }
  if (after.kwh < before.kwh && !discharges(after)) {
    fault('kwh', `fell from ${before.kwh} without any discharge`);
  }
  if (!isUnassigned(before) && isUnassigned(after)) fault('evse_uid', 'was assigned before');
  if (before.status === 'ACTIVE') errors.push(...fixedSinceActive(before, after));
  return errors;
}

/** What is settled once a Session is ACTIVE: its start (SES-24), its token (SES-30), currency and place (SES-36). */
function fixedSinceActive(before: Session, after: Session): FieldError[] {
  const fixed = ['cdr_token', 'currency', 'location_id', 'evse_uid'] as const;
  const errors = fixed
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((path) => ({ path, message: 'does not change once the session is ACTIVE' }));
  const [then, now] = [before, after].map((s) => parseDateTime(s.start_date_time)?.getTime());
  return then === now
    ? errors
    : [
        ...errors,
        { path: 'start_date_time', message: 'does not change once the session is ACTIVE' },
      ];
}
