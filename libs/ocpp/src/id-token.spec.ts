import { groupIdTokenFor, idTagFor, idTokenFor } from './id-token.js';

describe('idTagFor', () => {
  it('CMD-44 (partial: never cut): up to 20 characters it is the text itself, else there is none', () => {
    expect(idTagFor('04A1b2c3')).toBe('04A1b2c3');
    expect(idTagFor('x'.repeat(20))).toBe('x'.repeat(20));
    expect(idTagFor('x'.repeat(21))).toBeUndefined();
  });
});

describe('idTokenFor', () => {
  it.each([
    ['RFID', '04A1B2C3', 'ISO14443'],
    ['RFID', '04a1b2c3d4e5f6', 'ISO14443'],
    ['RFID', 'E004010012345678', 'ISO15693'],
    ['RFID', '04A1B2C', 'Central'],
    ['RFID', '04:A1:B2', 'Central'],
    ['RFID', '04A1B2C3D4E5F60718', 'Central'],
    ['RFID', 'GHIJKLMN', 'Central'],
    ['APP_USER', '04A1B2C3', 'Central'],
    ['AD_HOC_USER', 'x'.repeat(36), 'Central'],
    ['OTHER', '04A1B2C3', 'Central'],
    ['NFC_RING', '04A1B2C3', 'Central'],
    ['EMAID', 'DE8ACC12E46L89', 'eMAID'],
  ])('of %s %s has the type %s', (type, uid, expected) => {
    expect(idTokenFor({ uid, type })).toEqual({ id_token: uid, type: expected });
  });

  it('of a group is Central', () => {
    expect(groupIdTokenFor('04A1B2C3')).toEqual({ id_token: '04A1B2C3', type: 'Central' });
  });
});
