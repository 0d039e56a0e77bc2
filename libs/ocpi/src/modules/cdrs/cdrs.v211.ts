import { reformatDateTime } from '../../types/date-time.js';
import { fourDecimals } from '../../types/number.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { embeddedLocationV211 } from '../sessions/embedded-location.v211.js';
import { authMethodV211 } from '../sessions/sessions.v211.js';
import { type Encoded } from '../tariffs/encoded.js';
import { type Cdr } from './cdr.js';
import { type CdrView } from './cdr-view.js';
import { type ChargingPeriodV211, chargingPeriodsV211 } from './charging-periods.v211.js';
import { embeddedTariffs } from './embedded-tariffs.js';
import { priceV211 } from './price.v211.js';

/**
 * 2.1.1: `auth_id`, an embedded Location, `stop_date_time`, one net amount (CDR-26, T6). Withheld, to be
 * settled by hand: credit CDRs (CDR-16) and those of reservations that never charged (CDR-56). A reservation before the
 * charging cannot be shown, so the CDR starts with the charging.
 */
export function cdrV211(cdr: Cdr, view: CdrView): Encoded<WireObject> {
  if (cdr.credit === true) return { withheld: '2.1.1 has no credit CDRs' };
  const periods = chargingPeriodsV211(cdr.charging_periods);
  const [first, ...rest] = periods;
  if (first === undefined) return { withheld: '2.1.1 has no CDRs of mere reservations' };
  const { cdr_location } = cdr;
  const location = embeddedLocationV211({ ...cdr, ...cdr_location }, view);
  if (location === undefined) return { withheld: 'no Location snapshot of the session start' };
  const parts = new LocationParts('2.1.1', view.locationView.asciiOnly);
  const { tariffs, losses } = embeddedTariffs('2.1.1', cdr, view);
  const wire = present({
    id: cdr.id,
    start_date_time: startsReserved(cdr)
      ? first.start_date_time
      : reformatDateTime(cdr.start_date_time, '2.1.1'),
    stop_date_time: reformatDateTime(cdr.end_date_time, '2.1.1'),
    auth_id: cdr.cdr_token.contract_id,
    auth_method: authMethodV211(cdr.auth_method),
    location,
    meter_id: given(cdr.meter_id, (id) => parts.text(id, 255)),
    currency: cdr.currency,
    tariffs,
    charging_periods: [view.flatDimension && hasFlat(cdr) ? withFlat(first) : first, ...rest],
    total_cost: priceV211(cdr.total_cost),
    total_energy: fourDecimals(cdr.total_energy),
    total_time: fourDecimals(cdr.total_time),
    total_parking_time: given(cdr.total_parking_time, fourDecimals),
    remark: given(cdr.remark, (remark) => parts.text(remark, 255)),
    last_updated: reformatDateTime(cdr.last_updated, '2.1.1'),
  });
  return losses.length > 0 ? { wire, losses } : { wire };
}

const startsReserved = (cdr: Cdr): boolean =>
  cdr.charging_periods[0]?.dimensions.some(
    ({ type }) => type === 'RESERVATION_TIME' || type === 'RESERVATION_EXPIRES',
  ) ?? false;

const hasFlat = ({ tariffs }: Cdr): boolean =>
  (tariffs ?? []).some(({ elements }) =>
    elements.some(
      ({ price_components, restrictions }) =>
        !restrictions?.reservation && price_components.some(({ type }) => type === 'FLAT'),
    ),
  );

const withFlat = (period: ChargingPeriodV211): ChargingPeriodV211 => ({
  ...period,
  dimensions: [...period.dimensions, { type: 'FLAT', volume: 1 }],
});
