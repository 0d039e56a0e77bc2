import { reformatDateTime } from '../../types/date-time.js';
import { fourDecimals } from '../../types/number.js';
import { chargingPeriodsV211 } from '../cdrs/charging-periods.v211.js';
import { priceV211 } from '../cdrs/price.v211.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { type Encoded } from '../tariffs/encoded.js';
import { embeddedLocationV211 } from './embedded-location.v211.js';
import { type Session } from './session.js';
import { type SessionView } from './session-view.js';

/**
 * 2.1.1: `auth_id` for the token, an embedded Location, other names for start and end (SES-35, T5). Its PATCH
 * does not append, so the running period is in the list too (SES-20).
 */
export function sessionV211(session: Session, view: SessionView): Encoded<WireObject> {
  const location = embeddedLocationV211(session, view);
  if (location === undefined) return { withheld: 'no Location snapshot of the session start' };
  const parts = new LocationParts('2.1.1', view.locationView.asciiOnly);
  const wire = present({
    id: session.id,
    start_datetime: reformatDateTime(session.start_date_time, '2.1.1'),
    end_datetime: given(session.end_date_time, (end) => reformatDateTime(end, '2.1.1')),
    kwh: fourDecimals(session.kwh),
    auth_id: session.cdr_token.contract_id,
    auth_method: authMethodV211(session.auth_method),
    location,
    meter_id: given(session.meter_id, (id) => parts.text(id, 255)),
    currency: session.currency,
    charging_periods: chargingPeriodsV211(session.charging_periods ?? []),
    total_cost: given(session.total_cost, priceV211),
    status: session.status === 'RESERVATION' ? 'PENDING' : session.status,
    last_updated: reformatDateTime(session.last_updated, '2.1.1'),
  });
  return { wire };
}

/** 2.1.1 has no COMMAND: the eMSP sent it, so it was asked (SES-31). */
export const authMethodV211 = (method: Session['auth_method']): string =>
  method === 'COMMAND' ? 'AUTH_REQUEST' : method;
