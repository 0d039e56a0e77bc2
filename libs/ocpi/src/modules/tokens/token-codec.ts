import { type Decoded } from '../../types/field-error.js';
import { type PartyId } from '../../types/party.js';
import { type Token } from './token.js';

/** A Token by its canonical field names; a 2.1.1 body does not name the owner (TOK-17). */
export type StatedToken = Omit<Token, keyof PartyId> & Partial<PartyId>;

/** What one version does to a Token on its way in and out. */
export interface TokenCodec {
  /** The fields a PATCH must not empty, and those it may, by their names on the wire (TRN-38). */
  required: readonly string[];
  optional: readonly (keyof Token)[];
  decode(wire: unknown): Decoded<StatedToken>;
  /** Some of the fields, each checked by itself. */
  decodePart(wire: unknown): Decoded<Partial<StatedToken>>;
  encode(token: Token): object;
}
