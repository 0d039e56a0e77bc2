import { isDeepStrictEqual } from 'node:util';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';

/** The request that brings a partner's copy up to date. */
export type SessionPatch = { verb: 'none' } | { verb: 'patch' | 'put'; body: WireObject };

/**
 * What to send so that a partner who acknowledged one rendering of a Session holds the current one (SES-14 to SES-20).
 * PATCH: the changed fields and `last_updated`; from 2.2.1 on `charging_periods` holds the new periods only, for they are
 * appended. PUT, always the whole Session: nothing acknowledged yet, a field (at any depth) or a sent period is gone or
 * changed in the list, or on 2.1.1 any change of the periods, whose PATCH semantics that version leaves open (TRN-39).
 * None: nothing but `last_updated` differs (G5).
 */
export function sessionPatch(
  version: OcpiVersion,
  acknowledged: WireObject | undefined,
  current: WireObject,
): SessionPatch {
  const put: SessionPatch = { verb: 'put', body: current };
  if (acknowledged === undefined) return put;
  const { charging_periods: sent, last_updated: _then, ...before } = acknowledged;
  const { charging_periods: now, last_updated, ...after } = current;
  if (losesInformation(before, after)) return put;
  const added = appended(periods(sent), periods(now));
  if (added === undefined) return put;
  const body: WireObject = {};
  for (const [key, value] of Object.entries(after)) {
    if (!isDeepStrictEqual(value, before[key])) body[key] = value;
  }
  if (added.length > 0) {
    if (version === '2.1.1') return put;
    body.charging_periods = added;
  }
  if (Object.keys(body).length === 0) return { verb: 'none' };
  return { verb: 'patch', body: { ...body, last_updated } };
}

const periods = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What was appended to the list; undefined when anything before it is not as it was sent (SES-18). */
function appended(sent: readonly unknown[], now: readonly unknown[]): unknown[] | undefined {
  return isDeepStrictEqual(now.slice(0, sent.length), sent) ? now.slice(sent.length) : undefined;
}

/** A receiver may merge what a PATCH carries, so a property that vanished, even deep inside, can only be PUT away. */
function losesInformation(before: unknown, after: unknown): boolean {
  if (!isObject(before)) return false;
  if (!isObject(after)) return true;
  return Object.entries(before).some(
    ([key, value]) => !(key in after) || losesInformation(value, after[key]),
  );
}

const isObject = (value: unknown): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
