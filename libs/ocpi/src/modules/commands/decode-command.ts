import { type Decoded, refused, within } from '../../types/field-error.js';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type PartyId } from '../../types/party.js';
import {
  type Deviation,
  type OffsetRule,
  receiveDateTime,
} from '../../types/received-date-time.js';
import { decodeToken } from '../tokens/decode-token.js';
import { type Command } from './command.js';
import { type CommandCodec } from './command-codec.js';
import { checkCommand } from './command-rules.js';
import { type KnownCommandType } from './command-type.js';
import { commandsV211 } from './commands.v211.js';
import { commandsV230 } from './commands.v230.js';

const CODECS: Record<OcpiVersion, CommandCodec> = {
  '2.1.1': commandsV211,
  '2.2.1': commandsV230,
  '2.3.0': commandsV230,
};

export interface CommandOrigin extends OffsetRule {
  /** The party that sends it; on 2.1.1 it owns the token, for nothing there names an owner (CMD-43). */
  sender: PartyId;
}

export interface ReceivedCommand {
  command: Command;
  deviations: Deviation[];
}

/**
 * The body of a command that the version knows (`findCommandType`) as the canonical one, or everything that is wrong with
 * it (CMD-04, CMD-07). Whether the token is the sender's, and all that needs state or a clock, is for the caller.
 */
export function decodeCommand(
  version: OcpiVersion,
  type: KnownCommandType,
  wire: unknown,
  origin: CommandOrigin,
): Decoded<ReceivedCommand> {
  const stated = CODECS[version][type]?.(wire);
  if (!stated) return refused({ path: '', message: `${version} has no ${type}` });
  if (!stated.ok) return stated;
  const body = { ...stated.value };
  const deviations: Deviation[] = [];
  if ('token' in body) {
    const owner = version === '2.1.1' ? { urlParty: origin.sender } : {};
    const token = decodeToken(version, body.token, owner);
    if (!token.ok) return { ok: false, errors: within('token', token.errors) };
    body.token = token.value;
  }
  if (typeof body.expiry_date === 'string') {
    const expiry = receiveDateTime('expiry_date', body.expiry_date, origin);
    if (!expiry.ok) return expiry;
    body.expiry_date = expiry.value.text;
    deviations.push(...expiry.value.deviations);
  }
  const command = { type, body } as unknown as Command; // the codec and the token's have checked each field
  const errors = checkCommand(command);
  return errors.length > 0 ? refused(...errors) : { ok: true, value: { command, deviations } };
}
