import { type Static, Type } from '@sinclair/typebox';
import { ClosedEnum, OpenEnum, Optional, Text } from './schema.js';

const ENERGY_SOURCE_CATEGORIES = [
  'NUCLEAR',
  'GENERAL_FOSSIL',
  'COAL',
  'GAS',
  'GENERAL_GREEN',
  'SOLAR',
  'WIND',
  'WATER',
] as const;
export const ENVIRONMENTAL_IMPACT_CATEGORIES = ['NUCLEAR_WASTE', 'CARBON_DIOXIDE'] as const;

/** `percentage` 0 to 100. */
export const EnergySource = Type.Object({
  source: ClosedEnum(ENERGY_SOURCE_CATEGORIES),
  percentage: Type.Number({ minimum: 0, maximum: 100 }),
});
export type EnergySource = Static<typeof EnergySource>;

/** `amount` in g/kWh. */
export const EnvironmentalImpact = Type.Object({
  category: OpenEnum(ENVIRONMENTAL_IMPACT_CATEGORIES),
  amount: Type.Number({ minimum: 0 }),
});
export type EnvironmentalImpact = Static<typeof EnvironmentalImpact>;

/** Where the energy of a Location or a Tariff comes from (Locations chapter, LOC-65, LOC-73). */
export const EnergyMix = Type.Object({
  is_green_energy: Type.Boolean(),
  energy_sources: Optional(Type.Array(EnergySource)),
  environ_impact: Optional(Type.Array(EnvironmentalImpact)),
  supplier_name: Optional(Text(64)),
  energy_product_name: Optional(Text(64)),
});
export type EnergyMix = Static<typeof EnergyMix>;
