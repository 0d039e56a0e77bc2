import { type GatewaySettings, newSecret } from '#platform';
import { createCipheriv, createDecipheriv, createHash, hash, randomBytes } from 'node:crypto';

const FORMAT = 1;
const KEY_ID_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES;

/** A credentials token of ours: 43 printable ASCII characters with 256 bits of randomness (CRD-34). */
export const newCredentialsToken = (): string => newSecret();

/** What is stored of a token that a partner shows us: it can be recognised, not read (P15, TRN-04). */
export const hashToken = (token: string): Buffer => hash('sha256', token, 'buffer');

/** A stored secret is of no use: its key is missing here, or it was damaged. The message says which, and never the secret. */
export class UnreadableSecretError extends Error {
  override readonly name = 'UnreadableSecretError';
}

/**
 * Keeps the tokens that we show to partners unreadable at rest (P15): AES-256-GCM. Each value names the key it was made
 * with, so that keys can be rotated: older ones are given for reading only.
 */
export class SecretBox {
  private readonly keys = new Map<string, Buffer>();
  private readonly current: Buffer;

  /** With the keys of this installation. */
  static of(
    settings: Pick<GatewaySettings, 'encryptionKey' | 'encryptionKeysPrevious'>,
  ): SecretBox {
    return new SecretBox(settings.encryptionKey, ...settings.encryptionKeysPrevious);
  }

  /** Keys are 32 bytes in base64. @throws RangeError for others. */
  constructor(encryptionKey: string, ...olderKeys: string[]) {
    for (const text of [encryptionKey, ...olderKeys]) {
      const key = Buffer.from(text, 'base64');
      if (key.length !== 32) throw new RangeError('an encryption key has 32 bytes');
      this.keys.set(keyId(key).toString('hex'), key);
    }
    this.current = Buffer.from(encryptionKey, 'base64');
  }

  /** Names the key that encrypts, as `readableIds` name those that read: 8 hex digits that give nothing away. */
  get currentId(): string {
    return keyId(this.current).toString('hex');
  }

  get readableIds(): string[] {
    return [...this.keys.keys()];
  }

  encrypt(secret: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.current, iv);
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    const header = Buffer.concat([Buffer.from([FORMAT]), keyId(this.current)]);
    return Buffer.concat([header, iv, cipher.getAuthTag(), text]);
  }

  /** Names the key that the value was made with. */
  keyIdOf(box: Buffer): string {
    return box.subarray(1, HEADER_BYTES).toString('hex');
  }

  /** `what` is what errors call the secret. @throws UnreadableSecretError when it was made with another key, or altered. */
  decrypt(box: Buffer, what = 'a stored secret'): string {
    const id = this.keyIdOf(box);
    const key = this.keys.get(id);
    if (box[0] === FORMAT && !key) {
      throw new UnreadableSecretError(
        `${what} cannot be read: key ${id}, which it was made with, is neither OCPI_ENCRYPTION_KEY nor in OCPI_ENCRYPTION_KEYS_PREVIOUS: bring it back, or replace the secret`,
      );
    }
    const text = key && opened(box, key);
    if (text === undefined) {
      throw new UnreadableSecretError(`${what} cannot be read: it is damaged: replace the secret`);
    }
    return text;
  }
}

function opened(box: Buffer, key: Buffer): string | undefined {
  const tagAt = HEADER_BYTES + IV_BYTES;
  const textAt = tagAt + TAG_BYTES;
  if (box[0] !== FORMAT || box.length < textAt) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(HEADER_BYTES, tagAt));
  decipher.setAuthTag(box.subarray(tagAt, textAt));
  const text = decipher.update(box.subarray(textAt));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined; // what is read does not fit its tag
  }
}

const keyId = (key: Buffer): Buffer =>
  createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
