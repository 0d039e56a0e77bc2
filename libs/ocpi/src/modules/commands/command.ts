import { type Static, Type } from '@sinclair/typebox';
import { CiString, DateTime, Optional, ResponseUrl } from '../../types/schema.js';
import { Token } from '../tokens/token.js';

/** Without `evse_uid` the station chooses (CMD-35). */
export const StartSession = Type.Object({
  response_url: ResponseUrl(),
  token: Token,
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
  connector_id: Optional(CiString(36)),
  authorization_reference: Optional(CiString(36)),
});
export type StartSession = Static<typeof StartSession>;

export const StopSession = Type.Object({
  response_url: ResponseUrl(),
  session_id: CiString(36),
});
export type StopSession = Static<typeof StopSession>;

/** `reservation_id` is the partner's and never sent to a station (CMD-54); the same at the same Location replaces (CMD-55). */
export const ReserveNow = Type.Object({
  response_url: ResponseUrl(),
  token: Token,
  expiry_date: DateTime(),
  reservation_id: CiString(36),
  location_id: CiString(36),
  evse_uid: Optional(CiString(36)),
  authorization_reference: Optional(CiString(36)),
});
export type ReserveNow = Static<typeof ReserveNow>;

export const CancelReservation = Type.Object({
  response_url: ResponseUrl(),
  reservation_id: CiString(36),
});
export type CancelReservation = Static<typeof CancelReservation>;

export const UnlockConnector = Type.Object({
  response_url: ResponseUrl(),
  location_id: CiString(36),
  evse_uid: CiString(36),
  connector_id: CiString(36),
});
export type UnlockConnector = Static<typeof UnlockConnector>;

/** The canonical body of each command. */
export interface CommandBodies {
  CANCEL_RESERVATION: CancelReservation;
  RESERVE_NOW: ReserveNow;
  START_SESSION: StartSession;
  STOP_SESSION: StopSession;
  UNLOCK_CONNECTOR: UnlockConnector;
}

/** A command in canonical form: which it is, and what it asks. */
export type Command = {
  [T in keyof CommandBodies]: { type: T; body: CommandBodies[T] };
}[keyof CommandBodies];
