import { fourDecimals } from '../../types/number.js';
import { type CdrDimension, type CdrDimensionType } from './charging-period.js';

/** The dimensions with their volumes as they are sent. */
export const roundedDimensions = (dimensions: readonly CdrDimension[]): CdrDimension[] =>
  dimensions.map(({ type, volume }) => ({ type, volume: fourDecimals(volume) }));

/**
 * The dimensions without those of the bookings editions (CDR-38, T7): an expired reservation is reserved
 * time, an overrun one is charging time when energy flowed and parking time otherwise; never twice for the same span.
 */
export function coreDimensions(dimensions: readonly CdrDimension[]): CdrDimension[] {
  const has = (...types: CdrDimensionType[]) => dimensions.some(({ type }) => types.includes(type));
  const charged = dimensions.some(({ type, volume }) => type === 'ENERGY' && volume !== 0);
  return dimensions.flatMap(({ type, volume }): CdrDimension[] => {
    switch (type) {
      case 'RESERVATION_EXPIRES':
        return has('RESERVATION_TIME') ? [] : [{ type: 'RESERVATION_TIME', volume }];
      case 'RESERVATION_OVERTIME':
        if (has('TIME', 'PARKING_TIME')) return [];
        return [{ type: charged ? 'TIME' : 'PARKING_TIME', volume }];
      default:
        return [{ type, volume }];
    }
  });
}
