import { type Static, Type } from '@sinclair/typebox';
import {
  ActiveChargingProfile,
  ChargingPreferencesResponse,
  CiString,
  ClosedEnum,
  compile,
  DisplayText,
  Optional,
} from '#ocpi';
import { CommandId } from './command-id.js';
import { PARTY_FIELDS } from './party-fields.js';

/** The first step: the CSMS has the request and will act on it. */
export const RequestTakenOn = Type.Object({
  ...PARTY_FIELDS,
  command_id: CommandId,
});
export type RequestTakenOn = Static<typeof RequestTakenOn>;
export const requestTakenOnChecker = compile(RequestTakenOn);

/** The words in which stations answer in OCPP, whatever the message. */
const STATION_STATUSES = [
  'Accepted',
  'Rejected',
  'Occupied',
  'Faulted',
  'Unavailable',
  'Unlocked',
  'UnlockFailed',
  'NotSupported',
  'OngoingAuthorizedTransaction',
  'UnknownConnector',
  'Unknown',
] as const;
export const StationStatus = ClosedEnum(STATION_STATUSES);
export type StationStatus = Static<typeof StationStatus>;

/**
 * The last step. `status` is what the station answered, with `reason_code` from OCPP 2.0.1's statusInfo; `error` is the code
 * of its CALLERROR, `Timeout` when it did not answer, `Offline` when it cannot be reached, `Expired` when the deadline was
 * over before the CSMS began. Charging preferences are answered by `preferences_response`. A composite schedule goes into
 * `active_charging_profile`, which may also follow a profile that was set, where the station's plan differs from it.
 */
export const RequestFinished = Type.Object({
  ...PARTY_FIELDS,
  command_id: CommandId,
  status: Optional(StationStatus),
  reason_code: Optional(CiString(20)),
  error: Optional(CiString(50)),
  preferences_response: Optional(ChargingPreferencesResponse),
  active_charging_profile: Optional(ActiveChargingProfile),
  message: Optional(DisplayText),
});
export type RequestFinished = Static<typeof RequestFinished>;
export const requestFinishedChecker = compile(RequestFinished);
