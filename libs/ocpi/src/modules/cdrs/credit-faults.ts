import { isDeepStrictEqual } from 'node:util';
import { type FieldError } from '../../types/field-error.js';
import { type Price } from '../../types/price.js';
import { type Cdr } from './cdr.js';

/**
 * Where a CDR that takes another one back differs from it in more than it may: it has all its data, an id of its own, and only `total_cost`
 * negated (CDR-11, CDR-12, CDR-13).
 */
export function creditFaults(credit: Cdr, original: Cdr): FieldError[] {
  const expected = {
    ...original,
    id: credit.id,
    total_cost: negated(original.total_cost),
    credit: true,
    credit_reference_id: credit.credit_reference_id,
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
