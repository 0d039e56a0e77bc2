import { partyKey, type PartyId } from '#ocpi';
import { type Connection } from '../connection.js';

/**
 * May this connection state tokens of the party (TRN-43, TRN-45, TOK-05)? It may for its own parties. Inside a handshake
 * of ours that is not answered yet its parties are not known; then for those it may claim by name (CRD-24).
 */
export function ownsTokensOf(connection: Connection, owner: PartyId): boolean {
  const key = partyKey(owner);
  if (connection.parties.some((party) => party.partyKey === key)) return true;
  const isBeingRegistered = connection.state === 'invited' || connection.state === 'unregistered';
  return isBeingRegistered && connection.allowedParties.includes(key);
}
