import { plainDisplayTexts } from '../../types/display-text.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { ClosedEnum } from '../../types/schema.js';
import { type WireObject } from '../locations/location-view.js';
import { present } from '../locations/wire-object.js';
import {
  type CommandResponse,
  type CommandResult,
  type CommandResultType,
} from './command-response.js';

export interface CommandAnswerForm {
  /** The partner reads 2.1.1 as it was before its second print: the word alone instead of an object (CHG-02). */
  bareWord?: boolean;
}

/** The answer to a command as the version shows it; 2.1.1 has the result alone (CMD-11, CMD-12). */
export function encodeCommandResponse(
  version: OcpiVersion,
  { result, timeoutSeconds, message }: CommandResponse,
  form: CommandAnswerForm = {},
): WireObject | string {
  if (version === '2.1.1') return form.bareWord ? result : { result };
  return present({ result, timeout: timeoutSeconds, message: plainDisplayTexts(message) });
}

/** 2.1.1 tells results by the words of answers; it has none for a reservation that the operator takes back (CMD-67). */
const RESULT_V211: Record<CommandResultType, string | undefined> = {
  ACCEPTED: 'ACCEPTED',
  CANCELED_RESERVATION: undefined,
  EVSE_INOPERATIVE: 'REJECTED',
  EVSE_OCCUPIED: 'REJECTED',
  FAILED: 'REJECTED',
  NOT_SUPPORTED: 'NOT_SUPPORTED',
  REJECTED: 'REJECTED',
  TIMEOUT: 'TIMEOUT',
  UNKNOWN_RESERVATION: 'REJECTED',
};

/** The words of 2.1.1 for a result. */
export const RESULT_WORDS_V211 = ClosedEnum([
  ...new Set(Object.values(RESULT_V211).filter((word) => word !== undefined)),
]);

/** The bare body for the `response_url` (CMD-18, CMD-26); undefined where the version cannot say it and nothing is sent. */
export function encodeCommandResult(
  version: OcpiVersion,
  { result, message }: CommandResult,
  form: CommandAnswerForm = {},
): WireObject | string | undefined {
  if (version !== '2.1.1') return present({ result, message: plainDisplayTexts(message) });
  const word = RESULT_V211[result];
  if (word === undefined) return undefined;
  return form.bareWord ? word : { result: word };
}
