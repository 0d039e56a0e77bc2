import { Setting } from './setting.js';

const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** The keys of what is encrypted at rest. */
export class EncryptionKeySettings {
  @Setting({
    env: 'OCPI_ENCRYPTION_KEY',
    kind: 'bytes',
    length: 32,
    secret: true,
    defaultNote: 'required outside development',
    description:
      "Encrypts partners' tokens at rest. Make one with `openssl rand -base64 32`; losing it means a new handshake with every partner.",
  })
  /** 32 bytes in base64. */
  encryptionKey: string;

  @Setting({
    env: 'OCPI_ENCRYPTION_KEYS_PREVIOUS',
    kind: 'list',
    secret: true,
    default: '',
    description:
      'Keys that still read what was encrypted with them, while `ocpi keys` counts anything: the last one after a change of OCPI_ENCRYPTION_KEY, the next one before it.',
  })
  encryptionKeysPrevious: string[];
}

/** What no single value of them shows; never repeats one. */
export const encryptionKeyRequirements = ({
  encryptionKeysPrevious = [],
}: {
  encryptionKeysPrevious?: string[] | undefined;
}): string[] =>
  encryptionKeysPrevious.every((key) => KEY.test(key))
    ? []
    : ['OCPI_ENCRYPTION_KEYS_PREVIOUS must be 32 bytes in base64 each, separated by commas'];
