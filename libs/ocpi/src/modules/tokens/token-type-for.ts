import { type OcpiVersion } from '../../types/ocpi-version.js';

/** The TokenTypes each version has; 2.3.0's list is open (T11). */
export const CLOSED_TOKEN_TYPES = {
  '2.1.1': ['OTHER', 'RFID'],
  '2.2.1': ['AD_HOC_USER', 'APP_USER', 'OTHER', 'RFID'],
} as const;

/** A token type as the version may name it, in Tokens, Sessions, CDRs and the authorize query: others become OTHER (TYP-16). */
export function tokenTypeFor(version: OcpiVersion, type: string): string {
  if (version === '2.3.0') return type;
  return (CLOSED_TOKEN_TYPES[version] as readonly string[]).includes(type) ? type : 'OTHER';
}
