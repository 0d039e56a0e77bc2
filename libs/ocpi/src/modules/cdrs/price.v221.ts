import { fourDecimals } from '../../types/number.js';
import { type Price, type PriceLimit } from '../../types/price.js';
import { type WireObject } from '../locations/location-view.js';
import { given, present } from '../locations/wire-object.js';

/**
 * 2.2.1: `incl_vat` is the net amount plus all taxes as they are sent. Taxes not known → no `incl_vat`; an empty list
 * means that none apply, so both amounts are equal (CDR-44, T8).
 */
export function priceV221(price: Price): WireObject {
  const net = fourDecimals(price.before_taxes);
  const gross = price.taxes?.reduce((sum, tax) => sum + fourDecimals(tax.amount), net);
  return present({ excl_vat: net, incl_vat: given(gross, fourDecimals) });
}

export const priceLimitV221 = (limit: PriceLimit): WireObject =>
  present({
    excl_vat: fourDecimals(limit.before_taxes),
    incl_vat: given(limit.after_taxes, fourDecimals),
  });
