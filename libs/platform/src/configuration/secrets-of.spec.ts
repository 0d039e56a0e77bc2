import { readSettings } from './read-settings.js';
import { secretsOf } from './secrets-of.js';

const PREVIOUS = [8, 9].map((byte) => Buffer.alloc(32, byte).toString('base64'));
const settings = readSettings({
  OCPI_ENVIRONMENT: 'production',
  DATABASE_URL: 'postgres://gateway:p%40ss-word@127.0.0.1:5432/gateway',
  OCPI_PUBLIC_URL: 'https://ocpi.example.com/',
  OCPI_ADMIN_KEY: 'a-key-of-an-operator',
  OCPI_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  OCPI_ENCRYPTION_KEYS_PREVIOUS: PREVIOUS.join(','),
});

describe('secretsOf', () => {
  it('has every key of a list', () => {
    expect(secretsOf(settings)).toEqual(expect.arrayContaining(PREVIOUS));
  });

  it('has single keys, and the password of the database as it is and as its URL writes it', () => {
    expect(secretsOf(settings)).toEqual(
      expect.arrayContaining([
        settings.adminKey,
        settings.encryptionKey,
        'p@ss-word',
        'p%40ss-word',
      ]),
    );
  });
});
