import { type PartyId } from '#ocpi';

/** A CPO party that this platform speaks for. */
export interface HostedParty {
  /** `NL*AAA`, folded. */
  partyKey: string;
  countryCode: string;
  partyId: string;
  /** OCPI BusinessDetails. */
  businessDetails: { name: string } & Record<string, unknown>;
}

export const hostedPartyId = (party: HostedParty): PartyId => ({
  country_code: party.countryCode,
  party_id: party.partyId,
});
