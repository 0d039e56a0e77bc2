import { type CommandResultType, encodeCommandResult, type KnownCommandType } from '#ocpi';
import { resultOfCommand } from '#ocpp';
import { settleCancellations, settleReservations } from '../reservations/settle-reservations.js';
import { type CommandKindRules } from './command-kind.js';

/** The commands of the Commands module: what a station answered, in its words. */
const stationCommand = (
  type: KnownCommandType,
  settled?: CommandKindRules['settled'],
): CommandKindRules => ({
  outcomeOf: (finished, _command, status) => ({
    result: resultOfCommand(type, finished, status),
    ...(finished.message && { message: [finished.message] }),
  }),
  bodyOf: (version, { result, message }) =>
    encodeCommandResult(version, {
      result: result as CommandResultType,
      ...(message && { message: [...message] }),
    }),
  ...(settled && { settled }),
});

export const STATION_COMMANDS: Record<KnownCommandType, CommandKindRules> = {
  START_SESSION: stationCommand('START_SESSION'),
  STOP_SESSION: stationCommand('STOP_SESSION'),
  RESERVE_NOW: stationCommand('RESERVE_NOW', settleReservations),
  CANCEL_RESERVATION: stationCommand('CANCEL_RESERVATION', settleCancellations),
  UNLOCK_CONNECTOR: stationCommand('UNLOCK_CONNECTOR'),
};
