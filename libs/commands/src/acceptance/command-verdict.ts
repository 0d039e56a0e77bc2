import { type SqlRunner } from '#change-log';
import { type CommandResponseType, STATUS_CODES } from '#ocpi';
import { type OpenedCommand } from '../open-command.js';

/** What is answered at once instead of ACCEPTED; no callback follows (CMD-14). */
export interface CommandRefusal {
  kind: 'refused';
  result: Exclude<CommandResponseType, 'ACCEPTED'>;
  statusCode: number;
  /** For the partner's people. */
  reason: string;
}

/** What is asked can be sent to the station (CMD-15). */
export interface Acceptance {
  kind: 'accepted';
  /** Opens the command in this transaction. */
  open(tx: SqlRunner): Promise<OpenedCommand>;
}

export type CommandVerdict = CommandRefusal | Acceptance;

const refusal =
  (result: CommandRefusal['result'], statusCode: number = STATUS_CODES.success) =>
  (reason: string): CommandRefusal => ({ kind: 'refused', result, statusCode, reason });

export const rejected = refusal('REJECTED');
export const notSupported = refusal('NOT_SUPPORTED');
export const unknownSession = refusal('UNKNOWN_SESSION');
/** A Location or EVSE that is not there, or not this partner's to see (CMD-29, CMD-31). */
export const unknownPlace = refusal('REJECTED', STATUS_CODES.unknownLocation);
/** A field that does not fit what the others name (CMD-31, CMD-37). */
export const unfitField = refusal('REJECTED', STATUS_CODES.invalidParameters);
