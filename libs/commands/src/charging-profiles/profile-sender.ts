import { type PartyId } from '#ocpi';
import { type Connection, partyIdOf } from '#partners';
import { type CommandCaller, customersOf } from '../acceptance/command-caller.js';

/**
 * The partner's party that limits this Session; undefined where it is none of its drivers' and the partner is no contracted
 * SCSP, which may limit all (CHP-09, CHP-35).
 */
export function profileSender(caller: CommandCaller, tokenPartyKey: string): PartyId | undefined {
  const { connection, from } = caller;
  if (customersOf(caller).includes(tokenPartyKey)) return partyOf(connection, tokenPartyKey);
  if (connection.profile.chargingProfiles !== 'all') return undefined;
  return from ?? smartCharger(connection);
}

const partyOf = ({ parties }: Connection, key: string): PartyId | undefined => {
  const party = parties.find((candidate) => candidate.partyKey === key);
  return party && partyIdOf(party);
};

const smartCharger = ({ parties }: Connection): PartyId | undefined => {
  const party = parties.find(({ role }) => role === 'SCSP') ?? parties[0];
  return party && partyIdOf(party);
};
