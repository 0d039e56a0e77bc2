import { Type } from '@sinclair/typebox';
import { Optional } from '../../types/schema.js';
import { PriceV221 } from '../cdrs/price-schema.v221.js';
import { locationPartSchemas } from '../locations/location-part-schemas.js';
import { Tariff, TariffElement, TariffRestrictions } from './tariff.js';

const element = Type.Object({
  ...TariffElement.properties,
  restrictions: Optional(Type.Omit(TariffRestrictions, ['booking'])),
});

/** What `tariffV221` writes. */
export const tariffSchemaV221 = Type.Object({
  ...Type.Omit(Tariff, ['preauthorize_amount', 'tax_included']).properties,
  min_price: Optional(PriceV221),
  max_price: Optional(PriceV221),
  elements: Type.Array(element, { minItems: 1 }),
  energy_mix: Optional(locationPartSchemas('2.2.1').energyMix),
});
