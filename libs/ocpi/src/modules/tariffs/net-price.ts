import Big from 'big.js';
import { type PriceComponent, type Tariff } from './tariff.js';

/**
 * The price without tax, exact to 20 places (TAR-40, T9). Prices that include a tax nobody states cannot be
 * derived: undefined. A price of 0 is 0 either way.
 */
export function netPrice(
  component: PriceComponent,
  taxIncluded: Tariff['tax_included'],
  taxRate: number | undefined,
): number | undefined {
  if (taxIncluded !== 'YES' || component.price === 0) return component.price;
  const rate = component.vat ?? taxRate;
  if (rate === undefined) return undefined;
  return new Big(component.price).div(new Big(rate).div(100).plus(1)).toNumber();
}

/** Taxes apply that no `vat` of the tariff states, so an older reader would take the prices for tax-free. */
export const hasUnstatedTax = (tariff: Tariff): boolean =>
  tariff.tax_included !== 'N/A' &&
  tariff.elements.some(({ price_components }) =>
    price_components.some(({ price, vat }) => price !== 0 && vat === undefined),
  );
