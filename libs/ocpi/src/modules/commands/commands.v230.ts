import {
  CancelReservation,
  ReserveNow,
  StartSession,
  StopSession,
  UnlockConnector,
} from './command.js';
import { type CommandCodec, commandReader } from './command-codec.js';

const startSession = commandReader(StartSession);
const reserveNow = commandReader(ReserveNow);

/** 2.3.0, and 2.2.1 with it: their bodies are the same, the token within them is not. */
export const commandsV230: CommandCodec = {
  CANCEL_RESERVATION: commandReader(CancelReservation),
  RESERVE_NOW: (wire) => reserveNow(withReference(wire)),
  START_SESSION: (wire) => startSession(withReference(wire)),
  STOP_SESSION: commandReader(StopSession),
  UNLOCK_CONNECTOR: commandReader(UnlockConnector),
};

/** The diagrams print the reference inside the token, the table beside it; the table's place wins (CMD-45). */
function withReference(wire: unknown): unknown {
  if (!isObject(wire) || !isObject(wire.token)) return wire;
  const authorization_reference =
    wire.authorization_reference ?? wire.token.authorization_reference;
  return { ...wire, authorization_reference: authorization_reference ?? null };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
