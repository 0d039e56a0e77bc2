import { type Static, Type } from '@sinclair/typebox';
import { DisplayText } from '../../types/display-text.js';
import { ClosedEnum, Optional } from '../../types/schema.js';

/** What we answer at once; 2.1.1 has TIMEOUT as well, which is never known at once (CMD-13). */
export const COMMAND_RESPONSE_TYPES = [
  'ACCEPTED',
  'NOT_SUPPORTED',
  'REJECTED',
  'UNKNOWN_SESSION',
] as const;
export const CommandResponseType = ClosedEnum(COMMAND_RESPONSE_TYPES);
export type CommandResponseType = Static<typeof CommandResponseType>;

/** What came of an accepted command, told to its `response_url`. */
export const COMMAND_RESULT_TYPES = [
  'ACCEPTED',
  'CANCELED_RESERVATION',
  'EVSE_INOPERATIVE',
  'EVSE_OCCUPIED',
  'FAILED',
  'NOT_SUPPORTED',
  'REJECTED',
  'TIMEOUT',
  'UNKNOWN_RESERVATION',
] as const;
export const CommandResultType = ClosedEnum(COMMAND_RESULT_TYPES);
export type CommandResultType = Static<typeof CommandResultType>;

/** The one result of an accepted command (CMD-17); `message` in as many languages as there are. */
export const CommandResult = Type.Object({
  result: CommandResultType,
  message: Optional(Type.Array(DisplayText)),
});
export type CommandResult = Static<typeof CommandResult>;

export interface CommandResponse {
  result: CommandResponseType;
  /** When the partner may stop waiting for a result; whole seconds. */
  timeoutSeconds: number;
  message?: readonly DisplayText[];
}
