import { type SqlRunner } from '#change-log';
import { type RequestFinished } from '#csms-contract';
import { type CommandEntity } from '#database';
import { type ActiveChargingProfile, type DisplayText, type OcpiVersion, type Status } from '#ocpi';

/** A command whose result is there, or whose time is over. */
export type StoredCommand = Pick<
  CommandEntity,
  | 'id'
  | 'kind'
  | 'connectionId'
  | 'version'
  | 'partyKey'
  | 'senderKey'
  | 'locationKey'
  | 'evseKey'
  | 'sessionKey'
  | 'reservationNumber'
  | 'body'
  | 'receivedAt'
>;

/** The canonical result of a command, as its kind counts results; `TIMEOUT` of any kind that nobody answered by the deadline. */
export interface CommandOutcome {
  /** Kept in `command.outcome`. */
  result: string;
  message?: readonly DisplayText[];
  activeProfile?: ActiveChargingProfile;
}

export interface SettledCommand {
  command: StoredCommand;
  outcome: CommandOutcome;
  /** The CSMS's result; undefined where none came in time or none was asked for. */
  finished: RequestFinished | undefined;
  /** When the CSMS says that it came to be. */
  finishedAt?: Date;
}

/** In what one kind of command differs from the others, from the CSMS's result to the partner's. */
export interface CommandKindRules {
  /** What the station's answer means; `status` is the EVSE's at this moment. */
  outcomeOf(
    finished: RequestFinished,
    command: StoredCommand,
    status: Status | undefined,
  ): CommandOutcome;
  /** The bare body for the `response_url`; undefined where the version has no words for it. */
  bodyOf(version: OcpiVersion, outcome: CommandOutcome): unknown;
  /** What else changes with the outcome, in its transaction; called with all settled commands of the kind, in order. */
  settled?(tx: SqlRunner, commands: readonly SettledCommand[], now: Date): Promise<void>;
}
