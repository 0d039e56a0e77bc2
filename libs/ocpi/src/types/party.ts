/** A party's two codes. Compared without case everywhere (TYP-01, CRD-30). */
export interface PartyId {
  country_code: string;
  party_id: string;
}

/** `NL*TNM`: the folded form of a party, for keys and comparisons; never sent to a partner. */
export const partyKey = (party: PartyId): string =>
  `${party.country_code}*${party.party_id}`.toUpperCase();

/** The party of a key, in capitals: for whoever is no longer there to ask for its own spelling. */
export function partyOfKey(key: string): PartyId {
  const [country_code = '', party_id = ''] = key.split('*');
  return { country_code, party_id };
}

export const sameParty = (a: PartyId, b: PartyId): boolean => partyKey(a) === partyKey(b);

/** The folded form of an id, for keys and comparisons; the original spelling is what is stored and sent (TYP-01). */
export const foldId = (id: string): string => id.toUpperCase();
