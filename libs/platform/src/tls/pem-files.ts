import { X509Certificate } from 'node:crypto';
import { type NamedFiles, readFiles, refusedFile } from '../files/named-files.js';

const HOLDS_A_KEY = /_KEY_FILE$|sslkey/;

/**
 * The contents of PEM files, none of them empty and every certificate whole. Node takes an empty `ca` for none and trusts all
 * public authorities, and passes over certificates it cannot read. @throws SettingsError that names the file
 */
export function readPemFiles(files: NamedFiles): NamedFiles {
  const contents = readFiles(files);
  for (const [setting, file] of Object.entries(files)) {
    const text = contents[setting] ?? '';
    if (text.trim() === '') throw refusedFile(setting, 'that is empty', file);
    if (!HOLDS_A_KEY.test(setting) && !holdsCertificates(text)) {
      throw refusedFile(setting, 'that does not hold readable PEM certificates', file);
    }
  }
  return contents;
}

const BEGINNING = /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m;

function holdsCertificates(text: string): boolean {
  const parts = text.split(new RegExp(`(?=${BEGINNING.source})`, 'm'));
  const certificates = parts.filter((part) => BEGINNING.test(part));
  return certificates.length > 0 && certificates.every(isCertificate);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
