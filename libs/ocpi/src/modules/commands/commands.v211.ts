import { type Static, Type } from '@sinclair/typebox';
import { CiString, Optional } from '../../types/schema.js';
import { ReserveNow, StartSession, StopSession, UnlockConnector } from './command.js';
import { type CommandCodec, commandReader } from './command-codec.js';

/** Longer here than the ids of Locations are anywhere. */
const LocationRef = () => CiString(39);

/** 2.1.1: neither connector nor reference. */
export const StartSessionV211 = Type.Object({
  response_url: StartSession.properties.response_url,
  token: StartSession.properties.token,
  location_id: LocationRef(),
  evse_uid: Optional(LocationRef()),
});

/** 2.1.1: the id is a number (CMD-53). */
export const ReserveNowV211 = Type.Object({
  ...StartSessionV211.properties,
  expiry_date: ReserveNow.properties.expiry_date,
  reservation_id: Type.Integer({
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
});
type ReserveNowV211 = Static<typeof ReserveNowV211>;

export const UnlockConnectorV211 = Type.Object({
  ...UnlockConnector.properties,
  location_id: LocationRef(),
  evse_uid: LocationRef(),
});

const reserveNow = commandReader(ReserveNowV211);

/** There is no CANCEL_RESERVATION (CMD-05). */
export const commandsV211: CommandCodec = {
  RESERVE_NOW: (wire) => {
    const decoded = reserveNow(wire);
    if (!decoded.ok) return decoded;
    const { reservation_id } = decoded.value as ReserveNowV211;
    return { ok: true, value: { ...decoded.value, reservation_id: String(reservation_id) } };
  },
  START_SESSION: commandReader(StartSessionV211),
  STOP_SESSION: commandReader(StopSession),
  UNLOCK_CONNECTOR: commandReader(UnlockConnectorV211),
};
