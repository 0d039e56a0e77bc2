import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { periodFaults } from '../cdrs/period-rules.js';
import { sumOf } from '../cdrs/volumes.js';
import { isCurrency } from '../tariffs/currency.js';
import { fourDecimals } from '../../types/number.js';
import { type Session } from './session.js';

/** Stands for an EVSE or connector not assigned yet (SES-34). */
const NOT_ASSIGNED = '#NA';

/** What a single Session must not say although its schema allows it (SES-27, 28, 29, 34, 36, 42, 43). */
export function checkSession(session: Session): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  const periods = session.charging_periods ?? [];
  if (!isCurrency(session.currency)) fault('currency', 'not a currency of ISO 4217');
  if (session.kwh < 0 && !discharges(session)) fault('kwh', 'negative without any discharge');
  if (isUnassigned(session) && !mayBeUnassigned(session)) {
    fault('evse_uid', `${NOT_ASSIGNED} is for a reservation without an EVSE only`);
  }
  const start = parseDateTime(session.start_date_time);
  const end = session.end_date_time && parseDateTime(session.end_date_time);
  if (start && end && end < start) fault('end_date_time', 'before start_date_time');
  errors.push(...periodFaults(periods, session.start_date_time, session.end_date_time));
  errors.push(...stateOfChargeFaults(session), ...energyFaults(session));
  return errors;
}

/** Energy went back to the grid, so `kwh` may fall (SES-28). */
export const discharges = (session: Session): boolean =>
  (session.charging_periods ?? []).some(({ dimensions }) =>
    dimensions.some(
      ({ type, volume }) =>
        (type === 'ENERGY' && volume < 0) || (type === 'ENERGY_EXPORT' && volume > 0),
    ),
  );

export const isUnassigned = (session: Session): boolean =>
  session.evse_uid === NOT_ASSIGNED || session.connector_id === NOT_ASSIGNED;

/** A reservation, or one that ended without being used. */
const mayBeUnassigned = ({ status, kwh }: Session): boolean =>
  status === 'RESERVATION' || ((status === 'COMPLETED' || status === 'INVALID') && kwh === 0);

const stateOfChargeFaults = (session: Session): FieldError[] =>
  (session.charging_periods ?? []).flatMap(({ dimensions }, period) =>
    dimensions.flatMap(({ type, volume }, index) =>
      type === 'STATE_OF_CHARGE' && (volume < 0 || volume > 100)
        ? [
            {
              path: `charging_periods[${period}].dimensions[${index}].volume`,
              message: 'a state of charge is 0 to 100',
            },
          ]
        : [],
    ),
  );

/** Once over, a Session's energy is that of its periods, to four decimals (SES-29); periods are optional. */
function energyFaults(session: Session): FieldError[] {
  const periods = session.charging_periods ?? [];
  if (session.status !== 'COMPLETED' || periods.length === 0) return [];
  const sum = sumOf(periods, 'ENERGY');
  return sum === fourDecimals(session.kwh)
    ? []
    : [{ path: 'kwh', message: `the ENERGY of the periods sums to ${sum}` }];
}
