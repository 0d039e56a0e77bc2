import { type ConnectionDirectory, type HostedParty } from '#partners';
import { type Caller } from './caller.js';

/** The parties of ours that a request is about. */
export const addressedParties = (
  { connection, parties }: Caller,
  directory: ConnectionDirectory,
): HostedParty[] =>
  directory
    .hostedPartiesOf(connection)
    .filter(({ partyKey }) => parties?.includes(partyKey) ?? true);
