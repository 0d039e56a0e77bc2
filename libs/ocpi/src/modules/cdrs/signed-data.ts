import { type Static, Type } from '@sinclair/typebox';
import { CiString, Optional } from '../../types/schema.js';

// Meter data are taken as they come: a signature covers every byte, line breaks included.
const Verbatim = (maxLength: number) => Type.String({ maxLength });

/** One signed meter value (CDR-46); `plain_data` up to 5000 since the second edition of 2.3.0 (CDR-47). */
export const SignedValue = Type.Object({
  nature: CiString(32),
  plain_data: Verbatim(5000),
  signed_data: Verbatim(5000),
});
export type SignedValue = Static<typeof SignedValue>;

/** Meter data a driver can verify, byte for byte what the station delivered (CDR-46). */
export const SignedData = Type.Object({
  encoding_method: CiString(36),
  encoding_method_version: Optional(Type.Integer()),
  public_key: Optional(Verbatim(512)),
  signed_values: Type.Array(SignedValue, { minItems: 1 }),
  url: Optional(Verbatim(512)),
});
export type SignedData = Static<typeof SignedData>;
