import { type FieldError } from '../../types/field-error.js';
import { fourDecimals } from '../../types/number.js';
import { type Price } from '../../types/price.js';
import { type Cdr } from './cdr.js';
import { sumOfAmounts } from './volumes.js';

const PARTIAL_COSTS = [
  'total_fixed_cost',
  'total_energy_cost',
  'total_time_cost',
  'total_parking_cost',
  'total_reservation_cost',
] as const;

/** Costs that contradict each other (CDR-13, CDR-42, CDR-43, CDR-45). */
export function costFaults(cdr: Cdr): FieldError[] {
  return [...signFaults(cdr.total_cost), ...partialFaults(cdr)];
}

/** A tax has the sign of the amount it is due on, credit CDRs included (CDR-13). */
const signFaults = ({ before_taxes, taxes = [] }: Price): FieldError[] =>
  taxes.flatMap(({ amount }, index) =>
    amount * before_taxes < 0
      ? [
          {
            path: `total_cost.taxes[${index}].amount`,
            message: 'its sign differs from before_taxes',
          },
        ]
      : [],
  );

/**
 * Partial costs, where they are stated, add up to the total exactly at four decimals (CDR-42, CDR-45), unless a tariff in
 * the CDR has a price limit, which moves the total alone. A credit CDR negates the total alone (CDR-12).
 */
function partialFaults(cdr: Cdr): FieldError[] {
  const partials = PARTIAL_COSTS.flatMap((field) => cdr[field] ?? []);
  const limited = (cdr.tariffs ?? []).some(({ min_price, max_price }) => min_price ?? max_price);
  if (partials.length === 0 || limited) return [];
  const sign = cdr.credit === true ? -1 : 1;
  const errors: FieldError[] = [];
  const net = sumOfAmounts(partials.map(({ before_taxes }) => before_taxes));
  if (net !== fourDecimals(sign * cdr.total_cost.before_taxes)) {
    errors.push({ path: 'total_cost.before_taxes', message: `the partial costs sum to ${net}` });
  }
  if (cdr.total_cost.taxes === undefined || partials.some(({ taxes }) => taxes === undefined)) {
    return errors;
  }
  const tax = sumOfAmounts(partials.flatMap(taxAmounts));
  if (tax !== sumOfAmounts(taxAmounts(cdr.total_cost).map((amount) => sign * amount))) {
    errors.push({ path: 'total_cost.taxes', message: `the taxes of the parts sum to ${tax}` });
  }
  return errors;
}

const taxAmounts = ({ taxes = [] }: Price): number[] => taxes.map(({ amount }) => amount);
