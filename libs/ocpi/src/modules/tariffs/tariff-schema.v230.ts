import { Type } from '@sinclair/typebox';
import { ClosedEnum, Optional } from '../../types/schema.js';
import { Tariff, TariffElement, TariffRestrictions } from './tariff.js';

/** Also the values that Bookings 1.0 put into this enum, for partners with that edition (TAR-51). */
const reservation = ClosedEnum([
  'RESERVATION',
  'RESERVATION_EXPIRES',
  'RESERVATION_CANCELLATION_FEES',
  'RESERVATION_OVERTIME',
]);

const element = Type.Object({
  ...TariffElement.properties,
  restrictions: Optional(
    Type.Object({ ...TariffRestrictions.properties, reservation: Optional(reservation) }),
  ),
});

/** What `tariffV230` writes. */
export const tariffSchemaV230 = Type.Object({
  ...Tariff.properties,
  elements: Type.Array(element, { minItems: 1 }),
});
