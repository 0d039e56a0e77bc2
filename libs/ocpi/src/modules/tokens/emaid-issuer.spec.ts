import { emaidIssuer } from './emaid-issuer.js';

describe('emaidIssuer', () => {
  it.each([
    'DE-8AA-CA2B3C4D5-L',
    'DE8AACA2B3C4D5L',
    'de-8aa-ca2b3c4d5',
    'DE8AACA2B3C4D5',
    'DE-8AA-001A2B3C4-5',
    'DE*8AA*123456*7',
  ])('TOK-42 (partial: whom to ask): %s names its provider', (uid) => {
    expect(emaidIssuer(uid)).toEqual({ country_code: 'DE', party_id: '8AA' });
  });

  it.each(['04A1B2C3D4E5F6', 'DE-8AA', '', 'D1-8AA-CA2B3C4D5'])('%p is none', (uid) => {
    expect(emaidIssuer(uid)).toBeUndefined();
  });
});
