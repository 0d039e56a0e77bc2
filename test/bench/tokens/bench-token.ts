import { type Token } from '#ocpi';

/** A token of ordinary size with number `n`, of the party given. */
export const benchToken = (n: number, party: { countryCode: string; partyId: string }): Token => ({
  country_code: party.countryCode,
  party_id: party.partyId,
  uid: `T${String(n).padStart(9, '0')}`,
  type: 'RFID',
  contract_id: `DE-P00-C${String(n).padStart(8, '0')}-X`,
  visual_number: `DF000-2001-${n}`,
  issuer: 'Bench Mobility',
  valid: true,
  whitelist: 'ALLOWED',
  language: 'de',
  last_updated: '2026-01-01T10:00:00Z',
});
