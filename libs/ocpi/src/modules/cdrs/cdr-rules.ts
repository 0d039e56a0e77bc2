import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { fourDecimals } from '../../types/number.js';
import { foldId } from '../../types/party.js';
import { isCurrency } from '../tariffs/currency.js';
import { checkTariff } from '../tariffs/tariff-rules.js';
import { type Cdr } from './cdr.js';
import { SESSION_ONLY_DIMENSIONS } from './charging-period.js';
import { costFaults } from './cost-rules.js';
import { periodFaults } from './period-rules.js';
import { sumOf } from './volumes.js';

/** 1970-01-01T00:00:00Z stands for a start or end nobody knows, by agreement only (CDR-21). */
const isUnknown = (dateTime: string): boolean => parseDateTime(dateTime)?.getTime() === 0;

/** What a CDR must not say although its schema allows it; whether its prices are right is for the pricing to say. */
export function checkCdr(cdr: Cdr): FieldError[] {
  return [
    ...identityFaults(cdr),
    ...timeFaults(cdr),
    ...placeFaults(cdr),
    ...tariffFaults(cdr),
    ...volumeFaults(cdr),
    ...costFaults(cdr),
  ];
}

/** CDR-10, CDR-11, CDR-14: ids and what makes a credit CDR one. */
function identityFaults({ id, credit, credit_reference_id }: Cdr): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  if (credit !== true && id.length > 36) fault('id', 'longer than 36 characters');
  if (credit === true && credit_reference_id === undefined) {
    fault('credit_reference_id', 'required in a credit CDR');
  }
  if (credit !== true && credit_reference_id !== undefined) {
    fault('credit_reference_id', 'in a credit CDR only');
  }
  if (credit_reference_id !== undefined && foldId(credit_reference_id) === foldId(id)) {
    fault('id', 'a credit CDR has an id of its own');
  }
  return errors;
}

/** CDR-20, CDR-30, CDR-52. */
function timeFaults(cdr: Cdr): FieldError[] {
  const { start_date_time, end_date_time, last_updated } = cdr;
  if (isUnknown(start_date_time) || isUnknown(end_date_time)) return [];
  const errors: FieldError[] = [];
  const [start, end, updated] = [start_date_time, end_date_time, last_updated].map(
    (text) => parseDateTime(text)?.getTime() ?? NaN,
  ) as [number, number, number];
  if (end < start) errors.push({ path: 'end_date_time', message: 'before start_date_time' });
  if (updated < end) errors.push({ path: 'last_updated', message: 'before end_date_time' });
  return [...errors, ...periodFaults(cdr.charging_periods, start_date_time, end_date_time)];
}

/** CDR-23, CDR-24: without EVSE and connector only where nothing ever charged. */
function placeFaults(cdr: Cdr): FieldError[] {
  if (isReservationOnly(cdr)) return [];
  return (['evse_uid', 'connector_id'] as const)
    .filter((field) => cdr.cdr_location[field] === '#NA')
    .map((field) => ({
      path: `cdr_location.${field}`,
      message: '#NA is for a reservation that never charged only',
    }));
}

/** A reservation that never became a charging session: no energy, and no time but reserved time (CDR-24, CDR-28). */
const isReservationOnly = ({ charging_periods, total_energy }: Cdr): boolean =>
  total_energy === 0 &&
  charging_periods.some(({ dimensions }) =>
    dimensions.some(({ type }) => type.startsWith('RESERVATION_')),
  ) &&
  charging_periods.every(({ dimensions }) =>
    dimensions.every(({ type, volume }) => type.startsWith('RESERVATION_') || volume === 0),
  );

/** CDR-27, CDR-31, CDR-52: the tariffs in a CDR, and the periods' references to them. */
function tariffFaults({ tariffs = [], charging_periods, currency }: Cdr): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  if (!isCurrency(currency)) fault('currency', 'not a currency of ISO 4217');
  const ids = tariffs.map(({ id }) => foldId(id));
  for (const [index, tariff] of tariffs.entries()) {
    const path = `tariffs[${index}]`;
    if (ids.indexOf(foldId(tariff.id)) < index) fault(`${path}.id`, 'the same tariff twice');
    if (tariff.currency !== currency) fault(`${path}.currency`, `differs from ${currency}`);
    for (const error of checkTariff(tariff)) fault(`${path}.${error.path}`, error.message);
  }
  for (const [index, { tariff_id }] of charging_periods.entries()) {
    const path = `charging_periods[${index}].tariff_id`;
    if (tariff_id === undefined) {
      if (tariffs.length > 1) fault(path, 'required where there are several tariffs');
    } else if (!ids.includes(foldId(tariff_id))) {
      fault(path, `no tariff ${tariff_id} in tariffs`);
    }
  }
  return errors;
}

/** CDR-32, CDR-36, CDR-39, CDR-40: the totals are those of the periods. */
function volumeFaults(cdr: Cdr): FieldError[] {
  const { charging_periods, total_energy, total_time, total_parking_time } = cdr;
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  for (const [period, { dimensions }] of charging_periods.entries()) {
    for (const [index, { type }] of dimensions.entries()) {
      if ((SESSION_ONLY_DIMENSIONS as readonly string[]).includes(type)) {
        fault(
          `charging_periods[${period}].dimensions[${index}].type`,
          `${type} is for Sessions only`,
        );
      }
    }
  }
  const energy = sumOf(charging_periods, 'ENERGY');
  if (energy !== fourDecimals(total_energy)) {
    fault('total_energy', `the ENERGY of the periods sums to ${energy}`);
  }
  // Each volume is rounded to 4 decimals by itself, and so is the total.
  const tolerance = 0.00005 * (charging_periods.length + 1) + 1e-9;
  const hours = sumOf(charging_periods, 'TIME', 'PARKING_TIME', 'RESERVATION_OVERTIME');
  if (Math.abs(hours - total_time) > tolerance) {
    fault('total_time', `TIME and PARKING_TIME of the periods sum to ${hours}`);
  }
  const parked = sumOf(charging_periods, 'PARKING_TIME');
  const overtime = sumOf(charging_periods, 'RESERVATION_OVERTIME');
  const parking = total_parking_time ?? parked;
  if (parking < parked - tolerance || parking > parked + overtime + tolerance) {
    fault('total_parking_time', `the PARKING_TIME of the periods sums to ${parked}`);
  }
  return errors;
}
