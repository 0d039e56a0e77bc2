import { parseDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { withoutMarkup } from '../../types/text.js';
import { energyMixFaults } from '../locations/energy-mix-rules.js';
import { isCurrency } from './currency.js';
import { type Tariff, type TariffElement, type TariffRestrictions } from './tariff.js';

/** What a Tariff must not say although its schema allows it (TAR-08, TAR-12, TAR-20, TAR-27, TAR-50, TAR-51). */
export function checkTariff(tariff: Tariff): FieldError[] {
  const errors: FieldError[] = [];
  const fault = (path: string, message: string) => errors.push({ path, message });
  if (!isCurrency(tariff.currency)) fault('currency', 'not a currency of ISO 4217');
  for (const [index, { text }] of (tariff.tariff_alt_text ?? []).entries()) {
    if (withoutMarkup(text) !== text.replace(/ {2,}/g, ' ').trim()) {
      fault(`tariff_alt_text[${index}].text`, 'markup is not allowed');
    }
  }
  if (endsBeforeStart(tariff)) fault('end_date_time', 'not after start_date_time');
  for (const [index, element] of tariff.elements.entries()) {
    errors.push(...elementFaults(`elements[${index}]`, element));
  }
  if (tariff.energy_mix) errors.push(...energyMixFaults('energy_mix', tariff.energy_mix));
  return errors;
}

function endsBeforeStart({ start_date_time, end_date_time }: Tariff): boolean {
  const start = start_date_time && parseDateTime(start_date_time);
  const end = end_date_time && parseDateTime(end_date_time);
  return Boolean(start && end && end <= start);
}

function elementFaults(path: string, element: TariffElement): FieldError[] {
  const restrictions = element.restrictions ?? {};
  const errors = restrictionFaults(`${path}.restrictions`, restrictions);
  const types = element.price_components.map(({ type }) => type);
  const only = restrictions.reservation ?? restrictions.booking;
  for (const [index, type] of types.entries()) {
    const component = `${path}.price_components[${index}].type`;
    if (types.indexOf(type) < index) {
      errors.push({ path: component, message: `a second price for ${type} in one element` });
    }
    if (only !== undefined && type !== 'FLAT' && type !== 'TIME') {
      errors.push({ path: component, message: `an element for ${only} has FLAT and TIME only` });
    }
  }
  return errors;
}

function restrictionFaults(path: string, restrictions: TariffRestrictions): FieldError[] {
  const errors: FieldError[] = [];
  const { start_time, end_time, reservation, booking } = restrictions;
  if (start_time !== undefined && start_time === end_time && start_time !== '00:00') {
    errors.push({ path: `${path}.end_time`, message: 'equal to start_time' });
  }
  for (const field of ['start_date', 'end_date'] as const) {
    const date = restrictions[field];
    if (date !== undefined && !parseDateTime(`${date}T00:00:00`)) {
      errors.push({ path: `${path}.${field}`, message: 'no such day' });
    }
  }
  if (reservation !== undefined && booking !== undefined) {
    errors.push({ path: `${path}.booking`, message: 'not together with reservation' });
  }
  return errors;
}
