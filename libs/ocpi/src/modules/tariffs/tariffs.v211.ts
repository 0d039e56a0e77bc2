import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { withNotes } from './alt-text.js';
import { type Encoded } from './encoded.js';
import { hasUnstatedTax, netPrice } from './net-price.js';
import { type Tariff, type TariffElement, type TariffRestrictions } from './tariff.js';
import { type TariffView } from './tariff-view.js';
import { UNKNOWN_TAX, withoutBookings } from './tariffs.v221.js';
import { powerLimits, wireComponent, wireRestrictions } from './wire-elements.js';

/**
 * 2.1.1: prices without tax, no types, caps, validity or reservations (TAR-14, T9). Withheld: tariffs for
 * profiles and direct payment, those that price reservations only, and current bands that no one voltage turns into power.
 */
export function tariffV211(tariff: Tariff, view: TariffView): Encoded<WireObject> {
  if (!view.embedded && tariff.type !== undefined && tariff.type !== 'REGULAR') {
    return { withheld: `2.1.1 has no tariffs of type ${tariff.type}` };
  }
  const kept = withoutBookings(tariff.elements).filter(({ restrictions: r }) => !r?.reservation);
  if (kept.length === 0) return { withheld: 'it prices bookings or reservations only' };
  if (view.acVoltage === undefined && kept.some(({ restrictions: r }) => r && limitsCurrent(r))) {
    return {
      withheld: 'a current limit cannot be stated in kW: the connectors share no AC voltage',
    };
  }
  const elements: WireObject[] = [];
  for (const element of kept) {
    const wire = elementV211(element, tariff, view);
    if (wire === undefined) return { withheld: UNKNOWN_TAX };
    elements.push(wire);
  }
  const parts = new LocationParts('2.1.1', view.asciiOnly);
  const wire = present({
    id: tariff.id,
    currency: tariff.currency,
    tariff_alt_text: withNotes(tariff.tariff_alt_text, notesFor(tariff)).map((text) =>
      parts.displayText(text),
    ),
    tariff_alt_url: given(tariff.tariff_alt_url, (url) => parts.url(url)),
    elements,
    energy_mix: given(tariff.energy_mix, (mix) => parts.energyMix(mix)),
    last_updated: parts.dateTime(tariff.last_updated),
  });
  return { wire };
}

function elementV211(
  element: TariffElement,
  { tax_included }: Tariff,
  view: TariffView,
): WireObject | undefined {
  const price_components: WireObject[] = [];
  for (const component of element.price_components) {
    const price = netPrice(component, tax_included, view.taxRate);
    if (price === undefined) return undefined;
    price_components.push(wireComponent(component, price, undefined));
  }
  const restrictions = given(element.restrictions, (r) =>
    wireRestrictions(r, powerLimits(currentAsPower(r, view.acVoltage ?? 0))),
  );
  return present({ price_components, restrictions });
}

const limitsCurrent = (r: TariffRestrictions): boolean =>
  r.min_current !== undefined || r.max_current !== undefined;

/** Both limits of a kind hold at once, so the narrower one is stated. kW = A over all phases × V / 1000. */
function currentAsPower(r: TariffRestrictions, voltage: number): TariffRestrictions {
  const kw = (current: number | undefined) => given(current, (amps) => (amps * voltage) / 1000);
  const minima = [r.min_power, kw(r.min_current)].filter((limit) => limit !== undefined);
  const maxima = [r.max_power, kw(r.max_current)].filter((limit) => limit !== undefined);
  return {
    ...(minima.length > 0 && { min_power: Math.max(...minima) }),
    ...(maxima.length > 0 && { max_power: Math.min(...maxima) }),
  };
}

/** What a reader of the 2.1.1 form would otherwise not expect on the bill. */
function notesFor(tariff: Tariff): string[] {
  const notes: string[] = [];
  if (hasUnstatedTax(tariff)) notes.push('Taxes are added to the prices.');
  if (tariff.min_price) notes.push('A minimum price per session applies.');
  if (tariff.max_price) notes.push('A maximum price per session applies.');
  if (tariff.elements.some(({ restrictions }) => restrictions?.reservation)) {
    notes.push('Reservations are charged.');
  }
  return notes;
}
