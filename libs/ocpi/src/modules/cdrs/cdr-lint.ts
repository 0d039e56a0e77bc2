import { type FieldError } from '../../types/field-error.js';
import { foldId } from '../../types/party.js';
import { type Cdr } from './cdr.js';

/** Legal, but better avoided: for the operator to see, never a reason to refuse. */
export function lintCdr(cdr: Cdr): FieldError[] {
  const warnings: FieldError[] = [];
  const longest = cdr.credit === true ? 36 : 34;
  if (cdr.id.length > longest) {
    warnings.push({
      path: 'id',
      message: `CDR-15: above ${longest} characters no credit CDR id fits invoice reconciliation`,
    });
  }
  const used = new Set(cdr.charging_periods.map(({ tariff_id }) => tariff_id && foldId(tariff_id)));
  if (used.size === 1 && used.has(undefined)) return warnings; // a single tariff needs no references
  for (const [index, { id }] of (cdr.tariffs ?? []).entries()) {
    if (!used.has(foldId(id))) {
      warnings.push({ path: `tariffs[${index}]`, message: 'CDR-27: no period is rated by it' });
    }
  }
  return warnings;
}
