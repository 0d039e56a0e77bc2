import { type Static, Type } from '@sinclair/typebox';
import { type Decoded } from '../../types/field-error.js';
import { pick } from '../../types/pick.js';
import {
  type Deviation,
  type OffsetRule,
  receiveDateTime,
} from '../../types/received-date-time.js';
import { ClosedEnum, compile, DateTime, Optional } from '../../types/schema.js';

const PROFILE_TYPES = ['CHEAP', 'FAST', 'GREEN', 'REGULAR'] as const;
export const ProfileType = ClosedEnum(PROFILE_TYPES);
export type ProfileType = Static<typeof ProfileType>;

/** What a driver asks of smart charging; each PUT replaces the one before (Sessions chapter, SES-49). `energy_need` in kWh. */
export const ChargingPreferences = Type.Object({
  profile_type: ProfileType,
  departure_time: Optional(DateTime()),
  energy_need: Optional(Type.Number()),
  discharge_allowed: Optional(Type.Boolean()),
});
export type ChargingPreferences = Static<typeof ChargingPreferences>;

export const chargingPreferencesChecker = compile(ChargingPreferences);

export interface ReceivedPreferences {
  /** Whether the car may be discharged is always said: no, unless the driver says yes (SES-10). */
  preferences: ChargingPreferences & { discharge_allowed: boolean };
  deviations: Deviation[];
}

/** The body of a PUT, the same in all versions that have it, or everything that is wrong with it (SES-49). */
export function decodeChargingPreferences(
  wire: unknown,
  rule: OffsetRule = {},
): Decoded<ReceivedPreferences> {
  const stated = chargingPreferencesChecker.decode(wire);
  if (!stated.ok) return stated;
  const { departure_time, discharge_allowed = false } = stated.value;
  const departure =
    departure_time === undefined
      ? undefined
      : receiveDateTime('departure_time', departure_time, rule);
  if (departure?.ok === false) return departure;
  const preferences = {
    ...pick(stated.value, ['profile_type', 'energy_need']),
    ...(departure && { departure_time: departure.value.text }),
    discharge_allowed,
  };
  return { ok: true, value: { preferences, deviations: departure?.value.deviations ?? [] } };
}

/** What becomes of preferences (SES-05 to SES-07). */
export const ChargingPreferencesResponse = ClosedEnum([
  'ACCEPTED',
  'DEPARTURE_REQUIRED',
  'ENERGY_NEED_REQUIRED',
  'NOT_POSSIBLE',
  'PROFILE_TYPE_NOT_SUPPORTED',
]);
export type ChargingPreferencesResponse = Static<typeof ChargingPreferencesResponse>;
