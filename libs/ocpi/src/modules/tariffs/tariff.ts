import { type Static, Type } from '@sinclair/typebox';
import { DisplayText } from '../../types/display-text.js';
import { EnergyMix } from '../../types/energy-mix.js';
import { PriceLimit } from '../../types/price.js';
import { CiString, ClosedEnum, compile, DateTime, Optional, Url } from '../../types/schema.js';

export const TARIFF_DIMENSION_TYPES = ['ENERGY', 'FLAT', 'PARKING_TIME', 'TIME'] as const;
export const TariffDimensionType = ClosedEnum(TARIFF_DIMENSION_TYPES);
export type TariffDimensionType = Static<typeof TariffDimensionType>;

const TARIFF_TYPES = [
  'AD_HOC_PAYMENT',
  'PROFILE_CHEAP',
  'PROFILE_FAST',
  'PROFILE_GREEN',
  'REGULAR',
] as const;
export const TariffType = ClosedEnum(TARIFF_TYPES);
export type TariffType = Static<typeof TariffType>;

const TAX_INCLUDED = ['YES', 'NO', 'N/A'] as const;
export const TaxIncluded = ClosedEnum(TAX_INCLUDED);
export type TaxIncluded = Static<typeof TaxIncluded>;

const DAYS_OF_WEEK = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const;
export const DayOfWeek = ClosedEnum(DAYS_OF_WEEK);
export type DayOfWeek = Static<typeof DayOfWeek>;

/** `price` per kWh, per hour or once; `step_size` in Wh or seconds, mandatory and without effect for FLAT (TAR-49). */
export const PriceComponent = Type.Object({
  type: TariffDimensionType,
  price: Type.Number(),
  vat: Optional(Type.Number({ minimum: 0 })),
  step_size: Type.Integer({ minimum: 0 }),
});
export type PriceComponent = Static<typeof PriceComponent>;

const TimeOfDay = () => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
const LocalDate = () =>
  Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' });
const Seconds = () => Type.Integer({ minimum: 0 });

/**
 * When an element applies, all of it together (TAR-18, TAR-50). Local times and dates of the Location; kWh, A over all
 * phases, kW, seconds. `booking` is the field of Bookings 1.1 and also stands for the values of Bookings 1.0 (TAR-51).
 */
export const TariffRestrictions = Type.Object({
  start_time: Optional(TimeOfDay()),
  end_time: Optional(TimeOfDay()),
  start_date: Optional(LocalDate()),
  end_date: Optional(LocalDate()),
  min_kwh: Optional(Type.Number()),
  max_kwh: Optional(Type.Number()),
  min_current: Optional(Type.Number()),
  max_current: Optional(Type.Number()),
  min_power: Optional(Type.Number()),
  max_power: Optional(Type.Number()),
  min_duration: Optional(Seconds()),
  max_duration: Optional(Seconds()),
  day_of_week: Optional(Type.Array(DayOfWeek)),
  reservation: Optional(ClosedEnum(['RESERVATION', 'RESERVATION_EXPIRES'])),
  booking: Optional(
    ClosedEnum(['BOOKING', 'BOOKING_EXPIRES', 'BOOKING_CANCELLATION_FEES', 'BOOKING_OVERTIME']),
  ),
});
export type TariffRestrictions = Static<typeof TariffRestrictions>;

export const TariffElement = Type.Object({
  price_components: Type.Array(PriceComponent, { minItems: 1 }),
  restrictions: Optional(TariffRestrictions),
});
export type TariffElement = Static<typeof TariffElement>;

/** A tariff (Tariffs chapter of 2.3.0, TAR-08, TAR-38); `preauthorize_amount` is of the payments edition (TAR-47). */
export const Tariff = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: Type.String({ pattern: '^[A-Za-z0-9]{3}$' }),
  id: CiString(36),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  type: Optional(TariffType),
  tariff_alt_text: Optional(Type.Array(DisplayText)),
  tariff_alt_url: Optional(Url()),
  min_price: Optional(PriceLimit),
  max_price: Optional(PriceLimit),
  preauthorize_amount: Optional(Type.Number({ minimum: 0 })),
  elements: Type.Array(TariffElement, { minItems: 1 }),
  tax_included: TaxIncluded,
  start_date_time: Optional(DateTime()),
  end_date_time: Optional(DateTime()),
  energy_mix: Optional(EnergyMix),
  last_updated: DateTime(),
});
export type Tariff = Static<typeof Tariff>;

export const tariffChecker = compile(Tariff);
