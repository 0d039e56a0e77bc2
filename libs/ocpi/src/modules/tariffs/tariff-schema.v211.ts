import { Type } from '@sinclair/typebox';
import { pick } from '../../types/pick.js';
import { Optional } from '../../types/schema.js';
import { locationPartSchemas } from '../locations/location-part-schemas.js';
import { PriceComponent, Tariff, TariffRestrictions } from './tariff.js';

const element = Type.Object({
  price_components: Type.Array(Type.Omit(PriceComponent, ['vat']), { minItems: 1 }),
  restrictions: Optional(
    Type.Omit(TariffRestrictions, ['min_current', 'max_current', 'reservation', 'booking']),
  ),
});

/** What `tariffV211` writes. */
export const tariffSchemaV211 = Type.Object({
  ...pick(Tariff.properties, [
    'id',
    'currency',
    'tariff_alt_text',
    'tariff_alt_url',
    'last_updated',
  ]),
  elements: Type.Array(element, { minItems: 1 }),
  energy_mix: Optional(locationPartSchemas('2.1.1').energyMix),
});
