import { isUtf8 } from 'node:buffer';
import { type OcpiVersion } from '../types/ocpi-version.js';

/** How a credentials token is written in the Authorization header. */
export type TokenEncoding = 'raw' | 'base64';

/** 2.1.1 sends the token as it is, later versions base64 of its UTF-8 bytes (TRN-06, TRN-07). */
export const tokenEncoding = (version: OcpiVersion): TokenEncoding =>
  version === '2.1.1' ? 'raw' : 'base64';

/** The value of an Authorization header. */
export function authorizationHeader(token: string, encoding: TokenEncoding): string {
  return `Token ${encoding === 'raw' ? token : Buffer.from(token, 'utf8').toString('base64')}`;
}

export interface TokenCandidate {
  token: string;
  encoding: TokenEncoding;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Every token the header may mean, raw first; look each up, for the shape of a token proves nothing (TRN-08, TRN-09).
 * Empty: no header, or another scheme. The scheme word has no case, blanks are forgiven (TRN-11), and so is a line end
 * inside the base64, which the specification's own samples carry (TRN-10).
 */
export function tokenCandidates(header: string | undefined): TokenCandidate[] {
  const match = /^\s*token\s+(\S.*?)\s*$/i.exec(header ?? '');
  const parameter = match?.[1];
  if (parameter === undefined) return [];
  const candidates: TokenCandidate[] = [{ token: parameter, encoding: 'raw' }];
  const bare = parameter.replace(/=+$/, '');
  if (BASE64.test(parameter) && bare.length % 4 !== 1) {
    const bytes = Buffer.from(parameter, 'base64');
    const token = bytes.toString('utf8').replace(/[\r\n]+$/, '');
    if (isUtf8(bytes) && token !== '') candidates.push({ token, encoding: 'base64' });
  }
  return candidates;
}
