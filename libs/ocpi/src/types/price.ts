import { type Static, Type } from '@sinclair/typebox';
import { Optional, Text } from './schema.js';

/** One tax on a Price; `amount` in the currency of the object it belongs to (TYP-18). */
export const TaxAmount = Type.Object({
  name: Text(255),
  account_number: Optional(Text(255)),
  percentage: Optional(Type.Number()),
  amount: Type.Number(),
});
export type TaxAmount = Static<typeof TaxAmount>;

/** Money as 2.3.0 states it: net, and the taxes on top; `taxes` absent means not known (TYP-17). */
export const Price = Type.Object({
  before_taxes: Type.Number(),
  taxes: Optional(Type.Array(TaxAmount)),
});
export type Price = Static<typeof Price>;

/** The least or most a session may cost (Tariffs chapter of 2.3.0). */
export const PriceLimit = Type.Object({
  before_taxes: Type.Number(),
  after_taxes: Optional(Type.Number()),
});
export type PriceLimit = Static<typeof PriceLimit>;
