import { type OcpiVersion } from '../../types/ocpi-version.js';
import { type WireObject } from '../locations/location-view.js';
import { tokenTypeFor } from '../tokens/token-type-for.js';
import { type CdrToken } from './cdr-token.js';

/** A CdrToken with a token type that the version knows (T5). */
export const cdrTokenFor = (version: OcpiVersion, token: CdrToken): WireObject => ({
  country_code: token.country_code,
  party_id: token.party_id,
  uid: token.uid,
  type: tokenTypeFor(version, token.type),
  contract_id: token.contract_id,
});
