import { reformatDateTime } from '../../types/date-time.js';
import { type WireObject } from '../locations/location-view.js';
import { present } from '../locations/wire-object.js';
import { type ChargingPeriod } from './charging-period.js';
import { coreDimensions, roundedDimensions } from './core-dimensions.js';

/** 2.3.0: as they are; the bookings dimensions only for partners with that module (CDR-38). */
export const chargingPeriodsV230 = (
  periods: readonly ChargingPeriod[],
  bookings: boolean,
): WireObject[] =>
  periods.map((period) =>
    present({
      start_date_time: reformatDateTime(period.start_date_time, '2.3.0'),
      dimensions: roundedDimensions(
        bookings ? period.dimensions : coreDimensions(period.dimensions),
      ),
      tariff_id: period.tariff_id,
    }),
  );
