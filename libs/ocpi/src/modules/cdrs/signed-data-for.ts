import { type WireObject } from '../locations/location-view.js';
import { present } from '../locations/wire-object.js';
import { type SignedData } from './signed-data.js';

const OLD_LIMIT = 512;

/**
 * Signed data byte for byte, or undefined when a value is longer than the partner's version allows: cut material no longer
 * verifies, and without its values the class cannot be sent at all (CDR-46, CDR-47).
 */
export function signedDataFor(data: SignedData, longPlainData: boolean): WireObject | undefined {
  const fits = data.signed_values.every(({ plain_data }) => plain_data.length <= OLD_LIMIT);
  if (!fits && !longPlainData) return undefined;
  return present({
    encoding_method: data.encoding_method,
    encoding_method_version: data.encoding_method_version,
    public_key: data.public_key,
    signed_values: data.signed_values.map(({ nature, plain_data, signed_data }) => ({
      nature,
      plain_data,
      signed_data,
    })),
    url: data.url,
  });
}
