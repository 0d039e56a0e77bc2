import { reformatDateTime } from '../../types/date-time.js';
import { fourDecimals } from '../../types/number.js';
import { priceLimitV230 } from '../cdrs/price.v230.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { type Encoded } from './encoded.js';
import { type Tariff, type TariffElement, type TariffRestrictions } from './tariff.js';
import { type TariffView } from './tariff-view.js';
import { currentLimits, powerLimits, wireComponent, wireRestrictions } from './wire-elements.js';

const parts = new LocationParts('2.3.0', false);

/** The values by which Bookings 1.0 extended ReservationRestrictionType, where 1.1 has a field of its own (TAR-51). */
const BOOKINGS_1_0 = {
  BOOKING: 'RESERVATION',
  BOOKING_EXPIRES: 'RESERVATION_EXPIRES',
  BOOKING_CANCELLATION_FEES: 'RESERVATION_CANCELLATION_FEES',
  BOOKING_OVERTIME: 'RESERVATION_OVERTIME',
} as const;

/** 2.3.0: the canonical Tariff. Elements about bookings only for partners with that edition (TAR-30, TAR-51). */
export function tariffV230(tariff: Tariff, view: TariffView): Encoded<WireObject> {
  const elements = tariff.elements
    .map((element) => elementV230(element, view))
    .filter((element) => element !== undefined);
  if (elements.length === 0) return { withheld: 'it prices bookings only' };
  return { wire: tariffObject(tariff, elements, view) };
}

const tariffObject = (tariff: Tariff, elements: WireObject[], view: TariffView): WireObject =>
  present({
    country_code: tariff.country_code,
    party_id: tariff.party_id,
    id: tariff.id,
    currency: tariff.currency,
    type: tariff.type,
    tariff_alt_text: tariff.tariff_alt_text?.map((text) => parts.displayText(text)),
    tariff_alt_url: tariff.tariff_alt_url,
    min_price: given(tariff.min_price, priceLimitV230),
    max_price: given(tariff.max_price, priceLimitV230),
    preauthorize_amount: view.payments
      ? given(tariff.preauthorize_amount, fourDecimals)
      : undefined,
    elements,
    tax_included: tariff.tax_included,
    start_date_time: given(tariff.start_date_time, (t) => parts.dateTime(t)),
    end_date_time: given(tariff.end_date_time, (t) => parts.dateTime(t)),
    energy_mix: given(tariff.energy_mix, (mix) => parts.energyMix(mix)),
    last_updated: reformatDateTime(tariff.last_updated, '2.3.0'),
  });

function elementV230(element: TariffElement, view: TariffView): WireObject | undefined {
  const { booking } = element.restrictions ?? {};
  if (booking !== undefined && view.bookings === undefined) return undefined;
  return present({
    price_components: element.price_components.map((component) =>
      wireComponent(component, component.price, component.vat),
    ),
    restrictions: given(element.restrictions, (r) =>
      wireRestrictions(r, {
        ...currentLimits(r),
        ...powerLimits(r),
        ...bookingFields(r, view),
      }),
    ),
  });
}

function bookingFields({ reservation, booking }: TariffRestrictions, view: TariffView): WireObject {
  if (booking === undefined) return { reservation };
  return view.bookings === '1.0'
    ? { reservation: BOOKINGS_1_0[booking] }
    : { reservation, booking };
}
