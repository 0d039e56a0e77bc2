import { fourDecimals } from '../../types/number.js';
import { type Price, type PriceLimit } from '../../types/price.js';
import { type WireObject } from '../locations/location-view.js';
import { given, present } from '../locations/wire-object.js';

/** 2.3.0: net amount and a list of taxes (CDR-43, T8). */
export const priceV230 = (price: Price): WireObject =>
  present({
    before_taxes: fourDecimals(price.before_taxes),
    taxes: price.taxes?.map((tax) =>
      present({
        name: tax.name,
        account_number: tax.account_number,
        percentage: given(tax.percentage, fourDecimals),
        amount: fourDecimals(tax.amount),
      }),
    ),
  });

export const priceLimitV230 = (limit: PriceLimit): WireObject =>
  present({
    before_taxes: fourDecimals(limit.before_taxes),
    after_taxes: given(limit.after_taxes, fourDecimals),
  });
