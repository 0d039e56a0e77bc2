import { type OcpiVersion, partyKey, type PartyId } from '#ocpi';
import { type Connection, type HostedParty, partyIdOf, tokenPartiesOf } from '#partners';

/** Who commands, and whom. */
export interface CommandCaller {
  connection: Connection;
  /** Of the endpoint that was called. */
  version: OcpiVersion;
  /** The hosted parties addressed. */
  hosted: readonly HostedParty[];
  /** The partner's party, where the routing headers name one. */
  from: PartyId | undefined;
}

/** The party that asks: the one named, else the eMSP behind the connection, else whoever is no CPO. */
export function senderOf({ connection, from }: CommandCaller): PartyId | undefined {
  if (from) return from;
  const { parties } = connection;
  const party =
    parties.find(({ role }) => role === 'EMSP') ??
    parties.find(({ role }) => role !== 'CPO') ??
    parties[0];
  return party && partyIdOf(party);
}

/** Keys of the parties that the caller may act for: the one named, else all of the connection's (CMD-43). */
export const actsFor = ({ connection, from }: CommandCaller): string[] =>
  from ? [partyKey(from)] : connection.parties.map((party) => party.partyKey);

/** Those of them whose drivers charge: a Session with another token is none of the caller's customers'. */
export const customersOf = (caller: CommandCaller): string[] =>
  actsFor(caller).filter((key) => tokenPartiesOf(caller.connection).includes(key));
