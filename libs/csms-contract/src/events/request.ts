import { type Static, Type } from '@sinclair/typebox';
import { ChargingPreferences, ChargingProfile, CiString, DateTime, Optional } from '#ocpi';
import { CommandId } from './command-id.js';
import { DriverToken, IdToken } from './driver-token.js';
import { PARTY_FIELDS } from './party-fields.js';

/**
 * What every request to the CSMS carries. `command_id` is the same in each repeat: the CSMS acts once per id. After
 * `deadline` it must not begin to act any more: the partner has been told TIMEOUT.
 */
const FRAME = {
  ...PARTY_FIELDS,
  command_id: CommandId,
  deadline: DateTime(),
};

/** How the driver is known to the station: in OCPP 1.6 by `id_tag`, from 2.0.1 on by `id_token`. */
const DRIVER = {
  token: DriverToken,
  id_tag: CiString(20),
  group_id_tag: Optional(CiString(20)),
  id_token: IdToken,
  group_id_token: Optional(IdToken),
  authorization_reference: Optional(CiString(36)),
};

export const StartSessionRequested = Type.Object({
  ...FRAME,
  ...DRIVER,
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
  connector_id: Optional(CiString(36)),
});
export type StartSessionRequested = Static<typeof StartSessionRequested>;

export const StopSessionRequested = Type.Object({
  ...FRAME,
  session_id: CiString(36),
  location_id: CiString(36),
  evse_uid: CiString(36),
});
export type StopSessionRequested = Static<typeof StopSessionRequested>;

/**
 * `reservation_number` is the station's reservation id; one that the station knows is replaced (CMD-55). `session_id` names
 * the Session of the reservation, which is also that of the charging that comes of it (CMD-59, CMD-61). Without
 * `evse_uid` the CSMS keeps one of the `candidates` free.
 */
export const ReserveNowRequested = Type.Object({
  ...FRAME,
  ...DRIVER,
  reservation_number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  session_id: CiString(36),
  expiry_date: DateTime(),
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
  candidates: Optional(Type.Array(CiString(36), { minItems: 1 })),
});
export type ReserveNowRequested = Static<typeof ReserveNowRequested>;

export const CancelReservationRequested = Type.Object({
  ...FRAME,
  reservation_number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  session_id: CiString(36),
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
});
export type CancelReservationRequested = Static<typeof CancelReservationRequested>;

export const UnlockConnectorRequested = Type.Object({
  ...FRAME,
  location_id: CiString(36),
  evse_uid: CiString(36),
  connector_id: CiString(36),
});
export type UnlockConnectorRequested = Static<typeof UnlockConnectorRequested>;

const SESSION = {
  session_id: CiString(36),
  location_id: CiString(36),
  evse_uid: CiString(36),
};

/**
 * A ceiling for the running transaction (TxProfile). `profile_number` is the station's chargingProfileId and stays the same
 * for the session, so that the next one replaces it (CHP-21). `converted` is the same in the other unit, for stations
 * that know only that one (CHP-20).
 */
export const SetChargingProfileRequested = Type.Object({
  ...FRAME,
  ...SESSION,
  profile_number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  charging_profile: ChargingProfile,
  converted: Optional(ChargingProfile),
});
export type SetChargingProfileRequested = Static<typeof SetChargingProfileRequested>;

export const ClearChargingProfileRequested = Type.Object({
  ...FRAME,
  ...SESSION,
  profile_number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
export type ClearChargingProfileRequested = Static<typeof ClearChargingProfileRequested>;

/** Asks for the composite schedule of the next `duration` seconds. */
export const GetChargingProfileRequested = Type.Object({
  ...FRAME,
  ...SESSION,
  duration: Type.Integer({ minimum: 1 }),
});
export type GetChargingProfileRequested = Static<typeof GetChargingProfileRequested>;

/** The driver's wishes; they replace those before. `discharge_allowed` is always said (SES-10). */
export const SetChargingPreferencesRequested = Type.Object({
  ...FRAME,
  ...SESSION,
  preferences: Type.Composite([
    ChargingPreferences,
    Type.Object({ discharge_allowed: Type.Boolean() }),
  ]),
});
export type SetChargingPreferencesRequested = Static<typeof SetChargingPreferencesRequested>;
