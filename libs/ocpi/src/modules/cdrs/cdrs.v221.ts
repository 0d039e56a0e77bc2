import { type WireObject } from '../locations/location-view.js';
import { olderStandard } from '../locations/older-location-values.js';
import { given, present } from '../locations/wire-object.js';
import { type Encoded } from '../tariffs/encoded.js';
import { type Cdr } from './cdr.js';
import { cdrTokenFor } from './cdr-token-for.js';
import { type CdrView } from './cdr-view.js';
import { cdrV230, SIGNED_DATA_LEFT_OUT } from './cdrs.v230.js';
import { chargingPeriodsV221 } from './charging-periods.v221.js';
import { embeddedTariffs } from './embedded-tariffs.js';
import { priceV221 } from './price.v221.js';
import { signedDataFor } from './signed-data-for.js';

/**
 * 2.2.1: the older Price, `plain_data` up to 512 (T6). Withheld: a CDR of a connector type that the closed
 * enum lacks (G1); that of a reservation never used may name any type (CDR-24), so it names one that exists.
 */
export function cdrV221(cdr: Cdr, view: CdrView): Encoded<WireObject> {
  const connector_standard = standardV221(cdr, view);
  if (connector_standard === undefined) {
    return { withheld: `2.2.1 has no connector type ${cdr.cdr_location.connector_standard}` };
  }
  const canonical = cdrV230({ ...cdr, tariffs: [] }, { ...view, bookings: false });
  if ('withheld' in canonical) return canonical;
  const signed_data = given(cdr.signed_data, (data) =>
    signedDataFor(data, view.longPlainData ?? false),
  );
  const { tariffs, losses } = embeddedTariffs('2.2.1', cdr, view);
  const wire = present({
    ...canonical.wire,
    cdr_token: cdrTokenFor('2.2.1', cdr.cdr_token),
    cdr_location: { ...(canonical.wire.cdr_location as WireObject), connector_standard },
    tariffs,
    charging_periods: chargingPeriodsV221(cdr.charging_periods),
    signed_data,
    total_cost: priceV221(cdr.total_cost),
    total_fixed_cost: given(cdr.total_fixed_cost, priceV221),
    total_energy_cost: given(cdr.total_energy_cost, priceV221),
    total_time_cost: given(cdr.total_time_cost, priceV221),
    total_parking_cost: given(cdr.total_parking_cost, priceV221),
    total_reservation_cost: given(cdr.total_reservation_cost, priceV221),
  });
  if (cdr.signed_data && !signed_data) losses.push(SIGNED_DATA_LEFT_OUT);
  return losses.length > 0 ? { wire, losses } : { wire };
}

function standardV221({ cdr_location }: Cdr, view: CdrView): string | undefined {
  const known = olderStandard(cdr_location.connector_standard, '2.2.1', view.locationView);
  return known ?? (cdr_location.connector_id === '#NA' ? 'IEC_62196_T2' : undefined);
}
