import { type Static } from '@sinclair/typebox';
import { type OcpiVersion } from '../../types/ocpi-version.js';
import { OpenEnum } from '../../types/schema.js';

export const COMMAND_TYPES = [
  'CANCEL_RESERVATION',
  'RESERVE_NOW',
  'START_SESSION',
  'STOP_SESSION',
  'UNLOCK_CONNECTOR',
] as const;
export type KnownCommandType = (typeof COMMAND_TYPES)[number];

/** Open from 2.3.0 on: any other name is a command that we do not support, never a fault (CMD-06). */
export const CommandType = OpenEnum(COMMAND_TYPES);
export type CommandType = Static<typeof CommandType>;

/** The command that a URL names; undefined where the version has none of that name: NOT_SUPPORTED (CMD-05, CMD-06). */
export function findCommandType(version: OcpiVersion, name: string): KnownCommandType | undefined {
  if (version === '2.1.1' && name === 'CANCEL_RESERVATION') return undefined;
  return COMMAND_TYPES.find((type) => type === name);
}
