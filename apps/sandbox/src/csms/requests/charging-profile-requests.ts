import { type Fleet } from '../fleet.js';
import { type Action } from '../request-desk.js';

/** How far ahead a plan is told that differs from what was asked (CHP-31). */
const HORIZON_SECONDS = 900;

/** A ceiling for the running transaction. Where something else keeps the car lower, the plan is told too (CHP-30). */
export const setChargingProfile =
  (fleet: Fleet): Action<'ocpi.set-charging-profile.requested.v1'> =>
  ({ session_id, profile_number, charging_profile }) => {
    const visit = fleet.visitOf(session_id);
    if (!visit) return { result: { status: 'Rejected', reason_code: 'TxNotFound' } };
    const now = new Date();
    visit.limits.set(profile_number, charging_profile);
    const differs = visit.limits.isBelowAsked(HORIZON_SECONDS, now);
    return {
      result: {
        status: 'Accepted',
        ...(differs && { active_charging_profile: visit.limits.composite(HORIZON_SECONDS, now) }),
      },
      then: () => visit.limitsChanged(),
    };
  };

/** That one profile goes; the operator's own limit stays (CHP-23). */
export const clearChargingProfile =
  (fleet: Fleet): Action<'ocpi.clear-charging-profile.requested.v1'> =>
  ({ session_id, profile_number }) => {
    const visit = fleet.visitOf(session_id);
    if (!visit?.limits.clear(profile_number)) return { result: { status: 'Unknown' } };
    return { result: { status: 'Accepted' }, then: () => visit.limitsChanged() };
  };

export const getChargingProfile =
  (fleet: Fleet): Action<'ocpi.get-charging-profile.requested.v1'> =>
  ({ session_id, duration }) => {
    const visit = fleet.visitOf(session_id);
    if (!visit) return { result: { status: 'Rejected', reason_code: 'TxNotFound' } };
    const active_charging_profile = visit.limits.composite(duration, new Date());
    return { result: { status: 'Accepted', active_charging_profile } };
  };
