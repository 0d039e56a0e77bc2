import { priceLimitV221 } from '../cdrs/price.v221.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { withNotes } from './alt-text.js';
import { type Encoded } from './encoded.js';
import { hasUnstatedTax, netPrice } from './net-price.js';
import { type Tariff, type TariffElement } from './tariff.js';
import { type TariffView } from './tariff-view.js';
import { currentLimits, powerLimits, wireComponent, wireRestrictions } from './wire-elements.js';

const parts = new LocationParts('2.2.1', false);

/** An element that only the bookings editions know goes as a whole: without its restriction it would match always. */
export const withoutBookings = (elements: readonly TariffElement[]): TariffElement[] =>
  elements.filter(({ restrictions }) => restrictions?.booking === undefined);

/** Withheld because a price includes a tax that is stated nowhere (T9). */
export const UNKNOWN_TAX =
  'a price includes taxes and neither it nor the configuration names the rate';

/** 2.2.1: prices without tax, the older PriceLimit, no `tax_included` (TAR-40, T9). */
export function tariffV221(tariff: Tariff, view: TariffView): Encoded<WireObject> {
  const kept = withoutBookings(tariff.elements);
  if (kept.length === 0) return { withheld: 'it prices bookings only' };
  const elements: WireObject[] = [];
  for (const element of kept) {
    const wire = elementV221(element, tariff, view);
    if (wire === undefined) return { withheld: UNKNOWN_TAX };
    elements.push(wire);
  }
  const notes = hasUnstatedTax(tariff) ? ['Taxes are added to the prices.'] : [];
  const wire = present({
    country_code: tariff.country_code,
    party_id: tariff.party_id,
    id: tariff.id,
    currency: tariff.currency,
    type: tariff.type,
    tariff_alt_text: withNotes(tariff.tariff_alt_text, notes).map((text) =>
      parts.displayText(text),
    ),
    tariff_alt_url: tariff.tariff_alt_url,
    min_price: given(tariff.min_price, priceLimitV221),
    max_price: given(tariff.max_price, priceLimitV221),
    elements,
    start_date_time: given(tariff.start_date_time, (t) => parts.dateTime(t)),
    end_date_time: given(tariff.end_date_time, (t) => parts.dateTime(t)),
    energy_mix: given(tariff.energy_mix, (mix) => parts.energyMix(mix)),
    last_updated: parts.dateTime(tariff.last_updated),
  });
  return { wire };
}

function elementV221(
  element: TariffElement,
  { tax_included }: Tariff,
  view: TariffView,
): WireObject | undefined {
  const price_components: WireObject[] = [];
  for (const component of element.price_components) {
    const price = netPrice(component, tax_included, view.taxRate);
    if (price === undefined) return undefined;
    const vat = tax_included === 'N/A' ? undefined : component.vat;
    price_components.push(wireComponent(component, price, vat));
  }
  const restrictions = given(element.restrictions, (r) =>
    wireRestrictions(r, {
      ...currentLimits(r),
      ...powerLimits(r),
      reservation: r.reservation,
    }),
  );
  return present({ price_components, restrictions });
}
