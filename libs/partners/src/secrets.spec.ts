import { hashToken, newCredentialsToken, SecretBox, UnreadableSecretError } from './secrets.js';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');

describe('secrets at rest', () => {
  it('P15 (partial: encryption): a token is unreadable at rest and reads back only with its key', () => {
    const box = new SecretBox(key(1));
    const stored = box.encrypt('canary-token');
    expect(stored.toString('latin1')).not.toContain('canary');
    expect(box.encrypt('canary-token')).not.toEqual(stored);
    expect(box.decrypt(stored)).toBe('canary-token');
    expect(() => new SecretBox(key(2)).decrypt(stored)).toThrow('OCPI_ENCRYPTION_KEY');
    const altered = Buffer.from(stored);
    altered[altered.length - 1]! ^= 1;
    expect(() => box.decrypt(altered, 'the token of X')).toThrow(/^the token of X .* damaged/);
    const damaged = [altered, stored.subarray(0, 20), stored.subarray(0, 1), Buffer.alloc(40)];
    for (const bytes of damaged) expect(() => box.decrypt(bytes)).toThrow(UnreadableSecretError);
  });

  it('P15 (partial: rotation): an older key still reads while the new one writes', () => {
    const stored = new SecretBox(key(1)).encrypt('secret');
    const both = new SecretBox(key(2), key(1));
    expect(both.decrypt(stored)).toBe('secret');
    expect(new SecretBox(key(2)).decrypt(both.encrypt('secret'))).toBe('secret');
    expect(() => new SecretBox('c2hvcnQ=')).toThrow(RangeError);
  });

  it('CRD-34 (partial: randomness): our tokens are 32 to 64 printable characters, never twice the same', () => {
    const tokens = Array.from({ length: 100 }, newCredentialsToken);
    for (const token of tokens) expect(token).toMatch(/^[!-~]{32,64}$/);
    expect(new Set(tokens).size).toBe(100);
    expect(hashToken('a')).toHaveLength(32);
  });
});
