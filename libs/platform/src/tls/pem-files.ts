import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SettingsError } from '../configuration/settings.error.js';

/** Files by the setting that names them. */
export type NamedFiles = Readonly<Record<string, string>>;

/** Those of the files that are set. */
export const setFiles = (files: Readonly<Record<string, string | undefined>>): NamedFiles =>
  Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

const HOLDS_A_KEY = /_KEY_FILE$|sslkey/;

/**
 * The contents of PEM files, none of them empty and every certificate whole. Node takes an empty `ca` for none and trusts all
 * public authorities, and passes over certificates it cannot read. @throws SettingsError that names the file
 */
export function readPemFiles(files: NamedFiles): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([setting, file]) => {
      const text = contentsOf(setting, file);
      if (text.trim() === '') throw refusal(setting, 'that is empty', file);
      if (!HOLDS_A_KEY.test(setting) && !holdsCertificates(text)) {
        throw refusal(setting, 'that does not hold readable PEM certificates', file);
      }
      return [setting, text];
    }),
  );
}

function contentsOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refusal(setting, 'that cannot be read', file);
  }
}

const refusal = (setting: string, fault: string, file: string) =>
  new SettingsError([`${setting} names a file ${fault}: ${file}`]);

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
