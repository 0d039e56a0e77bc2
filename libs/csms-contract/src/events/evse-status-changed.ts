import { type Static, Type } from '@sinclair/typebox';
import { CiString, compile, Status } from '#ocpi';

/** An EVSE's status from the event's `time` on. OCPI's own words: LOC-33, LOC-34. */
export const EvseStatusChanged = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  location_id: CiString(36),
  evse_uid: CiString(36),
  status: Status,
});
export type EvseStatusChanged = Static<typeof EvseStatusChanged>;

export const evseStatusChangedChecker = compile(EvseStatusChanged);
