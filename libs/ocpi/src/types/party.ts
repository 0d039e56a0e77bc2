/** A party's two codes. Compared without case everywhere (TYP-01, CRD-30). */
export interface PartyId {
  country_code: string;
  party_id: string;
}

/** `NL*TNM`: the folded form of a party, for keys and comparisons; never sent to a partner. */
export const partyKey = (party: PartyId): string =>
  `${party.country_code}*${party.party_id}`.toUpperCase();

export const sameParty = (a: PartyId, b: PartyId): boolean => partyKey(a) === partyKey(b);

/** The folded form of an id, for keys and comparisons; the original spelling is what is stored and sent (TYP-01). */
export const foldId = (id: string): string => id.toUpperCase();
