import { type WireObject } from '../locations/location-view.js';
import { type ChargingPeriod } from './charging-period.js';
import { chargingPeriodsV230 } from './charging-periods.v230.js';

/** 2.2.1: the dimensions of 2.3.0, none of the bookings editions (T7). */
export const chargingPeriodsV221 = (periods: readonly ChargingPeriod[]): WireObject[] =>
  chargingPeriodsV230(periods, false);
