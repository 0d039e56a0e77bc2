import { reformatDateTime } from '../../types/date-time.js';
import { fourDecimals } from '../../types/number.js';
import { type WireObject } from '../locations/location-view.js';
import { LocationParts } from '../locations/wire-location-parts.js';
import { given, present } from '../locations/wire-object.js';
import { type Encoded } from '../tariffs/encoded.js';
import { type Cdr } from './cdr.js';
import { type CdrLocation } from './cdr-location.js';
import { cdrTokenFor } from './cdr-token-for.js';
import { type CdrView } from './cdr-view.js';
import { chargingPeriodsV230 } from './charging-periods.v230.js';
import { embeddedTariffs } from './embedded-tariffs.js';
import { priceV230 } from './price.v230.js';
import { signedDataFor } from './signed-data-for.js';

const parts = new LocationParts('2.3.0', false);

/** 2.3.0: the canonical CDR; address and state of CdrLocation are narrower than Location's (CDR-25, T6). */
export function cdrV230(cdr: Cdr, view: CdrView): Encoded<WireObject> {
  const bookings = view.bookings ?? false;
  const longPlainData = !view.locationView.firstEdition || (view.longPlainData ?? false);
  const signed_data = given(cdr.signed_data, (data) => signedDataFor(data, longPlainData));
  const { tariffs, losses } = embeddedTariffs('2.3.0', cdr, view);
  const wire = present({
    country_code: cdr.country_code,
    party_id: cdr.party_id,
    id: cdr.id,
    start_date_time: reformatDateTime(cdr.start_date_time, '2.3.0'),
    end_date_time: reformatDateTime(cdr.end_date_time, '2.3.0'),
    session_id: cdr.session_id,
    cdr_token: cdrTokenFor('2.3.0', cdr.cdr_token),
    auth_method: cdr.auth_method,
    authorization_reference: cdr.authorization_reference,
    cdr_location: cdrLocation(cdr.cdr_location),
    meter_id: cdr.meter_id,
    currency: cdr.currency,
    tariffs,
    charging_periods: chargingPeriodsV230(cdr.charging_periods, bookings),
    signed_data,
    ...costs(cdr),
    remark: cdr.remark,
    invoice_reference_id: cdr.invoice_reference_id,
    credit: cdr.credit === true ? true : undefined,
    credit_reference_id: cdr.credit_reference_id,
    home_charging_compensation: cdr.home_charging_compensation,
    booking_id: bookings ? cdr.booking_id : undefined,
    last_updated: reformatDateTime(cdr.last_updated, '2.3.0'),
  });
  if (cdr.signed_data && !signed_data) losses.push(SIGNED_DATA_LEFT_OUT);
  return losses.length > 0 ? { wire, losses } : { wire };
}

export const SIGNED_DATA_LEFT_OUT = 'signed_data left out: plain_data longer than 512 characters';

const costs = (cdr: Cdr): WireObject => ({
  total_cost: priceV230(cdr.total_cost),
  total_fixed_cost: given(cdr.total_fixed_cost, priceV230),
  total_energy: fourDecimals(cdr.total_energy),
  total_energy_cost: given(cdr.total_energy_cost, priceV230),
  total_time: fourDecimals(cdr.total_time),
  total_time_cost: given(cdr.total_time_cost, priceV230),
  total_parking_time: given(cdr.total_parking_time, fourDecimals),
  total_parking_cost: given(cdr.total_parking_cost, priceV230),
  total_reservation_cost: given(cdr.total_reservation_cost, priceV230),
});

const cdrLocation = (location: CdrLocation): WireObject =>
  present({
    id: location.id,
    name: location.name,
    address: parts.text(location.address, 45),
    city: location.city,
    postal_code: location.postal_code,
    state: given(location.state, (state) => parts.text(state, 20)),
    country: location.country,
    coordinates: parts.geoLocation(location.coordinates),
    evse_uid: location.evse_uid,
    evse_id: location.evse_id,
    connector_id: location.connector_id,
    connector_standard: location.connector_standard,
    connector_format: location.connector_format,
    connector_power_type: location.connector_power_type,
  });
