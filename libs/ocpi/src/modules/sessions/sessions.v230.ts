import { reformatDateTime } from '../../types/date-time.js';
import { fourDecimals } from '../../types/number.js';
import { cdrTokenFor } from '../cdrs/cdr-token-for.js';
import { chargingPeriodsV230 } from '../cdrs/charging-periods.v230.js';
import { priceV230 } from '../cdrs/price.v230.js';
import { type WireObject } from '../locations/location-view.js';
import { given, present } from '../locations/wire-object.js';
import { closedPeriods } from './closed-periods.js';
import { type Session } from './session.js';
import { type SessionView } from './session-view.js';

/** 2.3.0: the canonical Session with its closed periods (T5). */
export const sessionV230 = (session: Session, view: Pick<SessionView, 'bookings'>): WireObject =>
  present({
    country_code: session.country_code,
    party_id: session.party_id,
    id: session.id,
    start_date_time: reformatDateTime(session.start_date_time, '2.3.0'),
    end_date_time: given(session.end_date_time, (end) => reformatDateTime(end, '2.3.0')),
    kwh: fourDecimals(session.kwh),
    cdr_token: cdrTokenFor('2.3.0', session.cdr_token),
    auth_method: session.auth_method,
    authorization_reference: session.authorization_reference,
    location_id: session.location_id,
    evse_uid: session.evse_uid,
    connector_id: session.connector_id,
    meter_id: session.meter_id,
    currency: session.currency,
    charging_periods: chargingPeriodsV230(closedPeriods(session), view.bookings ?? false),
    total_cost: given(session.total_cost, priceV230),
    status: session.status,
    last_updated: reformatDateTime(session.last_updated, '2.3.0'),
  });
