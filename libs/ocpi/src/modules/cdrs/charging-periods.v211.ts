import { reformatDateTime } from '../../types/date-time.js';
import {
  type CdrDimension,
  type CdrDimensionType,
  type ChargingPeriod,
} from './charging-period.js';
import { coreDimensions, roundedDimensions } from './core-dimensions.js';

export const DIMENSIONS_V211: readonly CdrDimensionType[] = [
  'ENERGY',
  'MAX_CURRENT',
  'MIN_CURRENT',
  'PARKING_TIME',
  'TIME',
];

export interface ChargingPeriodV211 {
  start_date_time: string;
  dimensions: (CdrDimension | { type: 'FLAT'; volume: 1 })[];
}

/**
 * 2.1.1: five of the dimensions and no `tariff_id` (CDR-37, T7). A period with nothing left goes away: the
 * one before it then lasts until the next start. Reserved time with no energy in it counts as nothing left.
 */
export const chargingPeriodsV211 = (periods: readonly ChargingPeriod[]): ChargingPeriodV211[] =>
  periods.flatMap((period) => {
    const dimensions = coreDimensions(period.dimensions);
    const known = dimensions.filter(({ type }) => DIMENSIONS_V211.includes(type));
    const reserved = dimensions.some(({ type }) => type === 'RESERVATION_TIME');
    if (known.length === 0 || (reserved && known.every(({ volume }) => volume === 0))) return [];
    return {
      start_date_time: reformatDateTime(period.start_date_time, '2.1.1'),
      dimensions: roundedDimensions(known),
    };
  });
