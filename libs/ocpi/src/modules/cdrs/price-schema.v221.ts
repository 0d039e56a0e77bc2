import { Type } from '@sinclair/typebox';
import { Optional } from '../../types/schema.js';

/** What `priceV221` and `priceLimitV221` write. */
export const PriceV221 = Type.Object({
  excl_vat: Type.Number(),
  incl_vat: Optional(Type.Number()),
});
