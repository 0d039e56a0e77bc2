import { isDeepStrictEqual } from 'node:util';
import { formatDateTime } from '../../types/date-time.js';
import { type FieldError } from '../../types/field-error.js';
import { type Price } from '../../types/price.js';
import { type Cdr } from './cdr.js';

/** The CDR that takes another one back: all its data, a new id, only `total_cost` negated (CDR-11, CDR-12, CDR-13). */
export function creditCdr(original: Cdr, id: string, at: Date): Cdr {
  return {
    ...original,
    id,
    total_cost: negated(original.total_cost),
    credit: true,
    credit_reference_id: original.id,
    last_updated: formatDateTime(at, '2.3.0'),
  };
}

/** Where a credit CDR differs from its original in more than it may (CDR-12). */
export function checkCreditCdr(credit: Cdr, original: Cdr): FieldError[] {
  const expected = {
    ...original,
    id: credit.id,
    total_cost: negated(original.total_cost),
    credit: true,
    credit_reference_id: original.id,
    last_updated: credit.last_updated,
  };
  const fields = new Set([...Object.keys(expected), ...Object.keys(credit)]) as Set<keyof Cdr>;
  return [...fields]
    .filter((field) => !isDeepStrictEqual(credit[field], expected[field]))
    .map((path) => ({ path, message: `not what a credit of CDR ${original.id} says` }));
}

const negated = ({ before_taxes, taxes }: Price): Price => ({
  before_taxes: negative(before_taxes),
  ...(taxes && { taxes: taxes.map((tax) => ({ ...tax, amount: negative(tax.amount) })) }),
});

/** Never -0, which JSON and comparisons treat in ways of their own. */
const negative = (amount: number): number => (amount === 0 ? 0 : -amount);
