import { type ChargingPeriod } from '../cdrs/charging-period.js';
import { type Session } from './session.js';

/**
 * The periods of a Session that can no longer change: all but the last one until the session is over. From 2.2.1 on a
 * PATCH only appends periods and cannot amend one, so the running period never leaves the gateway, in no PUT, PATCH or
 * page; it travels as `kwh` alone (SES-16, SES-19). A PUT and the PATCHes after it therefore always fit together.
 */
export function closedPeriods(session: Session): ChargingPeriod[] {
  const periods = session.charging_periods ?? [];
  const over = session.status === 'COMPLETED' || session.status === 'INVALID';
  return over ? periods : periods.slice(0, -1);
}
