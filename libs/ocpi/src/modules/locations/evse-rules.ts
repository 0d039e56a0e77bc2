import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { foldId } from '../../types/party.js';
import { type Evse, type Location } from './location.js';

/** Country, party, `E`, then up to 31 characters of which the first is not a separator; separators may be missing. */
const EVSE_ID = /^[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9][A-Z0-9*]{0,30}$/i;

/** An EVSE that fits the schema and still may not be sent (LOC-57, LOC-74, LOC-75). */
export function evseFaults(
  path: string,
  evse: Evse,
  location: Pick<Location, 'parking_places'>,
): FieldError[] {
  const faults: FieldError[] = [];
  if (evse.evse_id !== undefined && !EVSE_ID.test(evse.evse_id)) {
    faults.push({ path: `${path}.evse_id`, message: 'not an EVSE id such as BE*BEC*E041503001' });
  }
  const places = new Set(location.parking_places?.map((place) => foldId(place.id)));
  evse.parking?.forEach(({ parking_id }, i) => {
    if (!places.has(foldId(parking_id))) {
      faults.push({
        path: `${path}.parking[${i}].parking_id`,
        message: `${parking_id} is none of the parking_places`,
      });
    }
  });
  evse.status_schedule?.forEach(({ period_begin, period_end }, i) => {
    if (period_end !== undefined && !(instant(period_end) > instant(period_begin))) {
      faults.push({
        path: `${path}.status_schedule[${i}].period_end`,
        message: 'must be later than period_begin',
      });
    }
  });
  return faults;
}

const instant = (dateTime: string): number => parseDateTime(dateTime)?.getTime() ?? Number.NaN;
