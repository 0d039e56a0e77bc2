import { type CommandResultType, type KnownCommandType } from '#ocpi';
import { NO_ANSWER, type StationAnswer, UNKNOWN_MESSAGE } from './station-answer.js';

type ByWord = Readonly<Record<string, CommandResultType>>;

/** What a station's word means as the answer to each command; other words mean the same for all of them. */
const BY_STATUS: Record<KnownCommandType, ByWord> = {
  START_SESSION: { Accepted: 'ACCEPTED' },
  STOP_SESSION: { Accepted: 'ACCEPTED', Rejected: 'REJECTED' },
  RESERVE_NOW: { Accepted: 'ACCEPTED', Rejected: 'REJECTED' },
  CANCEL_RESERVATION: { Accepted: 'ACCEPTED', Rejected: 'UNKNOWN_RESERVATION' },
  UNLOCK_CONNECTOR: {
    Unlocked: 'ACCEPTED',
    UnlockFailed: 'FAILED',
    OngoingAuthorizedTransaction: 'REJECTED',
    UnknownConnector: 'REJECTED',
  },
};

const BY_STATUS_ANYWHERE: ByWord = {
  Occupied: 'EVSE_OCCUPIED',
  Faulted: 'EVSE_INOPERATIVE',
  Unavailable: 'EVSE_INOPERATIVE',
  NotSupported: 'NOT_SUPPORTED',
};

/** Reasons of OCPP 2.0.1 for refusing a start, folded. */
const START_BY_REASON: ByWord = {
  txinprogress: 'EVSE_OCCUPIED',
  csnotaccepted: 'EVSE_INOPERATIVE',
  invalididtoken: 'REJECTED',
  unknownevse: 'REJECTED',
  unknownconnectorid: 'REJECTED',
  nocable: 'FAILED',
};

/** What the EVSE's own status says about a refused start; RESERVED is for another token (CMD-50). */
const START_BY_EVSE_STATUS: ByWord = {
  CHARGING: 'EVSE_OCCUPIED',
  INOPERATIVE: 'EVSE_INOPERATIVE',
  OUTOFORDER: 'EVSE_INOPERATIVE',
  RESERVED: 'REJECTED',
};

/**
 * The result that a partner is told of a command (canonical; the codec of its version makes it older). `evseStatus` is that
 * of the EVSE at the moment of the answer, where the command named one.
 */
export function resultOfCommand(
  type: KnownCommandType,
  answer: StationAnswer,
  evseStatus?: string,
): CommandResultType {
  const { status, reason_code, error } = answer;
  if (error !== undefined) return resultOfError(error);
  if (status === undefined) return 'FAILED';
  if (type === 'START_SESSION' && status === 'Rejected') {
    return resultOfRefusedStart(reason_code, evseStatus);
  }
  const fixedCable = reason_code?.toLowerCase() === 'fixedcable';
  if (type === 'UNLOCK_CONNECTOR' && fixedCable && status !== 'Unlocked') return 'NOT_SUPPORTED';
  return word(BY_STATUS[type], status) ?? word(BY_STATUS_ANYWHERE, status) ?? 'FAILED';
}

/**
 * Decided: a refusal without a known cause is FAILED. For a start without cable, the usual cause, OCPI's diagram has FAILED
 * and its enum reads as REJECTED (CMD-49). FAILED says that the station could not, not that the driver may not: look at the
 * cable and try again. 2.1.1 has REJECTED for both.
 */
function resultOfRefusedStart(
  reason: string | undefined,
  evseStatus: string | undefined,
): CommandResultType {
  return (
    word(START_BY_REASON, reason?.toLowerCase()) ??
    word(START_BY_EVSE_STATUS, evseStatus) ??
    'FAILED'
  );
}

function resultOfError(error: string): CommandResultType {
  if (NO_ANSWER.includes(error)) return 'TIMEOUT';
  return UNKNOWN_MESSAGE.includes(error) ? 'NOT_SUPPORTED' : 'FAILED';
}

const word = (words: ByWord, text: string | undefined): CommandResultType | undefined =>
  text !== undefined && Object.hasOwn(words, text) ? words[text] : undefined;
