import { type CommandKind } from '#database';
import { formatDateTime, type PartyId, partyKey } from '#ocpi';
import { type HostedParty, hostedPartyId } from '#partners';
import { type DataSource } from 'typeorm';
import { type CommandTiming } from '../command-timing.js';
import { type NewCommand } from '../open-command.js';
import { type CommandCaller } from './command-caller.js';

/** What all judges of one command share. */
export interface CommandScope {
  /** Reads outside of any transaction. */
  source: DataSource;
  caller: CommandCaller;
  /** The partner's party that asks. */
  sender: PartyId;
  timing: CommandTiming;
  correlationId: string;
}

type Particulars = Pick<NewCommand, 'sameAs'> &
  Partial<
    Pick<NewCommand, 'locationKey' | 'evseKey' | 'sessionKey' | 'reservationNumber' | 'driverKey'>
  >;

/** The row that a command becomes. */
export const newCommand = (
  { caller, sender, timing, correlationId }: CommandScope,
  kind: CommandKind,
  hosted: Pick<HostedParty, 'partyKey'>,
  body: { response_url: string },
  particulars: Particulars,
): NewCommand => ({
  kind,
  connectionId: caller.connection.id,
  version: caller.version,
  partyKey: hosted.partyKey,
  senderKey: partyKey(sender),
  body,
  responseUrl: body.response_url,
  correlationId,
  timing,
  ...particulars,
});

/** What every request to the CSMS begins with. */
export const requestFrame = ({ timing }: CommandScope, hosted: HostedParty, id: string) => ({
  ...hostedPartyId(hosted),
  command_id: id,
  deadline: formatDateTime(timing.deadline, '2.3.0'),
});
