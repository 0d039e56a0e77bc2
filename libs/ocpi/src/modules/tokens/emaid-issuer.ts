import { type PartyId } from '../../types/party.js';

const EMAID =
  /^([A-Z]{2})[-*]?([A-Z0-9]{3})[-*]?(?:C[A-Z0-9]{8}|[A-Z0-9]{9}|[A-Z0-9]{6})(?:[-*]?[A-Z0-9])?$/i;

/** The provider that an EMAID names, by ISO 15118 or its DIN forerunner, with separators or without (TOK-42). */
export function emaidIssuer(uid: string): PartyId | undefined {
  const [, country_code, party_id] = EMAID.exec(uid) ?? [];
  if (country_code === undefined || party_id === undefined) return undefined;
  return { country_code: country_code.toUpperCase(), party_id: party_id.toUpperCase() };
}
